"""Data: where the numbers come from, how far they reach, and whether they add up to the invoice."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import filter_bar, headlines, store
from dashboard import format as fmt
from dashboard.charts import provenance as charts
from dashboard.columns import count_column, money_column, percent_column, text_column
from dashboard.page_parts import chart_with_table, headline, note, table_with_download
from data.filters import Filters
from data.query import provenance
from data.query.trust import trust


def main() -> None:
    """Answer, the ladder, reconciliation, restatements, sources, coverage, commitments, rejects."""
    filters = filter_bar.current()
    evidence = store.ask(trust, filters)
    blind = store.ask(provenance.unobserved_nodes, filters)
    headline(headlines.evidence(evidence, len(blind), filters))
    note(
        f"{fmt.period(filters.start, filters.end)} ({fmt.days(filters.days)}, UTC) · "
        f"{filters.view} cost in {filters.currency}"
    )
    if not evidence.effective_usable:
        st.warning(
            "An export's effective cost is damaged (zero where money was billed), so its ladder means nothing. "
            "Choose the billed view under Filters.",
            icon=":material/report:",
        )
    _ladder(filters)
    _reconciliation(filters)
    _restatements(filters)
    _sources()
    _coverage(filters, blind)
    _commitments(filters)
    _rejects()


def _ladder(filters: Filters) -> None:
    st.subheader("The cost ladder: every dollar exactly once", anchor=False)
    note(
        "Unexplained = invoice total, computed from the raw files by separate code, − all other rungs. "
        "It can fail; 0 is the proof."
    )
    rows = charts.ladder_rows(store.ask(provenance.ladder, filters), filters.reconcilable)
    names = ("cost", "effective_cost", "billed_cost", "contracted_cost", "list_cost")
    columns = {name: money_column(name.replace("_", " "), filters) for name in names} | {
        "rung": None,
        "name": text_column("rung"),
    }
    chart_with_table(
        charts.ladder_waterfall(rows, filters.currency),
        rows,
        name="ladder",
        columns=columns,
        alt="The cost ladder down to the invoice",
    )
    if not filters.reconcilable:
        note("Unexplained is “–”: a bill knows no teams and no models. Clear these filters to reconcile.")


def _reconciliation(filters: Filters) -> None:
    st.subheader("Reconciliation by billing period", anchor=False)
    note(f"Whole invoice months, {filters.view} view; cut by provider and account, not by the period above.")
    rows = store.ask(provenance.reconciliation, filters)
    columns = {
        "billing_period": st.column_config.DateColumn("billing period", format="MMM YYYY"),
        "lines": count_column("lines"),
        "invoice_total": money_column("invoice total", filters),
        "ladder": money_column("ladder", filters),
        "unexplained": money_column("unexplained", filters),
    }
    table_with_download(rows, name="reconciliation", columns=columns)


def _restatements(filters: Filters) -> None:
    st.subheader("Restated months", anchor=False)
    rows = store.ask(provenance.restatements, filters)
    if rows.empty:
        st.markdown("No billing period was delivered twice with different content.")
        return
    st.markdown(headlines.restatement(rows.iloc[0], filters.currency).replace("$", r"\$"))
    money = {
        name: money_column(name.replace("_", " "), filters)
        for name in ("billed_before", "billed_after", "billed_change")
    }
    lines = {
        name: count_column(name.replace("_", " ")) for name in ("lines_before", "lines_after", "lines_change")
    }
    days = {
        name: st.column_config.DatetimeColumn(name.replace("_", " "))
        for name in ("first_delivery", "restated_at")
    }
    period = st.column_config.DateColumn("billing period", format="MMM YYYY")
    order = [
        "billing_period",
        "source",
        "billed_change",
        "lines_change",
        *money,
        *lines,
        "first_delivery",
        "restated_at",
    ]
    rows = rows[list(dict.fromkeys(order))]
    table_with_download(
        rows, name="restatements", columns={"billing_period": period, **money, **lines, **days}
    )


def _sources() -> None:
    st.subheader("Sources", anchor=False)
    columns = {
        "rows": count_column("rows"),
        "rejected": count_column("rejected"),
        "last_day": st.column_config.DateColumn("data through"),
        "last_load_at": st.column_config.DatetimeColumn("last load (UTC)"),
        "last_status": text_column("status"),
        "last_message": text_column("message"),
    }
    table_with_download(store.ask(provenance.sources), name="sources", columns=columns)


def _coverage(filters: Filters, blind: pd.DataFrame) -> None:
    st.subheader("GPU cost that telemetry observed", anchor=False)
    money = {
        name: money_column(name.replace("_", " "), filters)
        for name in ("device_cost", "observed_cost", "unobserved_cost")
    }
    columns = {
        "sub_account_id": text_column("account"),
        "coverage": percent_column("observed"),
        "unbilled_hours": count_column("unbilled GPU-hours", "Seen by telemetry, on no bill"),
        "unpriced_lines": count_column("unpriced lines", "Lines whose price the export leaves out"),
        **money,
    }
    table_with_download(store.ask(provenance.coverage, filters), name="coverage", columns=columns)
    if blind.empty:
        return
    st.markdown(
        f"**Machines without telemetry** ({len(blind)}): more than a fifth of their billed GPU time went unseen."
    )
    columns = {
        "resource_id": text_column("machine"),
        "instance_type": text_column("instance type"),
        "gpu_model": text_column("GPU"),
        "sub_account_id": text_column("account"),
        "unobserved_gpu_hours": count_column("unobserved GPU-hours"),
        "observed_share": percent_column("observed"),
        "unobserved_cost": money_column("unobserved cost", filters),
        "last_seen": st.column_config.DatetimeColumn(
            "last seen (UTC)", help="Within the period; “–” = never"
        ),
    }
    table_with_download(blind, name="unobserved-machines", columns=columns)


def _commitments(filters: Filters) -> None:
    st.subheader("Commitments: savings plans, reservations, CUDs", anchor=False)
    rows = store.ask(provenance.commitments, filters)
    if rows.empty:
        st.markdown("No commitment was charged in this period.")
        return
    st.markdown(headlines.commitment(rows.iloc[0], filters.currency).replace("$", r"\$"))
    money = {name: money_column(name, filters) for name in ("used", "unused", "committed")}
    table_with_download(rows, name="commitments", columns={**money, "unused_share": percent_column("unused")})


def _rejects() -> None:
    st.subheader("Rows that could not be loaded", anchor=False)
    rows = store.ask(provenance.rejects)
    if rows.empty:
        st.markdown("None: every row of every file was loaded.")
        return
    columns = {"line_no": count_column("line"), "loaded_at": st.column_config.DatetimeColumn("loaded (UTC)")}
    table_with_download(rows, name="rejects", columns=columns)


main()
