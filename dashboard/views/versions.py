"""Versions: which model versions hold GPUs for little or no traffic."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import filter_bar, store
from dashboard import format as fmt
from dashboard.charts import versions as charts
from dashboard.columns import count_column, money_column, percent_column, text_column, unit_cost_column
from dashboard.page_parts import (
    Card,
    chart_with_table,
    empty_state,
    headline,
    kpi_row,
    note,
    scope_line,
    table_with_download,
)
from data.filters import Filters
from data.query import versions as question
from data.query.versions import SILENT_DAYS


def main() -> None:
    """Answer, cards, shares, timeline, table."""
    filters = filter_bar.current()
    answer = st.container()
    silent_days = st.slider(
        "A version is silent after days without a request",
        1,
        30,
        SILENT_DAYS,
        key="silent",
        bind="query-params",
        width=320,
    )
    versions = store.ask(question.versions, filters, silent_days)
    with answer:
        if versions.empty:
            empty_state(filters, "model versions")
            return
        candidates = versions[versions["candidate"].notna()]
        headline(_sentence(versions, candidates, filters))
        note(scope_line(filters))
    kpi_row(_cards(versions, candidates, filters))
    _shares(versions, filters)
    _timeline(versions, filters)
    _table(versions, filters)


def _sentence(versions: pd.DataFrame, candidates: pd.DataFrame, filters: Filters) -> str:
    live = int(versions["live_now"].sum())
    if candidates.empty:
        return (
            f"All {live} live versions earn their place: none is silent, none costs far more than it serves."
        )
    worst = candidates.iloc[0]
    served = "unknown traffic" if fmt.is_unknown(worst["traffic_share"]) else (
        f"{fmt.percent(worst['traffic_share'])} of the traffic")  # fmt: skip
    gpus = f" on {worst['gpus']} GPUs" if worst["gpus"] else ""
    return (
        f"{len(candidates)} of {live} live versions could go; the dearest, {worst['model']} {worst['version']}, serves "
        f"{served}{gpus} for {fmt.short_money(worst['cost'], filters.currency)}."
    )


def _cards(versions: pd.DataFrame, candidates: pd.DataFrame, filters: Filters) -> list[Card]:
    live = versions[versions["live_now"]]
    return [
        Card("Live versions", fmt.count(len(live)),
             help=f"Of {live['model'].nunique()} models, on the period's last day."),
        Card("Candidates to retire", fmt.count(len(candidates)),
             help="No request for the chosen days, or under 1 % of the model's traffic and a larger part of its cost."),
        Card("Cost of candidates", fmt.short_money(candidates["cost"].sum(), filters.currency),
             help="In the period. The version just replaced is rollback insurance, as long as it is worth that."),
        Card("GPUs held by candidates", fmt.count(candidates["gpus"].sum()), help="In the period's last 24 hours."),
    ]  # fmt: skip


def _shares(versions: pd.DataFrame, filters: Filters) -> None:
    st.markdown("##### What it serves against what it costs")
    columns = ["model", "version", "traffic_share", "cost_share", "requests_ok", "cost"]
    chart_with_table(
        charts.shares(versions), versions[columns], name="version-shares", columns=_columns(filters),
        alt="Each version's share of its model's traffic against its share of the model's cost, widest gap first.",
    )  # fmt: skip
    note(f"Shares within the model, {filters.basis} cost; amber where a version costs more than it serves.")


def _timeline(versions: pd.DataFrame, filters: Filters) -> None:
    st.markdown("##### Which version served when")
    days = store.ask(question.versions_by_day, filters)
    chart_with_table(
        charts.timeline(days), days, name="version-days", columns=_columns(filters),
        alt="Share of each model's traffic by version and day.",
    )  # fmt: skip
    more = len(versions) - charts.MOST
    note(
        "Blue: share of the model's successful requests that day. Amber: paid for and not asked. "
        "Grey: traffic unknown. Blank: not there."
        + (f" {more} more versions are in the table." if more > 0 else "")
    )


def _table(versions: pd.DataFrame, filters: Filters) -> None:
    st.markdown("##### All versions, dearest first")
    order = [
        "model", "version", "candidate", "live_now", "traffic_share", "cost_share", "cost", "cost_per_inference",
        "requests_ok", "gpus", "replicas", "held_hours", "last_request", "first_seen", "last_seen", "superseded_by",
        "team",
    ]  # fmt: skip
    table_with_download(versions[order], name="versions", columns=_columns(filters))


def _columns(filters: Filters) -> dict[str, Any]:
    return {
        "day": st.column_config.DateColumn("Day (UTC)"),
        "silent": st.column_config.CheckboxColumn("Not asked", help="Paid for, no request that day."),
        "model": text_column("Model"),
        "version": text_column("Version"),
        "candidate": text_column("Could go because", width=230),
        "live_now": st.column_config.CheckboxColumn("Live", help="On the period's last day."),
        "traffic_share": percent_column("Share of traffic", "Successful requests, within the model."),
        "cost_share": percent_column("Share of cost", f"{filters.basis} cost, within the model."),
        "cost": money_column("Cost", filters),
        "cost_per_inference": unit_cost_column("Cost per inference", filters),
        "requests_ok": count_column("Successful requests"),
        "gpus": count_column("GPUs held", "In the period's last 24 hours."),
        "replicas": count_column("Replicas", "Pods in the period's last 24 hours."),
        "held_hours": st.column_config.NumberColumn("Held GPU-hours", format="%,.1f"),
        "last_request": st.column_config.DatetimeColumn("Last request (UTC hour)", format="YYYY-MM-DD HH:mm"),
        "first_seen": st.column_config.DateColumn("First seen"),
        "last_seen": st.column_config.DateColumn("Last seen"),
        "superseded_by": text_column("Superseded by"),
        "team": text_column("Team"),
    }


main()
