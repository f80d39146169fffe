"""ROI: what an optimisation pays back, from measured baselines. Numbers and picture follow the sliders live."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import filter_bar, levers, store
from dashboard import format as fmt
from dashboard.charts import roi as charts
from dashboard.columns import money_column
from dashboard.components.live_sliders import live_sliders
from dashboard.page_parts import Card, chart_with_table, empty_state, headline, kpi_row, note
from data.economics.cashflow import discounted
from data.economics.roi import Assumptions, Roi, cost_per_inference, evaluate
from data.filters import Filters
from data.query.roi_baseline import Measured, roi_baseline, roi_models

FORMS = {
    "net gain": "(savings + benefits − upkeep − one-off) ÷ (one-off + upkeep)",
    "gross": "(savings + benefits) ÷ (one-off + upkeep)",
    "OpEx": "(annual baseline − annual optimised − annualised one-off) ÷ annualised one-off; upkeep is in optimised",
}


def main() -> None:
    """Choose a model; the rest answers while it is dragged."""
    filters = filter_bar.current()
    models = store.ask(roi_models, filters)
    if not models:
        empty_state(filters, "models with GPU hours and requests")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox("Model", models, key="roi-model", bind="query-params", width=260)
        counted = st.segmented_control(
            "Savings counted", ("cash and freed", "cash only"), default="cash and freed", required=True,
            key="counted", bind="query-params",
            help="Cash: whole machines that go, and cheaper hours. Freed: capacity on machines that stay.",
        )  # fmt: skip
        form = st.segmented_control(
            "Form of ROI", tuple(FORMS), default="net gain", required=True, key="form", bind="query-params",
            help="Sources define ROI in conflicting ways; the page names the form that it shows.",
        )  # fmt: skip
    measured = store.ask(roi_baseline, filters, model)
    if measured is None:
        empty_state(filters, f"GPU hours and requests of {model}")
        return
    _live(measured, filters, model, form, counted == "cash only")


@st.fragment
def _live(measured: Measured, filters: Filters, model: str, form: str, cash_only: bool) -> None:
    """The answer, and beside it (below, on a phone) its sliders; only this reruns while one is dragged."""
    fresh = st.session_state.setdefault("roi-fresh", 0)
    answer, levers_beside = st.columns([9, 5], gap="large")

    def scenario(values: dict[str, float]) -> Assumptions:
        return replace(levers.assumptions(measured.baseline, values), cash_only=cash_only)

    def in_short(values: dict[str, float]) -> str:
        return _sentence(scenario(values), evaluate(scenario(values)), filters, form)

    with levers_beside:
        values = live_sliders(
            levers.sliders(measured, filters), key=f"roi-{model}-{filters}-{fresh}", answer=in_short
        )
        if st.button("Reset all to measured", icon=":material/restart_alt:", type="tertiary"):
            st.session_state["roi-fresh"] = fresh + 1
            st.rerun(scope="fragment")
    with answer:
        _answer(scenario(values), evaluate(scenario(values)), measured, filters, form)


def _answer(assumptions: Assumptions, roi: Roi, measured: Measured, filters: Filters, form: str) -> None:
    headline(_sentence(assumptions, roi, filters, form))
    note(_basis(measured, assumptions, filters, form))
    kpi_row(_cards(assumptions, roi, filters, form))
    months = pd.DataFrame(
        {
            "month": range(len(roi.flows)),
            "net_gain": pd.Series(roi.flows).cumsum(),
            "discounted": pd.Series(discounted(roi.flows, assumptions.discount_rate)).cumsum(),
            "baseline": [None, *(m.baseline_cost for m in roi.months)],
            "optimised": [None, *(m.optimised_cost for m in roi.months)],
            "cash": [None, *(m.cash for m in roi.months)],
            "freed": [None, *(m.freed for m in roi.months)],
        }
    )
    chart_with_table(
        charts.cumulative(months, roi.payback, filters.currency), months, name="roi-months", columns=_columns(filters),
        alt=f"Cumulative net gain by month, {fmt.money(roi.net_gain, filters.currency)} after {assumptions.horizon}.",
    )  # fmt: skip
    if roi.cost_subtracted_twice is not None:
        note(
            f"The same money in other forms: net gain {_ratio(roi.net_form)} · gross {_ratio(roi.gross_form)} · OpEx "
            f"{_ratio(roi.opex_form)}. Beware of the form that subtracts the cost twice, as some sources do: it would "
            f"read {_ratio(roi.cost_subtracted_twice)}."
        )


def _sentence(assumptions: Assumptions, roi: Roi, filters: Filters, form: str) -> str:
    money = fmt.short_money(roi.net_gain, filters.currency)
    if not roi.savings and not roi.one_off and not roi.recurring:
        return "Nothing is changed yet: drag throughput, utilisation or price."
    value = _form(roi, form)
    said = f"{money} net over {assumptions.horizon} months"
    if value is not None:
        said += f", {_ratio(value)} ROI ({form} form)"
    return f"{said}; {_paid_back(roi.payback)}."


def _paid_back(months: float | None) -> str:
    if months is None:
        return "not paid back within the horizon"
    return "nothing to pay back" if months == 0 else f"paid back after {months:.1f} months"


def _basis(measured: Measured, assumptions: Assumptions, filters: Filters, form: str) -> str:
    days = fmt.period(measured.first_day, measured.last_day + timedelta(days=1))
    counts = "cash alone counts" if assumptions.cash_only else "cash and freed capacity count"
    return (
        f"Baseline measured {days} ({measured.days} days with data): allocated cost "
        f"{fmt.short_money(measured.monthly_cost, filters.currency)} a month of 730 hours; projection over "
        f"{assumptions.horizon} months, {counts}. "
        f"{form[0].upper()}{form[1:]} form = {FORMS[form]}."
    )


def _form(roi: Roi, form: str) -> float | None:
    return {"net gain": roi.net_form, "gross": roi.gross_form, "OpEx": roi.opex_form}[form]


def _ratio(value: float | None) -> str:
    return fmt.percent(value, digits=0)


def _months(value: float | None) -> str:
    return "never within the horizon" if value is None else f"{value:.1f} months"


def _cards(assumptions: Assumptions, roi: Roi, filters: Filters, form: str) -> list[Card]:
    before, after = cost_per_inference(assumptions)
    currency = filters.currency

    def money(value: float) -> str:
        return fmt.short_money(value, currency)

    nothing = "Nothing is spent, so no ratio exists." if not roi.one_off + roi.recurring else ""
    return [
        Card(f"ROI, {form} form", _ratio(_form(roi, form)), help=nothing or FORMS[form]),
        Card("Payback", _short_months(roi.payback) if any(roi.flows) else fmt.UNKNOWN,
             help=f"Until the cumulative net gain reaches 0, linear within the month: {_months(roi.payback)}. "
             f"In today's money: {_months(roi.discounted_payback)}."),
        Card("Savings, cash", money(roi.cash),
             help=f"Machines of {assumptions.baseline.machine_devices} GPUs leave the bill whole; hours get cheaper."),
        Card("Savings, freed capacity", money(roi.freed),
             help="Freed on machines that stay: room for other work, not less to pay. Below 0: spare room used."),
        Card("Cost per inference", fmt.unit_cost(after, currency), fmt.relative_change(after, before), "down",
             against="vs. measured",
             help=f"Price ÷ (utilisation × throughput) + rest; measured {fmt.unit_cost(before, currency)}."),
        Card("Net present value", money(roi.npv), help=f"At {fmt.percent(assumptions.discount_rate)} a year."),
        Card("IRR", fmt.percent(roi.irr.rate, digits=0),
             help=f"– since {roi.irr.reason}." if roi.irr.reason else "The yearly rate that brings the NPV to 0."),
        Card("Spent", money(roi.one_off + roi.recurring),
             help=f"One-off {fmt.money(roi.one_off, currency)}, upkeep {fmt.money(roi.recurring, currency)}."),
    ]  # fmt: skip


def _short_months(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} mo"


def _columns(filters: Filters) -> dict[str, Any]:
    return {
        "month": st.column_config.NumberColumn("Month"),
        "net_gain": money_column("Cumulative net gain", filters),
        "discounted": money_column("In today's money", filters),
        "baseline": money_column("Baseline cost", filters),
        "optimised": money_column("Optimised cost", filters),
        "cash": money_column("Saved, cash", filters),
        "freed": money_column("Saved, freed", filters),
    }


main()
