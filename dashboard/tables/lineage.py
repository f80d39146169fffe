"""The tables of a number's lineage: rows of the ladder, lines, files."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard import format as fmt
from dashboard import theme
from dashboard.columns import (
    Columns,
    count_column,
    date_column,
    hours_column,
    minute_column,
    money_column,
    text_column,
)
from dashboard.headlines.lineage import MONEY
from data.query.lineage import Figure

FILE_LENGTH = 40
NAMES = {
    "sub_rung": "sub-rung",
    "gpu_model": "GPU",
    "billing_account_id": "billing account",
    "sub_account_id": "account",
    "service_name": "service",
    "resource_id": "resource",
    "charge_category": "category",
    "device_id": "device",
    "load_id": "load",
    "etag": "ETag or hash",
}


def shown(table: pd.DataFrame, *, short: bool = False) -> pd.DataFrame:
    """The exact cells as a grid can draw them; rungs by their names, paths of files `short` by head and end. Downloads
    keep the exact ones."""
    drawn = table.copy()
    for name in drawn:
        known = drawn[name].dropna()
        if len(known) and isinstance(known.iloc[0], (Decimal, int, float)):
            drawn[name] = pd.to_numeric(drawn[name].map(lambda v: None if v is None else float(v)))
    if short and "file" in drawn:
        drawn["file"] = drawn["file"].map(
            lambda path: fmt.UNKNOWN if path is None else fmt.shorten(path, FILE_LENGTH)
        )
    if "rung" in drawn:
        drawn["rung"] = drawn["rung"].map(theme.rung_name)
    return drawn.infer_objects()


def rows(figure: Figure) -> Columns:
    """Ladder key, or what traffic and devices are told by."""
    whole = money_column("whole row", figure.filters, "Of a shared pool, the number holds a share")
    return _named() | {
        "amount": _amount(figure), "whole": whole if figure.filters.basis == "fully loaded" else None,
        "lines": count_column("lines"), "hours": count_column("hours of traffic"), "devices": count_column("devices"),
    }  # fmt: skip


def lines(figure: Figure) -> Columns:
    """One charge line, hour of traffic or day of a device, and where it stands."""
    return _named() | {
        "amount": _amount(figure),
        "whole": None,
        "line_cost": money_column(
            "whole line", figure.filters, "Of a line that several share, the number holds a part"
        ),
        "charge_period_start": minute_column("from (UTC)"),
        "charge_period_end": minute_column("to (UTC)"),
        "hour": minute_column("hour (UTC)"),
        "day": date_column("day (UTC)"),
        "line_no": st.column_config.NumberColumn(
            "line", format="%d", help="1 = the file's first row of data"
        ),
        "loaded_at": minute_column("loaded (UTC)"),
    }


def files(figure: Figure) -> Columns:
    """File and load."""
    return _named() | {
        "file": text_column("file", width=480),
        "amount": _amount(figure), "lines": count_column("lines"), "loaded_at": minute_column("loaded (UTC)"),
    }  # fmt: skip


def _named() -> Columns:
    return {name: text_column(told) for name, told in NAMES.items()}


def _amount(figure: Figure) -> object:
    if figure.measure in MONEY:
        return money_column("amount", figure.filters)
    return hours_column("hours") if "hours" in figure.measure else count_column("amount")
