"""Budgets as people keep them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from data.budgets import BadBudget, Budget, budgets, budgets_of, remove_budget, set_budget
from data.filters import Filters
from data.pins import pins

OCTOBER = date(2026, 10, 1)
ALL = Filters(OCTOBER, date(2026, 11, 1))
SEARCH = replace(ALL, teams=("search", "docs"), view="billed")


def test_a_store_in_which_nobody_entered_anything_has_none(tmp_path):
    assert budgets(tmp_path / "no store") == []
    assert not (tmp_path / "no store").exists()


def test_a_budget_comes_back_as_it_was_set(tmp_path):
    before = datetime.now(UTC).replace(tzinfo=None)
    set_budget(tmp_path, Budget.of(SEARCH, "total", Decimal("45000.10"), OCTOBER, "ada"))

    (kept,) = budgets(tmp_path)
    assert (kept.amount, kept.month, kept.who, kept.counted_as) == (
        Decimal("45000.10"),
        OCTOBER,
        "ada",
        "billed",
    )
    assert kept.teams == ("docs", "search")
    assert before <= kept.set_at <= before + timedelta(minutes=1)
    assert kept.filters(*(ALL.start, ALL.end)) == replace(SEARCH, teams=("docs", "search"), calendar=True)


def test_setting_it_again_replaces_it(tmp_path):
    for amount, who in ((1, "ada"), (2, "bo")):
        set_budget(tmp_path, Budget.of(ALL, "total", Decimal(amount), None, who))

    assert [(b.amount, b.who) for b in budgets(tmp_path)] == [(2, "bo")]


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(tmp_path, amount):
    with pytest.raises(BadBudget, match="above 0"):
        set_budget(tmp_path, Budget.of(ALL, "total", Decimal(amount), None, ""))
    assert budgets(tmp_path) == []


def test_a_removed_budget_is_gone(tmp_path):
    set_budget(tmp_path, Budget.of(ALL, "total", Decimal(1), None, ""))
    set_budget(tmp_path, Budget.of(ALL, "cost per 1k", Decimal(2), None, ""))
    remove_budget(tmp_path, budgets(tmp_path)[0].budget_id)

    assert [b.measure for b in budgets(tmp_path)] == ["cost per 1k"]


def test_a_months_own_budget_counts_before_the_one_of_every_month(tmp_path):
    for amount, month in ((1, None), (2, OCTOBER), (3, date(2026, 9, 1))):
        set_budget(tmp_path, Budget.of(ALL, "total", Decimal(amount), month, ""))
    set_budget(tmp_path, Budget.of(SEARCH, "total", Decimal(4), None, ""))

    assert [b.amount for b in budgets_of(tmp_path, OCTOBER, "USD")] == [2, 4]
    assert [b.amount for b in budgets_of(tmp_path, date(2026, 8, 1), "USD")] == [1, 4]
    assert budgets_of(tmp_path, OCTOBER, "EUR") == []


def test_a_budget_is_for_exactly_what_was_chosen():
    budget = Budget.of(SEARCH, "total", Decimal(1), None, "ada")

    assert budget.is_for(replace(SEARCH, teams=("docs", "search")))
    assert not budget.is_for(replace(SEARCH, teams=("docs",)))
    assert not budget.is_for(replace(SEARCH, view="effective"))
    assert budget.is_for(replace(SEARCH, basis="busy"))  # of a total no basis is asked
    unit = Budget.of(ALL, "cost per 1k", Decimal(1), None, "")
    assert not unit.is_for(replace(ALL, basis="busy"))
    assert unit.is_for(replace(ALL, view="billed"))


def test_budgets_and_pins_share_a_file(tmp_path):
    set_budget(tmp_path, Budget.of(ALL, "total", Decimal(1), None, ""))

    assert pins(tmp_path) == []
