"""What the filter bar offers: each line of the ladder under one value of every filter, and each currency's days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pytest
from estate import build

from data.filters import Filters
from data.home import snapshot_file
from data.query import overview
from data.query.choices import choices
from data.snapshot import open_latest


@pytest.fixture
def store(tmp_path):
    """store({"day": …, "rung": …}, …): a cursor on a store of these ladder rows, of 1 USD unless told."""

    def store(*rows):
        home = build(tmp_path, rows=False)
        with duckdb.connect(str(snapshot_file(home, 1))) as con:
            for row in rows:
                told = {
                    "rung": "outside",
                    "billing_currency": "USD",
                    "effective_cost": 1,
                    "billed_cost": 1,
                } | row
                values = ", ".join(f"${name} AS {name}" for name in told)
                con.execute(f"INSERT INTO ladder BY NAME SELECT {values}", told)
        return open_latest(home).cursor()

    return store


@pytest.mark.parametrize(
    ("kind", "column"),
    [("providers", "provider"), ("accounts", "sub_account_id"), ("teams", "team"), ("models", "model")],
)
def test_the_values_of_a_filter_sum_to_the_whole(store, kind, column):
    day = date(2026, 10, 1)
    cursor = store(
        {"day": day, column: "a"}, {"day": day, column: "b"}, {"day": day, column: None, "effective_cost": 5}
    )
    october = Filters(day, date(2026, 11, 1))
    offered = getattr(choices(cursor), kind)
    parts = [
        overview.figures(cursor, replace(october, **{kind: (value,)})).iloc[0]["spend"] for value in offered
    ]

    assert offered == ("a", "b", "none")
    assert sorted(parts) == [1, 1, 5]
    assert sum(parts) == overview.figures(cursor, october).iloc[0]["spend"] == 7


def test_the_currency_with_most_of_the_ladder_comes_first_whatever_its_amounts_are(store):
    day = date(2026, 10, 1)
    cursor = store(
        {"day": day, "billing_currency": "USD", "team": "a"},
        {"day": day, "billing_currency": "USD", "team": "b"},
        {"day": day, "billing_currency": "EUR"},
        {"day": day, "billing_currency": "JPY", "effective_cost": 1_000_000},
    )

    assert choices(cursor).currencies == ("USD", "EUR", "JPY")


def test_each_currency_has_its_own_days(store):
    cursor = store(
        {"day": date(2026, 8, 3), "rung": "serving_busy"},
        {"day": date(2026, 10, 31), "rung": "serving_busy"},
        {"day": date(2026, 10, 1), "rung": "serving_busy", "billing_currency": "EUR"},
        {"day": date(2026, 10, 21), "rung": "serving_busy", "billing_currency": "EUR"},
        {"day": date(2027, 9, 1), "rung": "tax", "billing_currency": "EUR"},
        {"day": date(2020, 1, 1), "rung": "unexplained", "billing_currency": None},
    )
    found = choices(cursor)

    assert found.days == {
        "EUR": (date(2026, 10, 1), date(2026, 10, 21)),
        "USD": (date(2026, 8, 3), date(2026, 10, 31)),
    }
    assert (found.first_day, found.last_day) == (date(2026, 8, 3), date(2026, 10, 31))
