"""Data: where the numbers come from, how far they reach, and whether they add up to the invoice."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import filter_bar, headlines, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.charts import provenance as charts
from dashboard.tables import provenance as tables
from data.filters import Filters
from data.query import provenance
from data.query.trust import trust


def main() -> None:
    """Answer, the ladder, reconciliation, restatements, sources, coverage, commitments, rejects."""
    filters = filter_bar.current()
    evidence, blind = store.ask(trust, filters), store.ask(provenance.unobserved_nodes, filters)
    period = f"{fmt.period(filters.start, filters.end)} ({fmt.days(filters.days)}, UTC)"
    page.headline(headlines.evidence(evidence, len(blind), filters))
    page.note(f"{period} · {filters.view} cost in {filters.currency}")
    if not evidence.effective_usable:
        st.warning(headlines.DAMAGED, icon=":material/report:")
    _ladder(filters)
    _reconciliation(filters)
    _restatements(filters)
    page.section("Sources")
    page.table_with_download(store.ask(provenance.sources), name="sources", columns=tables.sources())
    _coverage(filters, blind)
    _commitments(filters)
    _rejects()


def _ladder(filters: Filters) -> None:
    page.section("The cost ladder: every dollar exactly once", headlines.UNEXPLAINED)
    rows = charts.ladder_rows(store.ask(provenance.ladder, filters), filters.reconcilable)
    figure, alt = charts.ladder_waterfall(rows, filters.currency), "The cost ladder down to the invoice"
    page.chart_with_table(figure, rows, name="ladder", alt=alt, columns=tables.ladder(filters))
    if not filters.reconcilable:
        page.note(
            "Unexplained is “–”: a bill knows no teams and no models. Clear these filters to reconcile."
        )


def _reconciliation(filters: Filters) -> None:
    aside = (
        f"Whole invoice months, {filters.view} view; cut by provider and account, not by the period above."
    )
    page.section("Reconciliation by billing period", aside)
    rows = store.ask(provenance.reconciliation, filters)
    page.table_with_download(rows, name="reconciliation", columns=tables.reconciliation(filters))


def _restatements(filters: Filters) -> None:
    page.section("Restated months")
    rows, columns = store.ask(provenance.restatements, filters), tables.restatements(filters)
    page.say(headlines.restatement(rows, filters.currency))
    if len(rows):
        page.table_with_download(rows[list(columns)], name="restatements", columns=columns)


def _coverage(filters: Filters, blind: pd.DataFrame) -> None:
    page.section("GPU cost that telemetry observed")
    rows = store.ask(provenance.coverage, filters)
    page.table_with_download(rows, name="coverage", columns=tables.coverage(filters))
    if not blind.empty:
        page.say(headlines.unobserved(blind))
        page.table_with_download(blind, name="unobserved-machines", columns=tables.unobserved_nodes(filters))


def _commitments(filters: Filters) -> None:
    page.section("Commitments: savings plans, reservations, CUDs")
    rows = store.ask(provenance.commitments, filters)
    page.say(headlines.commitment(rows, filters.currency))
    if len(rows):
        page.table_with_download(rows, name="commitments", columns=tables.commitments(filters))


def _rejects() -> None:
    page.section("Rows that could not be loaded")
    rows = store.ask(provenance.rejects)
    if len(rows):
        page.table_with_download(rows, name="rejects", columns=tables.rejects())
    else:
        page.say("None: every row of every file was loaded.")


main()
