"""Cost per inference: what it is on the chosen basis, why it moved, what it is made of."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import filter_bar, headlines, store, theme
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.cards import unit_cost as cards
from dashboard.charts import unit_cost as charts
from dashboard.tables import unit_cost as tables
from data.filters import Filters
from data.query import identity, unit_cost

TOP_MODELS = 6


def main() -> None:
    """Answer, cards, trend, why, what of, by version, what the basis leaves out."""
    filters, earlier = filter_bar.current(), filter_bar.earlier("effective")
    total = store.ask(unit_cost.costs, filters, "total")
    if total.empty or fmt.is_unknown(total["cost"].iloc[0]):
        page.empty_state(filters, "cost of model versions")
        return
    now, before = total.iloc[0], store.ask_earlier(unit_cost.costs, earlier, "total")
    changes = store.ask(identity.changes, filters, earlier)
    page.headline(headlines.unit_cost(now, before, filters))
    for sentence in headlines.identities(changes, filters):
        page.say(f"- {sentence}")
    page.note(f"{page.scope_line(filters)}. Unit costs use the effective view whatever view is chosen.")
    page.kpi_row(cards.unit_costs(now, before, filters))
    if aside := headlines.uncounted(now, filters):
        page.note(aside)
    _trend(filters)
    _why(changes, filters)
    _made_of(filters)
    _by_version(filters)
    _left_out(filters)


def _trend(filters: Filters) -> None:
    aside = f"{headlines.per_1k(filters)}, by UTC day; the {TOP_MODELS} dearest models, the rest as “other”."
    page.section("Trend by model", aside)
    days = store.ask(unit_cost.days, filters, TOP_MODELS)
    figure, rows = charts.trend(days, filters.currency), days.drop(columns="place")
    alt = "Cost per 1k inferences by model and day"
    page.chart_with_table(figure, rows, name="unit-cost-days", alt=alt, columns=tables.days(filters))


def _why(changes: pd.DataFrame, filters: Filters) -> None:
    page.section("Why it moved: price ÷ (utilisation × throughput)", headlines.FACTORS_OF)
    models = identity.explainable(changes)
    if not models.empty:
        name: str = st.selectbox("Model", models["model"], key="explain", bind="query-params", width=260)
        figure = charts.bridge(models[models["model"] == name].iloc[0], filters.currency)
        page.draw(figure, name="bridge", alt=f"What each factor did to the unit cost of {name}")
    rows = tables.identity_rows(changes)
    page.table_with_download(rows, name="identity", columns=tables.identity(filters))


def _made_of(filters: Filters) -> None:
    page.section("What it is made of", f"{headlines.per_1k(filters)}; memory is inside compute.")
    components = store.ask(unit_cost.stack, filters)
    figure, rows = charts.stack(components, filters.currency), components.drop(columns="place")
    alt = "Components of the unit cost"
    page.chart_with_table(figure, rows, name="components", alt=alt, columns=tables.components(filters))


def _by_version(filters: Filters) -> None:
    page.section("By model and version")
    rows, columns = store.ask(unit_cost.costs, filters, "version"), tables.versions(filters)
    page.table_with_download(rows[list(columns)], name="unit-cost-versions", columns=columns)


def _left_out(filters: Filters) -> None:
    rungs = store.ask(unit_cost.left_out, filters)
    page.section("What this basis leaves out", headlines.left_out(rungs, filters))
    rows = rungs.assign(rung=rungs["rung"].map(theme.rung_name))
    page.table_with_download(rows, name="left-out", columns=tables.left_out(filters))


main()
