"""A device × hour raster on a canvas: a million cells in 90 ms, with hover, click and arrow keys."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard import theme
from data.query.utilisation import ABSENT, FULL, UNOBSERVED

_HERE = Path(__file__).parent
_LOWEST, _HIGHEST = 96, 560  # pixels


@dataclass(frozen=True)
class Cell:
    """A clicked cell: row of the labels, column = hours from the start."""

    row: int
    column: int


def _text(suffix: str) -> str:
    return (_HERE / f"canvas_heatmap.{suffix}").read_text(encoding="utf-8")


_component = st.components.v2.component(
    "inferledger_canvas_heatmap", html=_text("html"), css=_text("css"), js=_text("js")
)


def canvas_heatmap(
    codes: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
    labels: Sequence[Sequence[str]],
    start: date,
    *,
    measure: str,
    alt: str,
    caption: Mapping[str, str],
    key: str,
    on_click: Callable[[Cell], None],
) -> None:
    """Draw the codes of data.query.utilisation; a click calls `on_click` before the page runs again.

    `labels` are the hover's lines per row, `measure` names the value ("busy time"), `alt` says the picture
    in words, `caption` is what the downloaded picture says of itself (title, scope).
    """

    def clicked() -> None:
        if cell := _cell(st.session_state[key].clicked, codes.shape):
            on_click(cell)

    _component(key=key, data=_bytes(codes, labels, start, measure, alt, caption), on_clicked_change=clicked)


def _bytes(
    codes: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
    labels: Sequence[Sequence[str]],
    start: date,
    measure: str,
    alt: str,
    caption: Mapping[str, str],
) -> bytes:
    """One byte array, since bytes inside a dict would arrive as text."""
    rows, columns = codes.shape
    head = {
        "rows": rows,
        "columns": columns,
        "start": int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp() * 1000),
        "labels": [list(lines) for lines in labels],
        "measure": measure,
        "alt": alt,
        "caption": dict(caption),
        "file": f"inferledger-{measure.replace(' ', '-')}-by-hour.png",
        "height": min(max(_LOWEST, rows * 16), max(_HIGHEST, rows)),
        "full": FULL,
        "unobserved": UNOBSERVED,
        "absent": ABSENT,
        "idle": 0.01,
        "low": theme.IDLE,
        "high": theme.COST,
        "grey": theme.UNOBSERVED,
    }
    packed = json.dumps(head, ensure_ascii=False).encode()
    return struct.pack("<I", len(packed)) + packed + codes.tobytes()


def _cell(clicked: object, shape: tuple[int, ...]) -> Cell | None:
    """What a browser sends is checked: anything but a cell of this raster is no click."""
    if not isinstance(clicked, Mapping):
        return None
    row, column = clicked.get("row"), clicked.get("column")
    if not isinstance(row, int) or not isinstance(column, int):
        return None
    return Cell(row, column) if 0 <= row < shape[0] and 0 <= column < shape[1] else None
