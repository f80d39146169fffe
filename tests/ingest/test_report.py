"""What a terminal of any width shows of a load: every message whole, what went alike once, one preview of each kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data.pointer import Snapshot
from data.preview import Preview
from ingest.report import print_outcome
from ingest.run import Outcome
from ingest.source import LoadResult, Window

SNAPSHOT = Snapshot(7, datetime(2026, 11, 20), Path("/store/snapshots/serving-000007.duckdb"))
NOTHING = "the server has no data for these hours; nothing was changed; no data for any device metric"


@pytest.fixture
def shown(capsys, monkeypatch):
    """What is printed of an outcome in a terminal that is so wide."""

    def show(width, *results, **more):
        monkeypatch.setattr("ingest.report.Console", _terminal(width))
        print_outcome(Outcome(results, **{"snapshot": SNAPSHOT, **more}))
        return capsys.readouterr().out

    return show


def _terminal(width):
    from rich.console import Console

    return lambda **_: Console(width=width, force_terminal=True, color_system=None)


def day(number, status="unchanged", rows=0, message=NOTHING, source="gpus"):
    first = datetime(2026, 11, number)
    window = Window(first, first + timedelta(days=1))
    return LoadResult(source, "prometheus", status, rows, window=window, message=message)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_message_is_never_broken_into_a_column_of_syllables(shown, width):
    said = "unused part of 744 commitment fees derived: their own columns are empty"
    output = shown(width, LoadResult("aws", "aws-cur", "loaded", 5208, message=said))
    assert said in output
    assert "5,208" in output
    assert output.count("aws") >= 2


def test_brackets_of_a_message_are_no_markup(shown):
    for width in (80, 200):
        said = "bill[red].csv does not exist. Give [sources.bill] another location."
        assert said in shown(width, LoadResult("focus", "focus", "failed", 0, message=said))


def test_hours_that_went_alike_are_one_row_with_their_sum(shown):
    output = shown(
        200,
        day(1),
        day(2),
        day(3),
        day(4, "loaded", 5, None),
        day(5, "loaded", 7, None),
        day(6, "loaded", 1, "new"),
    )
    assert output.count(NOTHING) == 1
    assert "2026-11-01 00:00 … 2026-11-04 00:00" in output
    (loaded,) = (line for line in output.splitlines() if "2026-11-04 00:00 … 2026-11-06 00:00" in line)
    assert " 12 " in loaded
    assert "2026-11-06 00:00 … 2026-11-07 00:00" in output


@pytest.mark.parametrize(
    "other",
    [
        day(3),
        day(2, source="others"),
        day(2, "failed"),
        day(2, message="else"),
        LoadResult("gpus", "prometheus", "unchanged", 0),
    ],
    ids=["a gap", "another source", "another end", "another message", "no hours"],
)
def test_what_differs_or_does_not_adjoin_keeps_its_row(shown, other):
    output = shown(200, day(1), other)
    assert "2026-11-01 00:00 … 2026-11-02 00:00" in output
    assert sum(line.startswith(("  gpus", "  others")) for line in output.splitlines()) == 2


def test_a_rehearsal_previews_each_relation_of_a_source_once(shown):
    previews = tuple(
        Preview(source, relation, ("hour",), ((f"{source} {relation} {turn}",),))
        for turn in ("first", "second")
        for source, relation in (("gpus", "device_hour"), ("gpus", "traffic"), ("aws", "cost"))
    )
    output = shown(200, day(1), snapshot=None, previews=previews)
    assert output.count("as they would land") == 3
    assert "second" not in output
    assert (
        output.index("gpus device_hour first")
        < output.index("gpus traffic first")
        < output.index("aws cost first")
    )
    assert "Nothing was changed: --dry-run." in output
