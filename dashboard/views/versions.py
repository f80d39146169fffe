"""Versions: which model versions hold GPUs for little or no traffic."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import figures, filter_bar, store
from dashboard import page_parts as page
from dashboard.cards import versions as cards
from dashboard.charts import versions as charts
from dashboard.headlines import versions as headlines
from dashboard.sections import lineage
from dashboard.sections.unserved import unserved
from dashboard.tables import versions as tables
from data.filters import Filters
from data.query import versions as question
from data.query.versions import SILENT_DAYS, Versions


def main() -> None:
    """Answer, cards, shares, timeline, table."""
    filters = filter_bar.current()
    answer = st.container()
    silent_days = st.slider(
        "A version is silent after days without a request", 1, 30, SILENT_DAYS, key="silent", bind="query-params",
        width=320,
    )  # fmt: skip
    versions = store.ask(question.versions, filters, silent_days)
    with answer:
        if versions.rows.empty:
            unserved(filters, "model versions")
            return
        page.headline(headlines.versions(versions, filters))
        page.scope_note(page.scope_line(replace(filters, view="effective"), compared=False))
    page.kpi_row(cards.versions(versions, filters))
    _shares(versions, filters)
    _timeline(filters)
    page.section("All versions, dearest first")
    rows, columns = versions.rows[tables.ALL], tables.versions(filters)
    chosen = lineage.pick(rows, name="versions", columns=columns, alt="Model versions, dearest first")
    if chosen is not None:
        row = rows.iloc[chosen].to_dict()
        lineage.opened(figures.version(row, filters), f"{row['model']} {row['version']}", "version")


def _shares(versions: Versions, filters: Filters) -> None:
    page.section("What it serves against what it costs")
    figure, rows = charts.shares(versions.rows), versions.rows[tables.SHARES]
    alt = (
        "Each version's share of its model's traffic against its share of the model's cost, widest gap first."
    )
    page.chart_with_table(figure, rows, name="version-shares", alt=alt, columns=tables.versions(filters))
    page.note(
        f"Shares within the model, {filters.basis} cost; amber where a version costs more than it serves."
    )


def _timeline(filters: Filters) -> None:
    page.section("Which version served when")
    days = store.ask(question.versions_by_day, filters)
    alt = "Share of each model's traffic by version and day."
    figure = charts.timeline(days)
    page.chart_with_table(figure, days, name="version-days", alt=alt, columns=tables.days(filters))
    page.note(headlines.timeline(days))


main()
