"""How cost per inference ran, why it moved, what it is made of."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import figures, store
from dashboard.charts import unit_cost as charts
from dashboard.charts.annotations import annotate
from dashboard.headlines import unit_cost as headlines
from dashboard.page_parts import chart_with_table, draw, note, section, table_with_download
from dashboard.sections import lineage, notes
from dashboard.tables import unit_cost as tables
from data.filters import Filters
from data.query import identity, unit_cost

TOP_MODELS = 6
NO_REQUESTS = (
    "“–” holds the hours in which nobody asked a version that was held: they are no endpoint's and no mode's."
)


def trend(filters: Filters) -> None:
    """The dearest models by day."""
    aside = (
        f"{headlines.per_1k(filters)}, by UTC day; the {TOP_MODELS} dearest models, the rest as “other”. "
        "◆ a version was first seen."
    )
    section("Trend by model", aside)
    days = store.ask(unit_cost.days, filters, TOP_MODELS)
    releases = store.ask(unit_cost.releases, filters)
    figure, rows = charts.trend(days, filters.currency, releases), days.drop(columns="place")
    noted = notes.of(filters)
    annotate(figure, noted)
    alt = "Cost per 1k inferences by model and day"
    chart_with_table(figure, rows, name="unit-cost-days", alt=alt, columns=tables.days(filters))
    notes.under(noted, filters, name="unit-cost")


def why(changes: pd.DataFrame, filters: Filters) -> None:
    """The factors of one model as a bridge, of all as a table (query.identity.changes)."""
    section("Why it moved: price ÷ (utilisation × throughput)", headlines.FACTORS_OF)
    models = identity.explainable(changes)
    if not models.empty:
        name: str = st.selectbox("Model", models["model"], key="explain", bind="query-params", width=260)
        figure = charts.bridge(models[models["model"] == name].iloc[0], filters.currency)
        draw(figure, name="bridge", alt=f"What each factor did to the unit cost of {name}")
    rows = tables.identity_rows(changes)
    table_with_download(rows, name="identity", columns=tables.identity(filters))


def made_of(filters: Filters) -> None:
    """The components of a thousand inferences."""
    section("What it is made of", headlines.made_of(store.ask(unit_cost.device_share), filters))
    components = store.ask(unit_cost.stack, filters)
    figure, rows = charts.stack(components, filters.currency), components.drop(columns="place")
    alt = "Components of the unit cost"
    chart_with_table(figure, rows, name="components", alt=alt, columns=tables.components(filters))


def by(filters: Filters) -> None:
    """Unit costs of each model version, or of the members of one dimension."""
    section("By what you choose")
    by_version = "model and version"
    name: str = st.selectbox(
        "Group by", (by_version, *unit_cost.DIMENSIONS), key="unit-by", bind="query-params", width=200
    )
    level: unit_cost.Level = next((d for d in unit_cost.DIMENSIONS if d == name), "version")
    columns = tables.versions(filters) if level == "version" else tables.members(filters, level)
    rows = store.ask(unit_cost.costs, filters, level)
    table = f"unit-cost-{level.replace(' ', '-')}s"
    chosen = lineage.pick(
        rows[list(columns)], name=table, columns=columns, alt=f"Cost per inference by {name}"
    )
    if chosen is not None:
        row = rows.iloc[chosen].to_dict()
        label = f"{row['model']} {row['version']}" if level == "version" else row["member"]
        lineage.opened(figures.unit_cost(row, level, filters), label, "unit")
    if level in ("endpoint", "mode"):
        note(NO_REQUESTS)
