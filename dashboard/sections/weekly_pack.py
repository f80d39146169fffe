"""The weekly pack of the last whole week, as it is narrowed here: one click each, and a text to paste."""

from __future__ import annotations

import streamlit as st

from dashboard import page_parts as page
from dashboard import store
from dashboard.report.html import html
from dashboard.report.pack import NothingToReport, Pack, gather
from dashboard.report.text import text
from dashboard.report.workbook import workbook
from data.filters import Filters


def weekly_pack(filters: Filters) -> None:
    """HTML and workbook; the text has a copy button. Made on the click, of the snapshot that the page shows."""
    page.section(
        "Weekly pack",
        "The last whole week (Monday to Sunday, UTC) against the one before, with the filters above.",
    )
    if not st.toggle("Make it", key="weekly-pack"):
        return
    try:
        pack = _pack(filters)
    except NothingToReport as nothing:
        page.note(str(nothing))
        return
    with st.container(horizontal=True):
        _download("HTML", html(pack), f"inferledger-{pack.week}.html", "text/html")
        sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        _download("Workbook (XLSX)", workbook(pack), f"inferledger-{pack.week}.xlsx", sheets)
    st.code(text(pack), language=None, wrap_lines=True)


def _pack(filters: Filters) -> Pack:
    return gather(store.reader_at(store.generation()), None, filters)


def _download(label: str, held: str | bytes, name: str, mime: str) -> None:
    st.download_button(
        label, held, name, mime, icon=":material/download:", key=f"pack-{label}", on_click="ignore"
    )
