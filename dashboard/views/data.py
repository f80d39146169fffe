"""Data: where the numbers come from, how far they reach, and whether they add up to the invoice."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import filter_bar, headlines, store
from dashboard import page_parts as page
from dashboard.charts import provenance as charts
from dashboard.tables import provenance as tables
from data.filters import Filters
from data.query import provenance
from data.query.billed_only import billed_only
from data.query.choices import choices
from data.query.trust import trust


def main() -> None:
    """Answer, the ladder, reconciliation, restatements, sources, coverage, commitments, rejects."""
    filters = filter_bar.current()
    if not store.ask(choices).charged:
        _before_the_first_bill(filters)
        return
    evidence, blind = store.ask(trust, filters), store.ask(provenance.unobserved_nodes, filters)
    damaged = bool(store.ask(billed_only, filters))
    page.headline(headlines.evidence(evidence, len(blind), filters, damaged=damaged))
    page.note(headlines.scope(filters))
    if damaged:
        st.warning(headlines.DAMAGED, icon=":material/report:")
    _ladder(filters)
    _reconciliation(filters)
    _restatements(filters)
    _sources()
    _coverage(filters, blind)
    _commitments(filters)
    _rejects()


def _before_the_first_bill(filters: Filters) -> None:
    """What is known without charges: how the loads went, and what telemetry saw that no bill holds."""
    page.note(headlines.scope(filters))
    _sources()
    _coverage(filters, pd.DataFrame())
    _rejects()


def _sources() -> None:
    page.section("Sources")
    page.table_with_download(store.ask(provenance.sources), name="sources", columns=tables.sources())


def _ladder(filters: Filters) -> None:
    page.section("The cost ladder: every dollar exactly once", headlines.UNEXPLAINED)
    rows = charts.ladder_rows(store.ask(provenance.ladder, filters), filters.reconcilable)
    figure, alt = charts.ladder_waterfall(rows, filters.currency), "The cost ladder down to the invoice"
    page.chart_with_table(figure, rows, name="ladder", alt=alt, columns=tables.ladder(filters))
    if not filters.reconcilable:
        page.note(headlines.IRRECONCILABLE)


def _reconciliation(filters: Filters) -> None:
    page.section("Reconciliation by billing period", headlines.whole_months(filters))
    rows = store.ask(provenance.reconciliation, filters)
    page.table_with_download(rows, name="reconciliation", columns=tables.reconciliation(filters))


def _restatements(filters: Filters) -> None:
    rows, columns = store.ask(provenance.restatements, filters), tables.restatements(filters)
    said = headlines.restatement(rows, filters.currency)
    page.said_with_table("Restated months", said, rows[list(columns)], name="restatements", columns=columns)


def _coverage(filters: Filters, blind: pd.DataFrame) -> None:
    page.section("GPU cost that telemetry observed")
    rows = store.ask(provenance.coverage, filters)
    page.table_with_download(rows, name="coverage", columns=tables.coverage(filters))
    if not blind.empty:
        page.say(headlines.unobserved(blind))
        page.table_with_download(blind, name="unobserved-machines", columns=tables.unobserved_nodes(filters))


def _commitments(filters: Filters) -> None:
    rows = store.ask(provenance.commitments, filters)
    title = "Commitments: savings plans, reservations, CUDs"
    said, columns = headlines.commitment(rows, filters.currency), tables.commitments(filters)
    page.said_with_table(title, said, rows, name="commitments", columns=columns)


def _rejects() -> None:
    rows = store.ask(provenance.rejects)
    title, said = "Rows that could not be loaded", headlines.rejects(rows)
    page.said_with_table(title, said, rows, name="rejects", columns=tables.rejects())


main()
