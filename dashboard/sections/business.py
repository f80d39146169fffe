"""Cost per business output, where somebody counts outputs: the answer, a line per day, the table, the files."""

from __future__ import annotations

import streamlit as st

from dashboard import headlines_business as headlines
from dashboard import page_parts as page
from dashboard import store
from dashboard.charts import business as charts
from dashboard.charts.annotations import annotate
from dashboard.sections import notes
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
    page.chart_with_table(figure, days, name="business-days", alt=alt, columns=tables.days(filters))
    page.table_with_download(
        tables.rows(now, before)[list(tables.outputs(filters))],
        name="business",
        columns=tables.outputs(filters),
    )
    page.note(headlines.files(store.ask(question.files, filters)))
