"""Latency beside cost: the frontier of each model's versions, who keeps a service level, and what it costs."""

from __future__ import annotations

import streamlit as st

from dashboard import figures, store
from dashboard import page_parts as page
from dashboard.charts import latency as charts
from dashboard.headlines import latency as headlines
from dashboard.sections import lineage
from dashboard.tables import latency as tables
from data.filters import Filters
from data.query.latency import service_levels, trade_off

LIMITS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
DEFAULT_LIMIT = 2.0
VIOLATION_HELP = (
    "What one slower answer costs you: refunds, lost orders, a support call. Yours to say; 0 until then."
)


def latency(filters: Filters) -> None:
    """Scatter, service levels, table; a sentence where no version has both latency and cost."""
    page.section("What speed costs", headlines.scope(filters))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        limit = st.select_slider(
            "Service level: p99 at most", LIMITS, DEFAULT_LIMIT, format_func=charts.seconds,
            key="slo", bind="query-params", width=320,
        )  # fmt: skip
        violation = st.number_input(
            f"Cost of a slower answer ({filters.currency})", 0.0, None, 0.0, 0.0001, format="%.4f",
            key="violation", bind="query-params", width=240, help=VIOLATION_HELP,
        )  # fmt: skip
    found = store.ask(trade_off, filters, limit)
    if found.empty:
        page.note(headlines.NOTHING)
        return
    for sentence in headlines.levels(service_levels(found, filters, limit), filters, limit):
        page.say(f"- {sentence}")
    rows = tables.rows(found, filters, violation)
    alt = "p99 latency against cost per 1k inferences, a point per model version"
    figure = charts.trade_off(found, filters.currency, limit)
    chosen = lineage.chart_with_pick(
        figure, rows, name="latency", columns=tables.latency(filters, limit), alt=alt
    )
    if chosen is not None:
        row = rows.iloc[chosen].to_dict()
        about = figures.unit_cost(row, "version", filters)
        lineage.opened(about, figures.version_name(row), "latency-row")
