"""Where a number comes from: the question, what it is the sum of, the lines behind that, their files and loads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import downloads, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.columns import whole_names
from dashboard.headlines import lineage as headlines
from dashboard.tables import lineage as tables
from data.query.lineage import RATIOS, Figure, Trace, all_lines, asked_as, trace

MOST_ROWS = 8
PAGE = 100  # lines at a time


def open_asked() -> None:
    """The dialog of the card that was asked where its number comes from, if one was; the frame calls this last."""
    asked = page.asked_lineage()
    if asked is not None:
        _dialog(*asked)


def pick(
    rows: pd.DataFrame, *, name: str, columns: Mapping[str, Any], alt: str,
    height: int | Literal["auto", "content"] = "auto", taken: pd.DataFrame | None = None,
) -> int | None:  # fmt: skip
    """A sortable table of which one row can be chosen: its place; None = none chosen. `taken` is what the downloads
    hold where that is not `rows`."""
    picked: Any = st.dataframe(
        rows, key=f"{name}-table", hide_index=True, column_config=whole_names(rows, columns), placeholder=fmt.UNKNOWN,
        on_select="rerun", selection_mode="single-row", alt=f"{alt}; choose a row for where it comes from",
        height=height,
    )  # fmt: skip
    downloads.table(rows if taken is None else taken, name=name, columns=columns)
    return next((row for row in picked["selection"]["rows"] if row < len(rows)), None)


def chart_with_pick(
    figure: go.Figure, rows: pd.DataFrame, *, name: str, columns: Mapping[str, Any], alt: str
) -> int | None:
    """A chart, and folded under it the same data as such a table."""
    page.draw(figure, name=f"{name}-chart", alt=alt)
    with st.expander(f"Table · {len(rows):,} rows"):
        return pick(rows, name=name, columns=columns, alt=alt)


def opened(figures: Figure | Mapping[str, Figure], label: object, name: str) -> None:
    """The lineage of a chosen row on the page itself; of several figures (title → figure), the one looked at."""
    several = {"": figures} if isinstance(figures, Figure) else figures
    first = next(iter(several.values()))
    what = "Charge lines" if first.measure in headlines.MONEY else "Where from"
    with st.container(border=True):
        page.section(f"{what}: {label}", headlines.scope(first) if len(several) == 1 else "")
        if len(several) == 1:
            _whole(first, name)
        else:
            _tabs(several, name, told=True)


@st.dialog("Where this number comes from", width="large")
def _dialog(label: str, value: str, figure: Figure | str) -> None:
    page.say(f"**{label}: {value}**")
    if isinstance(figure, str):
        page.say(figure)
        return
    page.note(headlines.scope(figure))
    _whole(figure, "lineage")


def _whole(figure: Figure, name: str) -> None:
    """A sum, or both sides of a ratio."""
    if figure.measure not in RATIOS:
        parts(figure, name)
        return
    page.say(headlines.ratio(figure))
    numerator, denominator = figure.parts()
    sides = {
        f"Numerator: {numerator.measure}": numerator,
        f"Denominator: {denominator.measure}": denominator,
    }
    _tabs(sides, name)


def _tabs(figures: Mapping[str, Figure], name: str, *, told: bool = False) -> None:
    tabs = st.tabs(list(figures), key=f"{name}-sides", on_change="rerun")
    for place, (tab, figure) in enumerate(zip(tabs, figures.values(), strict=True)):
        if tab.open:  # only what is looked at is asked
            with tab:
                if told:
                    page.note(headlines.scope(figure))
                parts(figure, f"{name}-{place}")


def parts(figure: Figure, name: str) -> None:
    """A sum: what it adds up to, the rows of the ladder, then lines with file and load. `name` keys the elements."""
    traced = store.ask(trace, figure)
    (page.say if traced.adds_up else st.error)(headlines.adds_up(traced))
    if not traced.line_count and not traced.unexplained:
        return
    st.markdown(f"**{headlines.rows_title(traced)}**")
    st.dataframe(
        tables.shown(traced.rows), key=f"{name}-rows", hide_index=True, column_config=tables.rows(figure),
        placeholder=fmt.UNKNOWN, height=_height(traced.rows),
    )  # fmt: skip
    _lines(traced, name)
    st.markdown("**Files and loads**")
    st.dataframe(
        tables.shown(traced.files), key=f"{name}-files", hide_index=True, column_config=tables.files(figure),
        placeholder=fmt.UNKNOWN, height=_height(traced.files),
    )  # fmt: skip
    with st.expander("The question and its values"):
        _question(figure)


def _lines(traced: Trace, name: str) -> None:
    """A page of lines, largest first, and all of them as a file."""
    figure, pages = traced.figure, -(-traced.line_count // PAGE)
    st.markdown(f"**{headlines.lines_title(traced)}**")
    if pages > 1:
        number = st.number_input(f"Page of {pages:,}", 1, pages, key=f"{name}-page-of-{pages}", width=150)
        traced = store.ask(trace, figure, (int(number) - 1) * PAGE)
    st.dataframe(
        tables.shown(traced.lines, short=True), key=f"{name}-lines", hide_index=True,
        column_config=tables.lines(figure),
        placeholder=fmt.UNKNOWN, height=_height(traced.lines),
    )  # fmt: skip
    at = store.generation()
    downloads.table(
        lambda: store.ask_once(at, all_lines, figure), name=f"{name}-lines", columns=tables.lines(figure),
        scope=f"{figure.measure}: {headlines.scope(figure)}",
    )  # fmt: skip


def _question(figure: Figure) -> None:
    """SQL that gives the number in any DuckDB client on the snapshot."""
    sql, values = asked_as(figure)
    st.code(sql, language="sql")
    st.code(_told(values), language="python")


def _told(values: Mapping[str, object]) -> str:
    told = ",\n".join(
        f"    {name!r}: {str(value)!r}" if hasattr(value, "year") else f"    {name!r}: {value!r}"
        for name, value in values.items()
    )
    return f"{{\n{told},\n}}"


def _height(table: pd.DataFrame) -> int | Literal["content"]:
    """As high as its rows, but of many no more than some: what follows stays in sight."""
    return "content" if len(table) <= MOST_ROWS else 320
