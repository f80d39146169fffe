"""Billing files as nobody should write them: an error in words, or each record stored or refused, and none changed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cost_store import (
    CUR_LINE,
    FOCUS_LINE,
    GCP_LINE,
    load,
    rows,
    write_csv,
    write_ndjson,
    write_parquet,
)
from fuzz import damage, fuzz, texts, values
from hostile_bills import load_hostile, money, told
from hypothesis import given
from hypothesis import strategies as st

from data.warehouse import Warehouse
from ingest.source import SourceError
from ingest.sources.aws_cur import AwsCur
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport

FOCUS = [FOCUS_LINE | {"BilledCost": f"{place}.25", "Tags": '{"team": "a"}'} for place in range(150)]
UNTAGGED = [FOCUS_LINE | {"BilledCost": f"{place}.25"} for place in range(150)]
GCP = [GCP_LINE | {"cost": place} for place in range(150)]


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """For what is loaded under a name of its own: opening a store takes longer than most of these files."""
    with Warehouse.open(tmp_path_factory.mktemp("bills") / "store") as warehouse:
        yield warehouse


def check_csv(wh, content, name="bill.csv"):
    found, expected = load_hostile(wh, Focus, content, name), told(content)
    if found and expected:
        stored, rejected = found
        assert sum(stored.values()) + rejected == expected[0]
        assert not stored - expected[1]
    return found


class Files(dict):
    """Without its content in hypothesis' reports."""

    def __repr__(self):
        return "files"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One valid file of each form, as bytes."""
    folder = tmp_path_factory.mktemp("valid")
    line = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items() if key != "BilledCost")
    query = f"SELECT {line}, i::DOUBLE AS BilledCost, MAP {{'team': 'a'}} AS Tags FROM range(150) AS r(i)"
    return Files(
        {
            "csv": write_csv(folder / "f.csv", FOCUS).read_bytes(),
            "gz": write_csv(folder / "f.csv.gz", FOCUS).read_bytes(),
            "parquet": write_parquet(folder / "f.parquet", query).read_bytes(),
            "ndjson": write_ndjson(folder / "f.ndjson", GCP).read_bytes(),
        }
    )


@fuzz()
@given(data=st.data())
def test_a_damaged_csv(store, files, data):
    check_csv(store, data.draw(damage(files["csv"])))


@fuzz()
@given(data=st.data())
def test_a_damaged_gzip(store, files, data):
    check_csv(store, data.draw(damage(files["gz"])), "bill.csv.gz")


def costs_of_parquet(content):
    """How often each cost stands in it, by Arrow; None where it cannot read it."""
    try:
        table = pq.read_table(io.BytesIO(content))
        return Counter(money(repr(cost)) for cost in table["BilledCost"].to_pylist())
    except (pa.ArrowException, OSError, KeyError, UnicodeDecodeError):
        return None


@fuzz()
@given(data=st.data())
def test_a_damaged_parquet(store, files, data):
    content = data.draw(damage(files["parquet"]))
    found, expected = load_hostile(store, Focus, content, "bill.parquet"), costs_of_parquet(content)
    if found and expected:
        stored, rejected = found
        assert sum(stored.values()) + rejected == sum(expected.values())
        assert not stored - expected


def objects_of_ndjson(content):
    """How many objects it holds, one a line, by Python's json; None where one is none."""
    try:
        told = [json.loads(line) for line in content.decode().split("\n") if line.strip()]
    except (ValueError, RecursionError):
        return None
    return len(told) if all(isinstance(one, dict) for one in told) else None


@fuzz()
@given(data=st.data())
def test_a_damaged_ndjson(store, files, data):
    content = data.draw(damage(files["ndjson"]))
    found, expected = load_hostile(store, GcpExport, content, "bill.ndjson"), objects_of_ndjson(content)
    if found and expected:
        assert sum(found[0].values()) + found[1] == expected


@fuzz()
@given(cells=st.dictionaries(st.sampled_from(list(FOCUS[0])), texts, min_size=1, max_size=3))
def test_hostile_cells(wh, cells):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(FOCUS[0]))
    writer.writeheader()
    writer.writerows([*FOCUS, FOCUS[7] | cells])
    check_csv(wh, text.getvalue().encode("utf-8", "replace"))


@fuzz()
@given(fields=st.dictionaries(st.sampled_from(list(GCP_LINE)), values, min_size=1, max_size=3))
def test_hostile_json_values(store, fields):
    lines = [json.dumps(line) for line in (*GCP, GCP[7] | fields)]
    found = load_hostile(store, GcpExport, "\n".join(lines).encode(), "bill.ndjson")
    assert found is None or sum(found[0].values()) + found[1] == 151


@fuzz()
@given(tags=st.dictionaries(texts, texts, max_size=8))
def test_tags_are_kept_as_people_wrote_them(wh, tags):
    tags = {key: value for key, value in tags.items() if not key.startswith("user")}
    text = json.dumps(tags)
    path = write_csv(wh.home.parent / "tags.csv", [FOCUS[1] | {"Tags": text}])
    load(wh, Focus(str(path)), "tags")
    assert rows(wh, "SELECT tags FROM cost", "tags") == [(tags,)]


# the named cases


def lines(*more):
    return [*FOCUS, *more]


def csv_bytes(tmp_path, told, name="whole.csv", header=None):
    return write_csv(tmp_path / name, told, header).read_bytes()


@pytest.mark.parametrize("part", [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("form", ["gz", "parquet"])
def test_a_truncated_file_is_an_error_that_names_it(wh, files, form, part):
    name = {"gz": "bill.csv.gz", "parquet": "bill.parquet"}[form]
    path = wh.home.parent / name
    path.write_bytes(files[form][: max(int(len(files[form]) * part), 4)])
    with pytest.raises(SourceError, match=re.escape(name)):
        load(wh, Focus(str(path)))
    assert wh.live_files("cost") == []


def test_a_gzip_whose_checksum_is_wrong_is_damaged(store, files):
    content = files["gz"][:-6] + b"\0\0" + files["gz"][-4:]
    assert load_hostile(store, Focus, content, "bill.csv.gz") is None


@pytest.mark.parametrize("place", [0, 150])
def test_a_key_of_a_megabyte_is_a_tag(wh, tmp_path, place):
    """Also where the first lines are looked at to find the header's width."""
    long = FOCUS[3] | {"Tags": json.dumps({"k" * 1_000_000: "v"})}
    path = write_csv(tmp_path / "f.csv", [*FOCUS[:place], long, *FOCUS[place:]])
    load(wh, Focus(str(path)))
    assert rows(wh, "SELECT max(length(map_keys(tags)[1])) FROM cost") == [(1_000_000,)]


def test_two_thousand_tags_of_one_line_do_not_hang(wh, tmp_path):
    many = "{" + ", ".join(f'"k{place % 1000}": "{place}"' for place in range(2000)) + "}"
    load(wh, Focus(str(write_csv(tmp_path / "f.csv", [FOCUS[3] | {"Tags": many}]))))
    assert rows(wh, "SELECT cardinality(tags), tags['k7'] FROM cost") == [(1000, "7")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("break_", ["\n", "\r\n"])
def test_a_header_may_hold_a_quoted_line_end(store, tmp_path, end, break_):
    """DuckDB skips the header as one record, and takes the first line end that it sees for every line's."""
    text = csv_bytes(tmp_path, FOCUS).decode().replace("\r\n", end).replace("ListCost", f'"List{break_}Cost"')
    stored, rejected = check_csv(store, text.encode()) or ({}, 0)
    assert (sum(stored.values()), rejected) in ((150, 0), (0, 0))
    assert end == "\r" or stored


def test_lines_that_end_in_two_ways_are_told_in_words(wh, tmp_path):
    content = csv_bytes(tmp_path, UNTAGGED).replace(b"\r\n", b"\n", 50)
    (tmp_path / "bill.csv").write_bytes(content)
    with pytest.raises(SourceError, match=r"bill\.csv cannot be read: its lines end in several ways"):
        load(wh, Focus(str(tmp_path / "bill.csv")))


def test_a_quote_that_is_never_closed_takes_no_lines_away(wh, tmp_path):
    content = csv_bytes(tmp_path, UNTAGGED).replace(b"i-1,140.25", b'"i-1,140.25')
    (tmp_path / "bill.csv").write_bytes(content)
    with pytest.raises(SourceError, match=r"bill\.csv line 142: a quote is opened and not closed"):
        load(wh, Focus(str(tmp_path / "bill.csv")))


def test_a_cell_longer_than_the_readers_buffer_is_an_error(store, tmp_path):
    """DuckDB's reader passes over such a line without a word."""
    assert check_csv(store, csv_bytes(tmp_path, lines(FOCUS[3] | {"ResourceId": "x" * 40_000_000}))) is None


def test_more_broken_lines_than_the_reader_lists_are_an_error(store, tmp_path):
    """Each of these has 13 errors, and the reader stops listing at 100,000 of them."""
    content = csv_bytes(tmp_path, FOCUS) + b"cut off\r\n" * 9000
    assert check_csv(store, content) is None


def test_byte_order_mark_and_quotes_with_line_ends(store, tmp_path):
    content = csv_bytes(tmp_path, lines(FOCUS[3] | {"ResourceId": 'a\r\n"b",\n'}))
    stored, rejected = check_csv(store, b"\xef\xbb\xbf" + content)
    assert (sum(stored.values()), rejected) == (151, 0)


@pytest.mark.parametrize(
    "name",
    ["line_no", "Line_No", "BilledCost", "'; DROP TABLE cost; --", "a\0b", "\u202eb", "ResourceId (2)"],
)
def test_any_name_may_stand_in_a_header(store, tmp_path, name):
    content = csv_bytes(tmp_path, FOCUS).replace(b"ListCost", name.encode())
    stored, rejected = check_csv(store, content)
    assert (sum(stored.values()), rejected) == (150, 0)


def check_refused(store, tmp_path, wrong):
    """Each of the wrong lines is refused, and no other; together they are below 1 %."""
    good = [FOCUS_LINE | {"BilledCost": f"{place}.25"} for place in range(1300)]
    stored, rejected = check_csv(store, csv_bytes(tmp_path, [*good, *wrong]))
    assert (sum(stored.values()), rejected) == (1300, len(wrong))
    query = "SELECT line_no FROM reject WHERE load_id = (SELECT max(load_id) FROM reject) ORDER BY 1"
    refused = [line for (line,) in store.con.execute(query).fetchall()]
    assert refused == list(range(1301, 1301 + len(wrong)))


def test_an_amount_that_cannot_be_kept_is_refused(store, tmp_path):
    amounts = ["1" * 27, "1" * 26 + ".5", "1e25", "1e14", "-1e14", "1e400", "NaN", "inf", "1.234,56"]
    check_refused(store, tmp_path, [FOCUS[3] | {"BilledCost": amount} for amount in amounts])


def test_amounts_that_cannot_be_added_up_are_an_error(store, tmp_path):
    content = csv_bytes(tmp_path, lines(*[FOCUS[3] | {"BilledCost": "9e13"}] * 2))
    assert check_csv(store, content) is None


@pytest.mark.parametrize("column", ["ChargePeriodStart", "BillingPeriodStart"])
def test_a_time_that_no_bill_has_is_refused(store, tmp_path, column):
    moments = [
        "0000-01-01",
        "0001-01-01",
        "2026-10-02 (BC)",
        "9999-12-31",
        "2023-13-45",
        "2026-10-02T00:00:00+99:99",
    ]
    check_refused(store, tmp_path, [FOCUS[3] | {column: moment, "ChargePeriodEnd": ""} for moment in moments])


@pytest.mark.parametrize(
    "kind",
    [
        "TIME '01:00'",
        "20261002",
        "['x']",
        "true",
        "{'a': 1}",
        "'infinity'::TIMESTAMP",
        "'290000-01-01'::TIMESTAMP",
        "'x'::BLOB",
        "1.5::DOUBLE",
        "'0044-01-01 (BC)'::TIMESTAMP",
    ],
)
def test_a_parquet_column_of_times_that_are_none(wh, tmp_path, kind):
    line = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items() if key != "ChargePeriodStart")
    path = write_parquet(tmp_path / "bill.parquet", f"SELECT {line}, {kind} AS ChargePeriodStart")
    with pytest.raises(SourceError, match=r"bill\.parquet line 1: no start of the charge period"):
        load(wh, Focus(str(path)))


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ("MAP {1: 2}", {"1": "2"}),
        ("{'a': 'b'}", {"a": "b"}),
        ("MAP {'user:a': '1', 'a': '2'}", {"a": "1"}),
        ("7", None),
    ],
)
def test_tags_of_any_parquet_type(wh, tmp_path, tags, kept):
    line = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items())
    load(
        wh, Focus(str(write_parquet(tmp_path / "f.parquet", f"SELECT {line}, {tags} AS Tags, 1 AS Line_No")))
    )
    assert rows(wh, "SELECT tags, line_no FROM cost") == [(kept, 1)]


def test_a_parquet_with_a_row_number_of_its_own_is_told_in_words(wh, tmp_path):
    line = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items())
    path = write_parquet(tmp_path / "f.parquet", f"SELECT {line}, 1 AS file_row_number")
    with pytest.raises(SourceError, match=r"f\.parquet has a column of its own called file_row_number"):
        load(wh, Focus(str(path)))


def refused_json(store, wrong):
    """How many of the wrong lines are refused, beside 1,300 good ones, which are stored."""
    told = [*(GCP_LINE | {"cost": place} for place in range(1300)), *wrong]
    stored, rejected = load_hostile(
        store, GcpExport, "\n".join(map(json.dumps, told)).encode(), "bill.ndjson"
    )
    assert sum(stored.values()) == 1300
    return rejected


def test_an_invoice_month_that_is_none_is_refused(store):
    months = ["202613", "2026-10", "20261", "000001", "999999", "", None, "202610x"]
    assert refused_json(store, [GCP[3] | {"invoice": {"month": month}} for month in months]) == len(months)


def test_a_credit_that_cannot_be_read_makes_no_cost_higher(store):
    wrong = [[{"amount": "much"}], [{"amount": 1e400}], [{"amount": {}}], "-5", 7]
    assert refused_json(store, [GCP[3] | {"credits": credits} for credits in wrong]) == len(wrong)


def test_json_ten_thousand_deep(store):
    deep = json.dumps(GCP[3] | {"labels": "@"}).replace('"@"', "[" * 10_000 + "]" * 10_000)
    content = "\n".join([*map(json.dumps, GCP), deep])
    stored, rejected = load_hostile(store, GcpExport, content.encode(), "bill.ndjson")
    assert sum(stored.values()) + rejected == 151


def test_a_thousand_legacy_tags(wh, tmp_path):
    tags = {f"resourceTags/user:t{place}": "v" for place in range(1000)}
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", [CUR_LINE | tags]))))
    assert rows(wh, "SELECT cardinality(tags) FROM cost") == [(1000,)]
