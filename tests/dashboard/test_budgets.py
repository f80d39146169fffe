"""Budgets on the small estate. October cost 3,182 a day, but 192 less, 500 tax and −20 on the 1st; 3,840 more on the
7th; 75 less on the 15th."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from estate import build
from visitor import visit

from data.budgets import Budget, budgets, set_budget
from data.economics.budget import burn
from data.filters import Filters
from data.home import snapshot_file
from data.query import overview
from data.query.budget import month_blame, month_days, month_of, unit_month
from data.snapshot import open_latest

OCTOBER = Filters(date(2026, 10, 1), date(2026, 11, 1), calendar=True)
SPENT = 31 * 3182 - 192 + 500 - 20 + 3840 - 75
FIRST = date(2026, 9, 2)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A store of one's own: budgets are written into it."""
    home = build(tmp_path)
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    return home


def said(app) -> str:
    told = (*app.markdown, *app.error, *app.warning)
    return " ".join(element.value.replace("\\", "") for element in told)


def metric(app, label):
    return next(m for m in app.metric if m.label == label)


def test_the_days_of_a_month(cursor):
    days = month_days(cursor, OCTOBER, FIRST)

    assert sum(days.by_day) == pytest.approx(SPENT)
    assert (days.by_day[0], days.by_day[6], days.by_day[14]) == (2990 + 480, 3182 + 3840, 3182 - 75)
    assert (len(days.by_day), days.days, days.final, days.unknown) == (31, 31, 29, 0)


def test_a_month_before_all_data_is_unknown(cursor):
    days = month_days(cursor, Filters(date(2026, 9, 1), date(2026, 10, 1)), FIRST)

    assert (days.unknown, days.final) == (1, 30)
    assert burn(1e6, days.by_day, 30, final=30, unknown=1).rate == pytest.approx(sum(days.by_day) / 29)


@pytest.mark.parametrize(
    ("start", "end", "last", "month"),
    [
        (date(2026, 10, 2), date(2026, 11, 1), date(2026, 10, 31), (date(2026, 10, 1), date(2026, 11, 1))),
        (date(2026, 10, 2), date(2026, 10, 9), date(2026, 10, 20), (date(2026, 10, 1), date(2026, 10, 21))),
        (date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 20), (date(2026, 9, 1), date(2026, 10, 1))),
        (date(2026, 10, 1), date(2027, 1, 1), date(2026, 12, 3), (date(2026, 12, 1), date(2026, 12, 4))),
    ],
)
def test_the_month_is_the_one_in_which_the_period_ends(start, end, last, month):
    assert month_of(Filters(start, end), last) == month


def test_what_moved_sums_to_the_change_of_the_month(cursor):
    asked = replace(OCTOBER, end=date(2026, 10, 21))
    told = month_blame(cursor, asked)
    now, before = (overview.figures(cursor, f)["spend"].iloc[0] for f in (asked, asked.previous()))

    assert told.growth + told.inefficiency + told.other == pytest.approx(now - before)
    # traffic of a day never changes here, but September has 19 of the 20 days: one day's answers are growth
    assert told.growth > 0
    # summarise: 192 a day more for the same answers on 19 days, and a little that one more day is not free of
    assert told.inefficiency == pytest.approx(19 * 192, rel=0.03)


def test_the_unit_cost_of_a_month_is_the_overviews(cursor):
    told = unit_month(cursor, OCTOBER)
    figures = overview.figures(cursor, OCTOBER)

    assert told.cost == pytest.approx(1000 * figures["cost_per_inference"].iloc[0])
    before = overview.figures(cursor, OCTOBER.previous())["cost_per_inference"].iloc[0]
    assert sum(told.causes.values()) == pytest.approx(told.cost - 1000 * before)


def test_nobody_counted_no_unit_cost(cursor):
    assert unit_month(cursor, replace(OCTOBER, models=("rank-cpu",))) is None


@pytest.mark.usefixtures("home")
def test_without_a_budget_the_page_says_so():
    app = visit()

    assert "No budget is set for what is chosen." in said(app)


def test_a_budget_that_was_passed_alarms(home):
    set_budget(home, Budget.of(OCTOBER, "total", Decimal(100_000), None, "ada"))
    app = visit()

    over = SPENT - 100_000
    assert f"October is ${over:,.0f} over its budget of $100k, since Oct 31." in app.error[0].value.replace(
        "\\", ""
    )
    assert metric(app, "October budget used").value == "102.7 %"
    assert metric(app, "Passed on").value == "Oct 31"


def test_a_month_so_far_says_when_it_will_be(tmp_path, monkeypatch):
    home = _until(tmp_path, "2026-10-21")
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    set_budget(home, Budget.of(OCTOBER, "total", Decimal(100_000), None, "ada"))
    app = visit()

    spent = 20 * 3182 - 192 + 500 - 20 + 3840 - 75
    rate = (18 * 3182 - 192 + 500 - 20 + 3840 - 75) / 18  # the 19th and 20th are provisional
    end = spent + 11 * rate
    assert f"At ${rate:,.0f} a day October ends at ${end / 1000:.0f}k" in said(app)
    assert "which it passes on Oct 30" in said(app)  # 67,693 + 10 × 3,407 = 101,768
    assert metric(app, "Run rate a day").delta == "mean of 18 days"


def _until(tmp_path, day):
    home = build(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("DELETE FROM ladder WHERE day >= $day", {"day": day})
    return home


def test_a_unit_cost_over_its_budget_alarms(home):
    set_budget(home, Budget.of(OCTOBER, "cost per 1k", Decimal(10), None, "ada"))
    app = visit()

    assert "1k inferences cost $12.4, budget $10.0: over" in app.error[0].value.replace("\\", "")


def test_the_budgets_of_others_are_a_table(home):
    set_budget(home, Budget.of(replace(OCTOBER, teams=("search",)), "total", Decimal(3000), None, "bo"))
    app = visit()

    (table,) = [frame.value for frame in app.dataframe if "month_end" in frame.value]
    assert list(table["scope"]) == ["team search, effective"]
    assert table["spent"].iloc[0] == pytest.approx(31 * (96 + 24))  # gce-l4 and rank-cpu
    assert table["used"].iloc[0] == pytest.approx(31 * 120 / 3000)


def test_a_budget_can_be_set_and_removed_on_the_page(home):
    app = visit("overview", team=["docs"])
    app.text_input(key="budget-amount").set_value("12,000.50")
    app.text_input(key="budget-who").set_value("ada")
    app.button(key="FormSubmitter:budget-form-Keep").click().run()

    (kept,) = budgets(home)
    assert (kept.amount, kept.teams, kept.who, kept.month) == (Decimal("12000.50"), ("docs",), "ada", None)
    app.button(key=f"budget-remove-{kept.budget_id}").click().run()
    assert budgets(home) == []


def test_what_is_no_amount_says_so(home):
    app = visit()
    app.text_input(key="budget-amount").set_value("a lot")
    app.button(key="FormSubmitter:budget-form-Keep").click().run()

    assert "“a lot” is no amount above 0" in app.error[0].value
    assert budgets(home) == []


def test_a_month_whose_effective_cost_is_unusable_is_no_number(home):
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute(
            "INSERT INTO unusable_effective BY NAME SELECT load_id, provider, billing_account_id, billing_currency "
            "FROM invoice_total WHERE day = '2026-10-20' AND provider = 'AWS' LIMIT 1"
        )
    cursor = open_latest(home).cursor()

    assert month_days(cursor, OCTOBER, FIRST) is None
    assert unit_month(cursor, OCTOBER) is None
    november = replace(OCTOBER, start=date(2026, 11, 1), end=date(2026, 11, 2))
    assert month_blame(cursor, november) is None
    assert sum(month_days(cursor, replace(OCTOBER, view="billed"), FIRST).by_day) == pytest.approx(SPENT)
