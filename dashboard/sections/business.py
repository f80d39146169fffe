"""Cost per business output, where somebody counts outputs: the answer, a line per day, the table, the files."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import figures, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.charts import business as charts
from dashboard.charts.annotations import annotate
from dashboard.headlines import business as headlines
from dashboard.sections import lineage, notes
from dashboard.tables import business as tables
from data.filters import Filters
from data.query import business_output as question


def business_output(filters: Filters, earlier: Filters | None) -> None:
    """`earlier`: the days compared with, None where they are not comparable."""
    page.section("Cost per business output", headlines.scope(filters))
    if not store.ask(question.is_told):
        page.note(headlines.HOW)
        return
    now = store.ask(question.costs, filters)
    if now.empty:
        page.note(headlines.NO_COUNTS)
        return
    before = store.ask(question.costs, earlier) if earlier else None
    for sentence in headlines.outputs(now, before, filters):
        page.say(f"- {sentence}")
    if left_out := headlines.left_out(store.ask(question.left_out, filters), filters):
        st.warning(left_out, icon=":material/currency_exchange:")
    days = store.ask(question.days, filters)
    alt = "Cost per business output by day; a gap where nobody counted"
    figure = charts.per_day(days, filters.currency)
    annotate(figure, notes.of(filters))
    columns = tables.days(filters)
    chosen = lineage.chart_with_pick(figure, days, name="business-days", columns=columns, alt=alt)
    if chosen is not None:
        _origin(days.iloc[chosen], filters)
    page.table_with_download(
        tables.rows(now, before)[list(tables.outputs(filters))],
        name="business",
        columns=tables.outputs(filters),
    )
    page.note(headlines.files(store.ask(question.files, filters)))


def _origin(row: pd.Series, filters: Filters) -> None:
    """What a day's cost is made of, where all its counts are of one team and model."""
    output, day = str(row["output"]), pd.Timestamp(row["day"]).date()
    counted = store.ask(question.counted_of, filters, output, day)
    if fmt.is_unknown(row["cost"]) or len(counted) != 1:
        page.say(headlines.NO_ORIGIN)
        return
    ((team, model),) = counted
    lineage.opened(figures.of_output(team, model, day, filters), f"{output}, {fmt.day(day)}", "business-row")
