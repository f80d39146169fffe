"""What was invoiced, and that all of it is here: ladder, reconciliation, restatements, commitments."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import as_of, store, theme
from dashboard.charts import provenance as charts
from dashboard.headlines import provenance as headlines
from dashboard.page_parts import draw, note, said_with_table, section, table_with_download
from dashboard.tables import provenance as tables
from data.filters import Filters
from data.query import provenance
from data.query.between import changes, invoices


def waterfall(filters: Filters) -> pd.DataFrame:
    """Each rung down to what they sum to, as a picture; its rows."""
    section("The cost ladder: every dollar exactly once", headlines.unexplained(filters))
    rows = charts.ladder_rows(store.ask(provenance.ladder, filters), filters.reconcilable)
    total = theme.total_name(filters.view)
    figure = charts.ladder_waterfall(rows, filters.currency, total)
    draw(figure, name="ladder-chart", alt=f"The cost ladder down to: {total}")
    if not filters.reconcilable:
        note(headlines.IRRECONCILABLE)
    return rows


def ladder(filters: Filters) -> None:
    """The ladder as a picture and, folded, as a table."""
    rows = waterfall(filters)
    with st.expander(f"Table · {len(rows):,} rows"):
        table_with_download(rows, name="ladder", columns=tables.ladder(filters))


def reconciliation(filters: Filters) -> None:
    """The invoice against the ladder, month by month."""
    section("Reconciliation by billing period", headlines.whole_months(filters))
    rows = store.ask(provenance.reconciliation, filters)
    table_with_download(rows, name="reconciliation", columns=tables.reconciliation(filters))


def restatements(filters: Filters) -> None:
    """Months that were delivered again with different content."""
    rows, columns = store.ask(provenance.restatements, filters), tables.restatements(filters)
    said = headlines.restatement(rows, filters.currency)
    said_with_table("Restated months", said, rows[list(columns)], name="restatements", columns=columns)


def between(filters: Filters) -> None:
    """What the invoices say otherwise than in an older snapshot; nothing where there is none."""
    section("Changed between snapshots", headlines.whole_months(filters))
    older = as_of.choose_earlier("Against")
    if older is None:
        note("There is no older snapshot to compare with.")
        return
    try:
        before = store.ask_at(older, invoices, filters)
    except store.NoSnapshot as unreadable:
        note(str(unreadable))
        return
    now = store.ask(invoices, filters)
    rows = changes(before, now)
    if rows.empty:
        note(f"No invoice month differs from snapshot {older}.")
        return
    table_with_download(rows, name="between-snapshots", columns=tables.between(filters))


def commitments(filters: Filters) -> None:
    """What was paid ahead, and how much of it went unused."""
    rows = store.ask(provenance.commitments, filters)
    title = "Commitments: savings plans, reservations, CUDs"
    said, columns = headlines.commitment(rows, filters.currency), tables.commitments(filters)
    said_with_table(title, said, rows, name="commitments", columns=columns)
