"""Which day anchors the pages: the last one with usage, not the last one with any charge."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from estate import build

from data.home import snapshot_file
from data.query.choices import choices
from data.snapshot import open_latest


@pytest.fixture
def reach(tmp_path):
    """reach((day, rung), …): first and last day of a store with these charges."""

    def reach(*charges: tuple[str, str]) -> tuple[date | None, date | None]:
        home = build(tmp_path, rows=False)
        with duckdb.connect(str(snapshot_file(home, 1))) as con:
            for day, rung in charges:
                con.execute(
                    "INSERT INTO ladder BY NAME SELECT $day::DATE AS day, $rung AS rung, 'USD' AS billing_currency, "
                    "1 AS effective_cost, 1 AS billed_cost",
                    {"day": day, "rung": rung},
                )
        found = choices(open_latest(home).cursor())
        return found.first_day, found.last_day

    return reach


@pytest.mark.parametrize(
    "rung", ["outside", "commitment_unused", "timing", "credit", "tax", "refund_correction"]
)
def test_a_purchase_dated_ahead_is_no_usage(reach, rung):
    days = reach(("2026-10-01", "serving_busy"), ("2026-10-31", "shared"), ("2027-03-01", rung))

    assert days == (date(2026, 10, 1), date(2026, 10, 31))


def test_without_usage_the_last_charge_anchors(reach):
    assert reach(("2026-10-01", "outside"), ("2026-10-07", "tax")) == (date(2026, 10, 1), date(2026, 10, 7))


def test_without_charges_there_is_no_day(reach):
    assert reach() == (None, None)
