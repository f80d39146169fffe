"""The month against its budgets: that of what is chosen as cards and picture, the others as tables; and to set them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard import filter_bar, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.cards import budgets as cards
from dashboard.charts import budgets as charts
from dashboard.columns import Columns
from dashboard.headlines import budgets as headlines
from dashboard.headlines.change import period_before
from dashboard.sections import lineage
from dashboard.tables import budgets as tables
from dashboard.visitor import signed, visitor
from data import budgets as kept
from data.budgets import Budget
from data.economics.budget import Burn, blame, burn, unit_alarm
from data.filters import Filters
from data.home import store_home
from data.people import PeopleFileUnusable
from data.query import budget as question
from data.query.lineage import Figure, Ratio

NONE = "No budget is set for what is chosen."
MEASURES: dict[str, kept.Measure] = {"Total per month": "total", "Cost per 1k inferences": "cost per 1k"}


def budgets(filters: Filters) -> None:
    """The month in which the period ends, against the budgets that people set for it."""
    start, end = question.month_of(filters, filter_bar.last_day())
    told = kept.budgets_of(store_home(), start, filters.currency)
    page.section("Budget", f"{start:%B %Y}, {fmt.days((end - start).days)} so far. {headlines.LINEAR}")
    mine = [budget for budget in told if budget.is_for(filters)]
    if not mine:
        page.say(NONE)
    for budget in mine:
        (_total if budget.measure == "total" else _unit)(budget, start, end)
    others = [budget for budget in told if budget not in mine]
    if others:
        with st.expander(f"Other budgets of {start:%B} · {len(others)}"):
            _table(others, filters, start, end)
    _edit(filters, start, told)


def _burn(budget: Budget, start: date, end: date) -> tuple[question.MonthDays, Burn] | None:
    days = store.ask(question.month_days, budget.filters(start, end), filter_bar.first_day())
    if days is None:
        return None
    return days, burn(float(budget.amount), days.by_day, days.days, final=days.final, unknown=days.unknown)


def _total(budget: Budget, start: date, end: date) -> None:
    told = _burn(budget, start, end)
    if told is None:
        page.say("The effective cost of an export is unusable this month; set a budget in the billed view.")
        return
    days, state = told
    asked = budget.filters(start, end)
    comparable = filter_bar.reaches(asked.previous().start) and state.over_on is not None
    moved = store.ask(question.month_blame, asked) if comparable else None
    why = None if moved is None else (moved, period_before(asked))
    ended = len(days.by_day) == days.days
    said = headlines.total(state, start, why, budget.currency, ended=ended)
    if days.unknown:
        said += f" The first {fmt.days(days.unknown)} of the month came before all data."
    _tell(said, alarm=state.is_over, warn=state.over_on is not None)
    page.kpi_row(cards.total(state, start, days, budget.currency))
    figure = charts.burn_up(start, days, state, budget.currency)
    page.draw(figure, name="budget-chart", alt="Cumulative spend of the month against its budget")


def _unit(budget: Budget, start: date, end: date) -> None:
    told = store.ask(question.unit_month, budget.filters(start, end))
    if told is None:
        page.say(
            "Cost per 1k inferences is unknown this month: nobody counted requests, or their cost is unusable."
        )
        return
    comparable = filter_bar.reaches(budget.filters(start, end).previous().start)
    causes = told.causes if comparable else None
    alarm = unit_alarm(told.cost, float(budget.amount), causes)
    mix = None if causes is None else blame(causes).growth
    said = headlines.unit(told.cost, float(budget.amount), mix, budget.currency, alarm=alarm)
    _tell(said, alarm=alarm, warn=told.cost > budget.amount)


def _tell(text: str, *, alarm: bool, warn: bool) -> None:
    safe = text.replace("$", r"\$")
    if alarm:
        st.error(safe, icon=":material/notification_important:")
    elif warn:
        st.warning(safe, icon=":material/trending_up:")
    else:
        page.say(text)


def _table(told: Sequence[Budget], filters: Filters, start: date, end: date) -> None:
    of_total = [b for b in told if b.measure == "total"]
    of_unit = [b for b in told if b.measure != "total"]
    if of_total:
        rows = pd.DataFrame([_total_row(b, start, end) for b in of_total])
        _rows(
            of_total,
            rows,
            "budgets",
            tables.totals(filters),
            lambda b: Figure("spend", b.filters(start, end)),
        )
    if of_unit:
        rows, columns = pd.DataFrame([_unit_row(b, start, end) for b in of_unit]), tables.unit_costs(filters)
        unit: Ratio = "cost per 1k inferences"
        _rows(of_unit, rows, "unit-budgets", columns, lambda b: Figure(unit, b.filters(start, end)))


def _rows(
    told: Sequence[Budget], rows: pd.DataFrame, name: str, columns: Columns, about: Callable[[Budget], Figure]
) -> None:
    """A budget per row; a chosen one opens what was spent."""
    chosen = lineage.pick(rows, name=name, columns=columns, alt="Budgets of the month")
    if chosen is not None:
        lineage.opened(about(told[chosen]), headlines.name(told[chosen]), f"{name}-row")


def _total_row(budget: Budget, start: date, end: date) -> dict[str, object]:
    told = _burn(budget, start, end)
    state = told[1] if told else None
    return {
        "scope": headlines.name(budget),
        "amount": float(budget.amount),
        "spent": state and state.spent,
        "used": state and state.used,
        "month_end": state and state.month_end,
        "over_on": start.replace(day=state.over_on) if state and state.over_on else None,
        "who": budget.who,
        "set_at": budget.set_at,
    }


def _unit_row(budget: Budget, start: date, end: date) -> dict[str, object]:
    told = store.ask(question.unit_month, budget.filters(start, end))
    return {
        "scope": headlines.name(budget),
        "amount": float(budget.amount),
        "cost": told and told.cost,
        "used": told and told.cost / float(budget.amount),
        "who": budget.who,
        "set_at": budget.set_at,
    }


def _edit(filters: Filters, month: date, told: Sequence[Budget]) -> None:
    with st.popover("Set a budget", icon=":material/savings:", key="budget-edit"):
        _form(filters, month)
        for budget in told:
            _removal(budget)


def _form(filters: Filters, month: date) -> None:
    with st.form("budget-form", border=False):
        page.note(
            f"For {headlines.name(Budget.of(filters, 'total', Decimal(1), None, ''))}: what the filters choose."
        )
        label = st.selectbox("Of what", list(MEASURES), key="budget-measure")
        amount = st.text_input(f"Amount ({filters.currency})", key="budget-amount", placeholder="100000")
        every = st.checkbox(f"Every month, not {month:%B %Y} alone", value=True, key="budget-every")
        who = st.text_input("Set by", value=visitor(), key="budget-who")
        if st.form_submit_button("Keep"):
            _keep(filters, MEASURES[label], amount, None if every else month, who)


def _keep(filters: Filters, measure: kept.Measure, amount: str, month: date | None, who: str) -> None:
    try:
        told = Decimal(amount.replace(",", "").strip())
        kept.set_budget(store_home(), Budget.of(filters, measure, told, month, who))
    except PeopleFileUnusable as error:
        st.error(f"No budget was set: {fmt.plain(str(error))}")
        return
    except (ArithmeticError, kept.BadBudget):
        st.error(f"No budget was set: “{amount}” is no amount above 0, such as 100000 or 0.25.")
        return
    signed(who)
    st.rerun()


def _removal(budget: Budget) -> None:
    when = f"{budget.month:%B %Y}" if budget.month else "every month"
    of = "" if budget.measure == "total" else " per 1k inferences"
    label = f"{headlines.name(budget)}, {when}: {fmt.money(budget.amount, budget.currency)}{of}"
    if st.button(
        f"Remove {label}".replace("$", r"\$"), key=f"budget-remove-{budget.budget_id}", type="tertiary"
    ):
        assert budget.budget_id is not None
        kept.remove_budget(store_home(), budget.budget_id)
        st.rerun()
