"""The SQL from raw facts to the ladder keeps to what every engine answers alike."""

from pathlib import Path

import pytest
from portable_core import complaints

MODEL = Path(__file__).resolve().parents[2] / "data" / "model"
FILES = sorted(
    path
    for folder in ("estate", "month", "commitment", "mart", "telemetry")
    for path in (MODEL / folder).glob("[0-9]*.sql")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_model_file_is_portable(path):
    assert complaints(path.read_text(encoding="utf-8"), path.name) == []


def test_the_lint_sees_the_whole_model():
    assert len(FILES) >= 25


@pytest.mark.parametrize(
    "bad",
    [
        "SELECT isodow(ts) AS d FROM t",
        "SELECT max_by(m, ts) AS m FROM t",
        "SELECT CAST(x AS INTEGER) AS i FROM t",
        "SELECT a / (b + c) AS r FROM t",
        "SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY x) AS p FROM t",
        "SELECT tags['team'] AS t FROM t",
        "SELECT * FROM t",
        "SELECT round(x, 1) AS r FROM t",
        "SELECT a AS a, sum(b) AS b FROM t GROUP BY ALL",
        "SELECT sum(a) FILTER (WHERE b) AS a FROM t",
        "SELECT a AS a FROM t WHERE b = $b",
        "SELECT a AS a FROM t ORDER BY a",
        "SELECT x.a AS a FROM (SELECT a FROM t) AS x",
        "SELECT list_transform(l, lambda x: x + 1) AS l FROM t",
    ],
)
def test_the_lint_catches(bad):
    assert complaints(bad)
