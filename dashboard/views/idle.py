"""Idle GPUs: which were paid for and did nothing, and what stopping them saves. Nothing is executed here."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard import figures, filter_bar, store
from dashboard import page_parts as page
from dashboard.cards import idle as cards
from dashboard.charts import idle as charts
from dashboard.charts.annotations import annotate
from dashboard.headlines import idle as headlines
from dashboard.sections import lineage, notes
from dashboard.sections.evidence import evidence
from dashboard.tables import idle as tables
from data.filters import Filters
from data.query import idle as question
from data.query.idle import DEFAULT_THRESHOLD, DEFAULT_WINDOW, THRESHOLDS, Idle

WINDOWS = (0, 10, 30, 60, 120, 240, 720, 1440)
SIGNAL = (
    "SM or graphics-engine activity where exported, else GPU utilisation. Sensors flicker: 0 misses some."
)
PAUSES = "Shorter stretches are pauses between requests, not waste."


def main() -> None:
    """Answer, rule, cards, days, findings, evidence."""
    filters = filter_bar.current()
    answer = st.container()
    threshold, window = _rule()
    idle = store.ask(question.idle, filters, threshold, window)
    rule = headlines.rule(idle, threshold, window)
    nothing = idle.findings.empty and idle.withheld.empty
    with answer:
        page.headline(headlines.idle(idle, filters))
        page.scope_note(
            f"{rule} · {page.scope_line(replace(filters, view='effective'), compared=False, basis=False)}"
        )
    if nothing and idle.observed:
        page.empty_state(filters, f"idle runs ({rule})")
    if nothing:
        return
    page.kpi_row(cards.idle(idle, filters, (threshold, window)))
    _days(store.ask(question.idle_by_day, filters, threshold, window), filters)
    _findings(idle, filters, (threshold, window))


def _days(days: pd.DataFrame, filters: Filters) -> None:
    """In money, or in hours where no bill tells what any of them cost."""
    priced = days["cost"].notna().any()
    title = f"Idle {'cost' if priced else 'device-hours'} per day"
    page.section(title)
    alt = f"{title} by state: warm idle, held idle, unallocated."
    figure, noted = charts.by_day(days, filters.currency if priced else None), notes.of(filters)
    annotate(figure, noted)
    page.chart_with_table(figure, days, name="idle-days", alt=alt, columns=tables.days(filters))
    notes.under(noted, filters, name="idle")


def _rule() -> tuple[float, int]:
    with st.container(horizontal=True, gap="medium"):
        threshold = st.select_slider(
            "Idle at a signal of at most", THRESHOLDS, DEFAULT_THRESHOLD, format_func=lambda t: f"{t * 100:g} %",
            key="threshold", bind="query-params", width=320, help=SIGNAL,
        )  # fmt: skip
        window = st.select_slider(
            "for at least, unbroken", WINDOWS, DEFAULT_WINDOW, format_func=headlines.minutes,
            key="window", bind="query-params", width=320, help=PAUSES,
        )  # fmt: skip
    return threshold, window


def _findings(idle: Idle, filters: Filters, rule: tuple[float, int]) -> None:
    page.section(
        f"Findings, {'longest' if idle.cost is None else 'dearest'} first", headlines.withheld(idle, filters)
    )
    if idle.findings.empty:
        return
    rows = tables.finding_rows(idle.findings)
    chosen = lineage.pick(
        tables.short_ids(rows), name="idle-findings", columns=tables.findings(filters), taken=rows,
        alt="Idle machines with cost, owner and evidence",
    )  # fmt: skip
    finding = idle.findings.iloc[chosen or 0]
    evidence(finding, filters, figures.finding(finding.to_dict(), filters, rule))


main()
