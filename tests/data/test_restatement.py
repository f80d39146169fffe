"""What a replaced delivery had stated: every one is kept, what is said of it is true to the digit, older stores too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from small_store import line, load_lines

from data.filters import Filters
from data.home import work_file
from data.model.settings import ModelSettings
from data.query.provenance import restatements as page_rows
from data.restatement import Restatement, restatements, told
from data.snapshot import open_latest
from data.status import status
from data.warehouse import Warehouse

SEPTEMBER, OCTOBER = datetime(2026, 9, 2), datetime(2026, 10, 2)
MONTH = Restatement(
    "aws",
    date(2026, 9, 1),
    "USD",
    datetime(2026, 10, 3, 6),
    5040,
    5040,
    Decimal("73434.000000000000"),
    Decimal("73434.800000000000"),
)


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        yield warehouse


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"lines_before": 1, "lines_after": 2},
            "replaced 1 line by 2 (73,434.00 → 73,434.80 USD) of 2026-09",
        ),
        ({}, "replaced 5,040 lines (73,434.00 → 73,434.80 USD) of 2026-09"),
        (
            {"lines_after": 5048, "currency": "EUR"},
            "replaced 5,040 lines by 5,048 (73,434.00 → 73,434.80 EUR) of 2026-09",
        ),
        ({"billed_after": Decimal("73434")}, "replaced 5,040 lines (still 73,434.00 USD) of 2026-09"),
        (
            {"billed_after": Decimal("73434.000000000001")},
            "replaced 5,040 lines (73,434.00 → 73,434.000000000001 USD) of 2026-09",
        ),
        ({"billed_before": None}, "replaced 5,040 lines (unknown → 73,434.80 USD) of 2026-09"),
        (
            {"lines_after": 0, "billed_after": Decimal(0)},
            "replaced 5,040 lines by 0 (73,434.00 → 0.00 USD) of 2026-09",
        ),
        ({"currency": None}, "replaced 5,040 lines (73,434.00 → 73,434.80 of unknown currency) of 2026-09"),
    ],
)
def test_a_restatement_reads_as_one_sentence(changed, said):
    assert told([replace(MONTH, **changed)]) == [said]


def test_months_of_one_load_are_one_sentence_per_currency():
    """A file over a year replaces twelve months; a row of a table each is for `status`."""
    others = [replace(MONTH, billing_period=date(2026, 10, 1)), replace(MONTH, currency="EUR", lines_after=0)]
    assert told([MONTH, *others]) == [
        "replaced 10,080 lines (146,868.00 → 146,869.60 USD) of 2026-09 … 2026-10",
        "replaced 5,040 lines by 0 (73,434.00 → 73,434.80 EUR) of 2026-09",
    ]
    assert told([]) == []


def two_files_then_one(wh):
    """September and October came apart, then once more in one file; $3 more in September."""
    load_lines(wh, [line(SEPTEMBER, cost="10")])
    load_lines(wh, [line(OCTOBER, cost="20"), line(OCTOBER, cost="1")])
    load_lines(wh, [line(SEPTEMBER, cost="13"), line(OCTOBER, cost="21")])


def test_every_load_that_one_replaced_is_kept(wh):
    """The loads are one sentence each: nothing is lost where one file restates what two had stated."""
    two_files_then_one(wh)
    first, second, third = (
        load for (load,) in wh.con.execute("SELECT load_id FROM load ORDER BY load_id").fetchall()
    )
    kept = wh.con.execute("SELECT load_id, replaced_by, lines, billed_cost FROM replaced_total ORDER BY 1")
    assert kept.fetchall() == [(first, third, 1, Decimal(10)), (second, third, 2, Decimal(21))]
    assert [
        (r.lines_before, r.lines_after, r.billed_before, r.billed_after) for r in restatements(wh.con)
    ] == [
        (1, 1, 10, 13),
        (2, 1, 21, 21),
    ]


def test_the_data_page_lists_them_all_and_nothing_that_still_stands(wh):
    """A load of two months of which one was replaced: the other month was not restated."""
    two_files_then_one(wh)
    load_lines(wh, [line(OCTOBER, cost="25")])
    wh.publish(ModelSettings())
    rows = page_rows(open_latest(wh.home).cursor(), Filters(date(2026, 9, 1), date(2026, 11, 1)))
    columns = ["lines_before", "lines_after", "billed_change"]
    months = rows["billing_period"].dt.strftime("%Y-%m")
    assert [[month, *row] for month, row in zip(months, rows[columns].values.tolist(), strict=True)] == [
        ["2026-10", 1, 1, 4],
        ["2026-10", 2, 1, 0],
        ["2026-09", 1, 1, 3],
    ]


def test_status_tells_the_last_restatement_of_each_month(wh):
    two_files_then_one(wh)
    load_lines(wh, [line(OCTOBER, cost="25")])
    wh.publish(ModelSettings())
    found = status(open_latest(wh.home)).as_json()["restatements"]
    assert [row.pop("restated_at").endswith("Z") for row in found] == [True, True]
    assert found == [
        {
            "source": "bill",
            "billing_period": f"2026-{month}-01",
            "currency": "USD",
            "lines_before": 1,
            "lines_after": 1,
            "billed_before": before,
            "billed_after": after,
        }
        for month, before, after in (("09", "10", "13"), ("10", "21", "25"))
    ]


def test_a_month_that_is_empty_now_states_zero(wh):
    """Not unknown: its delivery is there and has no line."""
    load_lines(wh, [line(OCTOBER, cost="20")])
    with wh.load("bill", "focus", "cost") as load:
        load.drop_cost_period(date(2026, 10, 1))
        load.mark_dirty([date(2026, 10, 1)])
        load.finish(rows=0, delivery_id="empty")
        assert [(r.lines_after, r.billed_after) for r in load.restatements()] == [(0, 0)]
    wh.publish(ModelSettings())
    (row,) = page_rows(open_latest(wh.home).cursor(), Filters(date(2026, 10, 1), date(2026, 11, 1))).to_dict(
        "records"
    )
    assert (row["lines_after"], row["billed_after"], row["billed_change"]) == (0, 0, -20)


def test_a_store_of_before_learns_who_replaced_whom(home):
    """It knew one replaced load only, in a column of `load`; the order of what was stated tells them all."""
    with Warehouse.open(home) as warehouse:
        two_files_then_one(warehouse)
        load_lines(warehouse, [line(OCTOBER, cost="25")])
        now = warehouse.con.execute("FROM replaced_total ORDER BY ALL").fetchall()
        columns = warehouse.con.table("load").columns
    with duckdb.connect(str(work_file(home))) as con:
        con.execute("ALTER TABLE replaced_total DROP COLUMN replaced_by")
        con.execute("ALTER TABLE load ADD COLUMN replaced_load_id VARCHAR")
    with Warehouse.open(home) as warehouse:
        assert warehouse.con.execute("FROM replaced_total ORDER BY ALL").fetchall() == now
        assert warehouse.con.table("load").columns == columns
        load_lines(warehouse, [line(OCTOBER, cost="30")])
        assert [r.billed_after for r in restatements(warehouse.con)] == [13, 30]
