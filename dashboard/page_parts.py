"""The pieces every page is made of: headline, cards, a chart with its table, the empty state, the trust
chip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import format as fmt
from data.filters import Filters
from data.query.trust import Trust

Good = Literal["down", "up", "neither"]
CHART_CONFIG = {"displaylogo": False, "displayModeBar": False, "responsive": True}
_COLOURS: dict[Good, Literal["inverse", "normal", "off"]] = {
    "down": "inverse",
    "up": "normal",
    "neither": "off",
}


@dataclass(frozen=True)
class Card:
    """One figure. `delta` is text as fmt makes it ("+12.0 %"), None = nothing to compare with; `good` says
    which way is good;
    `trend` is one value per day, a day without one is None."""

    label: str
    value: str
    delta: str | None = None
    good: Good = "neither"
    trend: Iterable[Any] | None = None
    help: str | None = None
    against: str = "vs. previous"


def headline(sentence: str) -> None:
    """The page's answer in one sentence that a person would say aloud. Dollar signs are made safe from
    Markdown's formulas.
    """
    st.subheader(sentence.replace("$", r"\$"), anchor=False)


def note(text: str) -> None:
    """Unit, period and basis under a figure, in small type."""
    st.caption(text.replace("$", r"\$"))


def kpi_row(cards: Sequence[Card]) -> None:
    """Cards of equal width, as many per row as fit."""
    with st.grid(len(cards), min_column_width=168, gap="small"):
        for card in cards:
            _card(card)


def _card(card: Card) -> None:
    delta = card.delta and card.delta.replace("−", "-").replace("$", r"\$")
    flat = delta is not None and not any(digit in delta for digit in "123456789")
    trend = None if card.trend is None else [0.0 if fmt.is_unknown(v) else float(v or 0) for v in card.trend]
    st.metric(
        card.label,
        card.value.replace("$", r"\$"),
        "unchanged" if flat else delta,
        delta_color="off" if flat else _COLOURS[card.good],
        delta_arrow="off" if flat else "auto",
        delta_description=card.against if delta else None,
        chart_data=trend,
        chart_type="area",
        border=True,
        height="stretch",
        help=card.help,
    )


def chart_with_table(
    figure: go.Figure,
    table: pd.DataFrame,
    *,
    name: str,
    alt: str,
    columns: Mapping[str, Any] | None = None,
    expanded: bool = False,
) -> None:
    """A chart, and under it the same data as a sortable table with a CSV download. `name` keys the
    elements and names the file;
    `alt` says the chart in words; `columns` is Streamlit's column_config, whose labels carry the units."""
    st.plotly_chart(figure, key=f"{name}-chart", config=CHART_CONFIG, theme="streamlit", alt=alt)
    with st.expander(f"Table · {len(table):,} rows", expanded=expanded):
        table_with_download(table, name=name, columns=columns)


def table_with_download(
    table: pd.DataFrame,
    *,
    name: str,
    columns: Mapping[str, Any] | None = None,
    height: int | Literal["auto"] = "auto",
) -> None:
    """A sortable table with "–" for unknown, and its CSV. The file keeps the columns' plain names and full
    precision.
    """
    st.dataframe(
        table,
        key=f"{name}-table",
        hide_index=True,
        column_config=dict(columns or {}),
        placeholder=fmt.UNKNOWN,
        height=height,
    )
    st.download_button(
        "Download CSV",
        lambda: table.to_csv(index=False),
        file_name=f"inferledger-{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"{name}-csv",
        on_click="ignore",
        type="tertiary",
    )


def empty_state(filters: Filters, what: str) -> None:
    """Nothing to show: say which filter caused it and how to widen it. `what` names the thing: "GPU
    hours".
    """
    narrowing = [
        f"{label} = {', '.join(values)}"
        for label, values in (
            ("provider", filters.providers),
            ("account", filters.accounts),
            ("team", filters.teams),
            ("model", filters.models),
        )
        if values
    ]
    because = f" with {' and '.join(narrowing)}" if narrowing else ""
    remedy = "Clear a filter, or choose a longer period." if narrowing else "Choose a longer period."
    st.info(
        f"No {what} in {fmt.period(filters.start, filters.end)}{because}. {remedy}",
        icon=":material/search_off:",
    )


def scope_line(filters: Filters) -> str:
    """Period, comparison, basis and view in words: what every figure on the page refers to."""
    before = filters.previous()
    return (
        f"{fmt.period(filters.start, filters.end)} ({fmt.days(filters.days)}, UTC), compared with "
        f"{fmt.period(before.start, before.end)} · {filters.basis} basis · "
        f"{filters.view} cost in {filters.currency}"
    )


def trust_chip(trust: Trust, filters: Filters, generation: int) -> None:
    """Trust on sight: reconciled · observed · data through · view and basis · snapshot."""
    through = fmt.UNKNOWN if trust.last_day is None else fmt.day(trust.last_day)
    view = "amortised" if filters.view == "effective" else filters.view
    parts = [
        _reconciled(trust.unexplained, filters),
        f"{fmt.percent(trust.observed_share, digits=0)} of GPU cost observed",
        f"data through {through}",
        f"{view}, {filters.basis} basis",
        f"snapshot {generation}",
    ]
    st.caption(" · ".join(parts).replace("$", r"\$"))


def _reconciled(unexplained: Decimal | None, filters: Filters) -> str:
    if unexplained is None:
        return ":gray-badge[unexplained –]"
    if unexplained == 0:
        return ":green-badge[:material/check: reconciled, unexplained $0.00]"
    return f":red-badge[:material/warning: unexplained {fmt.money(unexplained, filters.currency)}]"
