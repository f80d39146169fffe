"""Which of a line's tags says the team, the model and the version."""

import duckdb
from hypothesis import example, given
from hypothesis import strategies as st

from data.sql import sql

KEYS = st.sampled_from(["team", "Team", "TEAM", "owner", "Owner", "OWNER", "", "ß", "SS", "İ", "i", "a.b"])


@example(["team"], {"TEAM": "b", "Team": "a"})
@given(
    st.lists(KEYS, min_size=1, max_size=4, unique=True),
    st.none() | st.dictionaries(KEYS, st.none() | st.sampled_from(["", " ", "a", "b"]), max_size=6),
)
def test_the_first_tag_is_the_first_key_s_as_it_is_written_then_in_any_case(keys, tags):
    """Against plain Python, key by key; `lower` is the engine's, which leaves e.g. the dotted I to itself."""
    with duckdb.connect() as con:
        con.execute(sql("model/prelude/duckdb_sources").split(";\n\n")[0])

        def lower(key):
            return con.execute("SELECT lower($key)", {"key": key}).fetchone()[0]

        def told(key):
            same = [value for name, value in (tags or {}).items() if value and lower(name) == lower(key)]
            return (tags or {}).get(key) or next(iter(same), None)

        entries = None if tags is None else [{"k": key, "v": value} for key, value in tags.items()]
        found = con.execute(
            "SELECT first_tag(map_from_entries($tags::STRUCT(k VARCHAR, v VARCHAR)[]), $keys::VARCHAR[])",
            {"tags": entries, "keys": keys},
        ).fetchone()
        assert found == (next(filter(None, map(told, keys)), None),)
