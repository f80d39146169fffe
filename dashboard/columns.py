"""How table columns look: the unit in every header, full precision in the cell, "–" for unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import format as fmt
from data.filters import Filters

Columns = dict[str, Any]  # name in the query's answer → how that column reads
_SHOWN = 50  # characters of a text that Streamlit's own column width surely shows


def money_column(label: str, filters: Filters, help: str | None = None) -> Any:  # noqa: ANN401 – Streamlit's own dict
    """A total, to the cent, with the currency in the header."""
    named = {"USD": "dollar", "EUR": "euro"}  # these put the sign before the symbol
    pattern = named.get(filters.currency, f"{fmt.symbol(filters.currency)}%,.2f")
    return st.column_config.NumberColumn(f"{label} ({filters.currency})", format=pattern, help=help)


def unit_cost_column(label: str, filters: Filters, help: str | None = None) -> Any:  # noqa: ANN401
    """A cost per something small: four significant digits."""
    return st.column_config.NumberColumn(
        f"{label} ({filters.currency})", format=f"{fmt.symbol(filters.currency)}%.4g", help=help
    )


def unit_change_column(label: str, filters: Filters) -> Any:  # noqa: ANN401
    """A change of a unit cost: the currency stands in the header alone, for in the cell it would precede the sign."""
    return st.column_config.NumberColumn(f"{label} ({filters.currency})", format="%.4g")


def percent_column(label: str, help: str | None = None) -> Any:  # noqa: ANN401
    """A ratio 0..1."""
    return st.column_config.NumberColumn(label, format="percent", help=help)


def count_column(label: str, help: str | None = None) -> Any:  # noqa: ANN401
    """A whole number."""
    return st.column_config.NumberColumn(label, format="%,.0f", help=help)


def number_column(label: str, help: str | None = None) -> Any:  # noqa: ANN401
    """A number without a unit, to the tenth."""
    return st.column_config.NumberColumn(label, format="%,.1f", help=help)


def text_column(label: str, help: str | None = None, width: int | None = None) -> Any:  # noqa: ANN401
    """Words or ids."""
    return st.column_config.TextColumn(label, help=help, width=width)


def date_column(label: str, help: str | None = None) -> Any:  # noqa: ANN401
    """A UTC day."""
    return st.column_config.DateColumn(label, help=help)


def month_column(label: str) -> Any:  # noqa: ANN401
    """A billing period by its first day: Oct 2026."""
    return st.column_config.DateColumn(label, format="MMM YYYY")


def time_column(label: str, help: str | None = None) -> Any:  # noqa: ANN401
    """A moment in UTC."""
    return st.column_config.DatetimeColumn(label, help=help)


def minute_column(label: str) -> Any:  # noqa: ANN401
    """A moment in UTC, to the minute: 2026-10-02 00:00."""
    return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")


def hours_column(label: str) -> Any:  # noqa: ANN401
    """Device-hours, to the tenth."""
    return st.column_config.NumberColumn(label, format="%,.1f")


def money_columns(filters: Filters, *names: str) -> Columns:
    """Totals that are called what the query calls them: unobserved_cost is "unobserved cost (USD)"."""
    return {name: money_column(name.replace("_", " "), filters) for name in names}


def count_columns(*names: str) -> Columns:
    """Whole numbers that are called what the query calls them."""
    return {name: count_column(name.replace("_", " ")) for name in names}


def whole_names(table: pd.DataFrame, columns: Mapping[str, Any] | None) -> Columns:
    """The columns, each wide enough for its texts where these differ only past what Streamlit would show: ids differ at
    their ends, and rows that read alike cannot be told apart. A width that a column already has stays."""
    wide: Columns = dict(columns or {})
    named: list[Any] = list(table.select_dtypes("str").columns)
    for name in named:
        column = wide.get(name, {})
        texts = table[name].dropna()
        if not isinstance(column, dict) or column.get("width") or not _alike(texts):
            continue
        wide[name] = column | {"width": min(6 * int(texts.str.len().max()) + 20, 640)}
    return wide


def _alike(texts: pd.Series) -> bool:
    """Whether two different texts begin with the same characters, as many as are shown."""
    return bool(texts.str[:_SHOWN].nunique() < texts.nunique())
