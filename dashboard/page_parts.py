"""The pieces every page is made of: headline, cards, a chart with its table, the empty state, the trust
chip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import downloads, filter_bar, theme
from dashboard import format as fmt
from dashboard.columns import whole_names
from data.filters import Compare, Filters
from data.query.lineage import Figure
from data.query.trust import Trust

Good = Literal["down", "up", "neither"]
AGAINST: dict[Compare, str] = {
    "previous": "vs. previous",
    "last-month": "vs. a month earlier",
    "last-year": "vs. a year earlier",
    "custom": "vs. other days",
}
_ASKED = "number whose lineage was asked for"


@dataclass(frozen=True)
class Card:
    """One figure. `delta` is text as fmt makes it ("+12.0 %"), None = nothing to compare with; `good` says
    which way is good; `aside` is a second line that is no change: "8 GPUs";
    `trend` is one value per day; days without one (None) are left out of it; `lineage` says which number it is, so that
    a click leads to what it is made of; a text says why it cannot be followed, and what can."""

    label: str
    value: str
    delta: str | None = None
    good: Good = "neither"
    trend: Iterable[Any] | None = None
    help: str | None = None
    against: str | None = None  # None = the days that the filters compare with
    aside: str | None = None
    lineage: Figure | str | None = None


def headline(sentence: str) -> None:
    """The page's answer in one sentence that a person would say aloud. Dollar signs are made safe from
    Markdown's formulas.
    """
    st.subheader(_markdown(sentence), anchor=False)


def _markdown(text: str) -> str:
    """Dollar signs are no formulas, and no line ends between a minus and its currency sign (a word joiner holds them:
    a phone would show −$39.6k as a dash and a rise)."""
    return re.sub(r"−(?=[^\d\s])", "−\u2060", text).replace("$", r"\$")


def note(text: str) -> None:
    """Unit, period and basis under a figure, in small type."""
    st.caption(_markdown(text))


def scope_note(text: str) -> None:
    """The note that says what every figure of the page refers to; files and pictures of the page say it too."""
    note(text)
    downloads.refer_to(text)


def section(title: str, aside: str = "") -> None:
    """The heading of a part of the page, with what its figures refer to in small type."""
    st.subheader(title, anchor=False)
    if aside:
        note(aside)


def topics(key: str, parts: Mapping[str, Callable[[], None]]) -> None:
    """Parts of a page of which one is seen, and asked for, at a time; the address names it under `key`."""
    tabs = st.tabs(list(parts), key=key, on_change="rerun", bind="query-params")
    for tab, part in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                part()


def say(text: str) -> None:
    """A sentence of the page in ordinary type; Markdown, but dollar signs are no formulas."""
    st.markdown(_markdown(text))


def kpi_row(cards: Sequence[Card]) -> None:
    """Cards of equal width, as many per row as fit."""
    with st.grid(len(cards), min_column_width=168, gap="small"):
        for card in cards:
            _card(card)


def _card(card: Card) -> None:
    if card.lineage is None or card.value == fmt.UNKNOWN:
        _metric(card)
        return
    with st.container(gap=None, height="stretch"):
        _metric(card)
        where_from(card.label, card.value, card.lineage)


def where_from(label: str, value: str, figure: Figure | str) -> None:
    """The button that opens a number's lineage."""
    st.button(
        "Where from?", key=f"lineage-{label}", type="tertiary", icon=":material/account_tree:",
        on_click=_ask_lineage, args=(label, value, figure),
    )  # fmt: skip


def _ask_lineage(label: str, value: str, figure: Figure | str) -> None:
    st.session_state[_ASKED] = (label, value, figure)


def asked_lineage() -> tuple[str, str, Figure | str] | None:
    """Label, value and figure (or why there is none) of the number that this run's click asked about; once."""
    asked: tuple[str, str, Figure | str] | None = st.session_state.pop(_ASKED, None)
    return asked


def _metric(card: Card) -> None:
    delta = _delta(card)
    st.metric(
        card.label,
        card.value.replace("$", r"\$"),
        delta or card.aside,
        delta_color="off",  # it would colour the trend too; a month's line in red reads as an alarm
        delta_arrow="off",
        delta_description=_against(card) if delta else None,
        chart_data=None if card.trend is None else [float(v) for v in card.trend if not fmt.is_unknown(v)],
        chart_type="area",
        border=True,
        height="stretch",
        help=card.help,
    )


def _against(card: Card) -> str:
    return card.against or AGAINST[filter_bar.current().compare]


def _delta(card: Card) -> str | None:
    """The change with its arrow, green where it is good and red where it is not."""
    if card.delta is None:
        return None
    if not any(digit in card.delta for digit in "123456789"):
        return "unchanged"
    falls = card.delta.startswith("−")
    text = f"{'↓' if falls else '↑'} {card.delta}".replace("$", r"\$")
    if card.good == "neither":
        return text
    colour = "green" if falls == (card.good == "down") else "red"
    return f":{colour}[{text}]"


def draw(figure: go.Figure, *, name: str, alt: str) -> None:
    """A chart alone; `alt` says it in words. Without one known value an axis would be invented: words instead."""
    if not any(_known(trace) for trace in figure.data):
        note("Nothing to draw: no value of this chart is known for this selection.")
        return
    config = downloads.picture(figure, name=name, title=alt) | theme.money_locale(
        filter_bar.current().currency
    )
    st.plotly_chart(figure, key=name, config=config, theme="streamlit", alt=alt)


def _known(trace: Any) -> bool:  # noqa: ANN401 – any of Plotly's traces
    """Whether each of its dimensions holds a value."""
    told = trace.to_plotly_json()
    values = [np.asarray(told[axis], dtype=object) for axis in "xyz" if told.get(axis) is not None]
    return bool(values) and all(pd.notna(of_axis).any() for of_axis in values)


def chart_with_table(
    figure: go.Figure,
    table: pd.DataFrame,
    *,
    name: str,
    alt: str,
    columns: Mapping[str, Any] | None = None,
    expanded: bool = False,
) -> None:
    """A chart, and under it the same data as a sortable table with its downloads. `name` keys the
    elements and names the files;
    `alt` says the chart in words; `columns` is Streamlit's column_config, whose labels carry the units."""
    draw(figure, name=f"{name}-chart", alt=alt)
    with st.expander(f"Table · {len(table):,} rows", expanded=expanded):
        table_with_download(table, name=name, columns=columns)


def table_with_download(
    table: pd.DataFrame,
    *,
    name: str,
    columns: Mapping[str, Any] | None = None,
    height: int | Literal["auto"] = "auto",
) -> None:
    """A sortable table with "–" for unknown, to download as CSV or workbook."""
    st.dataframe(
        table,
        key=f"{name}-table",
        hide_index=True,
        column_config=whole_names(table, columns),
        placeholder=fmt.UNKNOWN,
        height=height,
    )
    downloads.table(table, name=name, columns=columns)


def said_with_table(
    title: str, sentence: str, table: pd.DataFrame, *, name: str, columns: Mapping[str, Any]
) -> None:
    """A part of the page that is a sentence ("" = none) and, where there are rows, their table."""
    section(title)
    if sentence:
        say(sentence)
    if len(table):
        table_with_download(table, name=name, columns=columns)


def empty_state(filters: Filters, what: str) -> None:
    """Nothing to show: say which filter caused it and how to widen it. `what` names the thing: "GPU
    hours".
    """
    narrowing = [f"{dimension} = {', '.join(values)}" for dimension, values in filters.narrowed.items()]
    because = f" with {' and '.join(narrowing)}" if narrowing else ""
    remedy = "Clear a filter, or choose a longer period." if narrowing else "Choose a longer period."
    st.info(
        f"No {what} {fmt.within(filters.start, filters.end)}{because}. {remedy}",
        icon=":material/search_off:",
    )


def scope_line(filters: Filters, *, compared: bool = True, basis: bool = True) -> str:
    """Period, comparison, basis and view in words: what every figure on the page refers to. `compared`: whether
    the page compares at all; where the period before has no data it does not. `basis`: whether any figure on the
    page depends on it.
    """
    begins = "; the data begins then" if filters.start == filter_bar.first_day() else ""
    return (
        f"{fmt.period(filters.start, filters.end)} ({fmt.days(filters.days)}, UTC{begins})"
        f"{_comparison(filters) if compared else ''} · {f'{filters.basis} basis · ' if basis else ''}"
        f"{filters.view} cost in {filters.currency}"
    )


def _comparison(filters: Filters) -> str:
    """With which period the page compares, or why not."""
    earlier = filters.previous()
    before = fmt.period(earlier.start, earlier.end)
    if not filter_bar.reaches(earlier.start):
        return ""
    if earlier.days != filters.days:
        before += f" ({fmt.days(earlier.days)})"
    if damaged := filter_bar.incomparable(filters.view):
        return f", not compared with {before}: there effective cost is unusable in {', '.join(damaged)}"
    return f", compared with {before}"


def trust_chip(
    trust: Trust, filters: Filters, generation: int, damaged: Sequence[str] = (), *, basis: bool = True
) -> None:
    """Trust on sight: reconciled · observed · data through · view and basis · snapshot. `damaged`: the sources whose
    effective cost is unusable; `basis`: whether any figure on the page depends on it.
    """
    through = fmt.UNKNOWN if trust.last_day is None else fmt.day(trust.last_day)
    view: str = "amortised" if filters.view == "effective" else filters.view
    if damaged and filters.view == "billed":
        view = f"billed only: effective cost unusable in {', '.join(damaged)}"
    parts = [
        f"{fmt.percent(trust.observed_share, digits=0)} of GPU cost observed",
        f"data through {through}{_provisional(trust.provisional_since, filters)}",
        f"{view}, {filters.basis} basis" if basis else view,
        f"snapshot {generation}",
    ]
    # a caption would fade the badge below what is legible
    said = f"{_reconciled(trust.unexplained, filters)} :small[:gray[{' · '.join(parts)}]]"
    st.markdown(said.replace("$", r"\$"))


def _provisional(since: date | None, filters: Filters) -> str:
    """What of the period may still change, as the chip says it."""
    return f", provisional since {fmt.day(since)}" if since is not None and since < filters.end else ""


def _reconciled(unexplained: Decimal | None, filters: Filters) -> str:
    if unexplained is None:
        return ":gray-badge[unexplained –]"
    if unexplained == 0:
        nothing = fmt.money(unexplained, filters.currency)
        return f":green-badge[:material/check: reconciled, unexplained {nothing}]"
    return f":red-badge[:material/warning: unexplained {fmt.money(unexplained, filters.currency)}]"
