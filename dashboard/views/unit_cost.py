"""Cost per inference: what it is on the chosen basis, why it moved, what it is made of."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import filter_bar, headlines, identity_change, store
from dashboard import format as fmt
from dashboard.charts import unit_cost as charts
from dashboard.columns import count_column, money_column, percent_column, text_column, unit_cost_column
from dashboard.page_parts import (
    CHART_CONFIG,
    Card,
    Good,
    chart_with_table,
    empty_state,
    headline,
    kpi_row,
    note,
    scope_line,
    table_with_download,
)
from dashboard.theme import rung_name
from data.filters import Filters
from data.query import unit_cost

TOP_MODELS = 6


def main() -> None:
    """Answer, cards, trend, why, what of, by version, what the basis leaves out."""
    filters = filter_bar.current()
    total = store.ask(unit_cost.costs, filters, "total")
    if total.empty or fmt.is_unknown(total["cost"].iloc[0]):
        empty_state(filters, "cost of model versions")
        return
    before = (
        store.ask(unit_cost.costs, filters.previous(), "total") if filter_bar.comparable() else total.iloc[:0]
    )
    changes = _changes(filters)
    now, then = total.iloc[0], before.iloc[0] if len(before) else None
    old = None if then is None else then["cost_per_inference"]
    headline(headlines.unit_cost(now["cost_per_inference"], old, filters))
    for sentence in identity_change.sentences(changes, filters):
        st.markdown(f"- {sentence}".replace("$", r"\$"))
    note(f"{scope_line(filters)}. Unit costs use the effective view whatever view is chosen.")
    kpi_row(_cards(now, then, filters))
    _trend(filters)
    _why(changes, filters)
    _stack(filters)
    _versions(filters)
    _left_out(filters)


def _changes(filters: Filters) -> pd.DataFrame:
    now = store.ask(unit_cost.identity, filters)
    before = store.ask(unit_cost.identity, filters.previous()) if filter_bar.comparable() else now.iloc[:0]
    return identity_change.compare(now, before)


def _cards(now: pd.Series, then: pd.Series | None, filters: Filters) -> list[Card]:
    def card(label: str, column: str, text: str, help: str, good: Good = "down") -> Card:
        old = None if then is None else then[column]
        return Card(label, text, fmt.relative_change(now[column], old), good, help=help)

    uncounted = now["uncounted_cost"]
    aside = (
        f" Includes {fmt.money(uncounted, filters.currency)} of versions whose requests nobody counted."
        if uncounted
        else ""
    )
    return [
        card("Cost per inference", "cost_per_inference", fmt.unit_cost(now["cost_per_inference"], filters.currency),
             f"{filters.basis} cost ÷ successful requests.{aside}"),
        card("Per 1k inferences", "cost_per_1k", fmt.unit_cost(now["cost_per_1k"], filters.currency), "× 1,000."),
        card("Per 1M tokens", "cost_per_1m_tokens", fmt.unit_cost(now["cost_per_1m_tokens"], filters.currency),
             "Input and output tokens together, where servers report them."),
        card("Requests", "requests_ok", fmt.short_count(now["requests_ok"]),
             "Successful ones; failed requests and health checks are no inferences.", "neither"),
        card("Throughput", "throughput", fmt.short_count(now["throughput"]), "Inferences per busy GPU-hour.", "up"),
    ]  # fmt: skip


def _trend(filters: Filters) -> None:
    st.subheader("Trend by model", anchor=False)
    days = store.ask(unit_cost.days, filters, TOP_MODELS)
    note(
        f"{filters.currency} per 1k inferences and UTC day, {filters.basis} basis; "
        f"the {TOP_MODELS} dearest models, the rest as “other”."
    )
    columns = {
        "cost": money_column("cost", filters),
        "requests_ok": count_column("requests"),
        "cost_per_1k": unit_cost_column("per 1k inferences", filters),
    }
    table = days.drop(columns="place")
    chart_with_table(
        charts.trend(days, filters.currency),
        table,
        name="unit-cost-days",
        columns=columns,
        alt="Cost per 1k inferences by model and day",
    )


def _why(changes: pd.DataFrame, filters: Filters) -> None:
    st.subheader("Why it moved: price ÷ (utilisation × throughput)", anchor=False)
    note("Allocated basis, over the held and observed GPU-hours; models without a GPU have no such factors.")
    models = identity_change.explainable(changes)
    if not models.empty:
        name: str = st.selectbox("Model", models["model"], key="explain", bind="query-params", width=260)
        picked = models[models["model"] == name].iloc[0]
        parts = identity_change.parts(picked)
        assert parts is not None
        old, new = picked["cost_per_inference_before"], picked["cost_per_inference"]
        figure = charts.bridge(old, parts, new, filters.currency)
        st.plotly_chart(
            figure, key="bridge", config=CHART_CONFIG, alt=f"What each factor did to the unit cost of {name}"
        )
    table = identity_change.table(changes)
    table_with_download(table, name="identity", columns=identity_change.columns(filters))


def _stack(filters: Filters) -> None:
    st.subheader("What it is made of", anchor=False)
    note(f"{filters.currency} per 1k inferences, {filters.basis} basis; memory is inside compute.")
    components = store.ask(unit_cost.stack, filters)
    columns = {
        "component": text_column("component"),
        "in_basis": st.column_config.CheckboxColumn(f"in {filters.basis} basis"),
        "cost": money_column("cost", filters),
        "cost_per_1k": unit_cost_column("per 1k inferences", filters),
    }
    chart_with_table(
        charts.stack(components, filters.currency),
        components.drop(columns="place"),
        name="components",
        columns=columns,
        alt="Components of the unit cost",
    )


def _versions(filters: Filters) -> None:
    st.subheader("By model and version", anchor=False)
    table = store.ask(unit_cost.costs, filters, "version").drop(
        columns=["uncounted_cost", "cost_per_inference"]
    )
    columns = {
        "model": text_column("model"),
        "version": text_column("version"),
        "cost": money_column("cost", filters),
        "requests_ok": count_column("requests"),
        "tokens": count_column("tokens"),
        "cost_per_1k": unit_cost_column("per 1k inferences", filters),
        "cost_per_1m_tokens": unit_cost_column("per 1M tokens", filters),
        "utilisation": percent_column("utilisation", "Busy ÷ held device-seconds; “–” without a GPU"),
        "throughput": count_column("inferences per busy GPU-hour"),
    }
    table_with_download(table, name="unit-cost-versions", columns=columns)


def _left_out(filters: Filters) -> None:
    st.subheader("What this basis leaves out", anchor=False)
    rungs = store.ask(unit_cost.left_out, filters)
    rungs["rung"] = rungs["rung"].map(rung_name)
    note(
        f"{fmt.money(rungs['in_basis'].sum(), filters.currency)} on the {filters.basis} basis + "
        f"{fmt.money(rungs['left_out'].sum(), filters.currency)} left out = "
        f"{fmt.money(rungs['cost'].sum(), filters.currency)}, the ladder of the period (effective view)."
    )
    names = {"cost": "ladder", "in_basis": "in basis", "left_out": "left out"}
    table_with_download(
        rungs, name="left-out", columns={k: money_column(v, filters) for k, v in names.items()}
    )


main()
