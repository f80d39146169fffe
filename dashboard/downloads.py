"""What can be taken from a page: tables as CSV and workbook, charts as pictures, each saying what it is of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import format as fmt
from dashboard import store
from dashboard.spreadsheet import csv, xlsx
from data.filters import Filters

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REFERS = "what the files of this page refer to"
_HERE = Path(__file__).parent / "components"
_captions = st.components.v2.component(
    "inferledger_captions", js=(_HERE / "captions.js").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Reference:
    """What every file of a page says: which page, what its figures refer to, what narrows them, which snapshot."""

    page: str
    scope: str
    narrowed: tuple[str, ...]
    snapshot: str

    def lines(self, title: str) -> list[str]:
        """One statement a line."""
        return [f"{self.page}: {title}", self.scope, *self.narrowed, self.snapshot]


def begin(page: str, filters: Filters) -> None:
    """A run of a page begins: until the page says more (refer_to), its files tell the period and the currency."""
    at = store.reader_at(store.generation()).snapshot
    scope = f"{fmt.period(filters.start, filters.end)} (UTC) · {filters.currency}"
    narrowed = tuple(f"{name} = {', '.join(values)}" for name, values in filters.narrowed.items())
    told = f"snapshot {at.generation}, published {at.published_at:%Y-%m-%d %H:%M} UTC"
    st.session_state[_REFERS] = Reference(page, scope, narrowed, told)


def refer_to(scope: str) -> None:
    """The page says what its figures refer to: period, comparison, basis, view, currency, rule."""
    st.session_state[_REFERS] = replace(reference(), scope=scope)


def reference() -> Reference:
    """What the files of this run refer to."""
    held: Reference = st.session_state[_REFERS]
    return held


def table(
    rows: pd.DataFrame | Callable[[], pd.DataFrame],
    *,
    name: str,
    columns: Mapping[str, Any] | None = None,
    scope: str | None = None,
) -> None:
    """The table as CSV, with plain column names and full precision, and as a workbook as the page shows it.

    Each is made when its button is clicked; a callable is asked then. `scope` says what the table refers to where that
    is not what the page does.
    """
    about = reference() if scope is None else replace(reference(), scope=scope, narrowed=())

    def asked() -> pd.DataFrame:
        return rows() if callable(rows) else rows

    def book() -> bytes:
        return xlsx(asked(), columns or {}, about.lines(name.replace("-", " ")), name=name)

    with st.container(horizontal=True, gap="small"):
        _button("CSV", lambda: csv(asked()), name, "text/csv")
        _button("XLSX", book, name, SHEETS)


def _button(kind: str, held: Callable[[], str | bytes], name: str, mime: str) -> None:
    st.download_button(
        f"Download {kind}", held, file_name=f"inferledger-{name}.{kind.lower()}", mime=mime,
        icon=":material/download:", key=f"{name}-{kind.lower()}", on_click="ignore", type="tertiary",
    )  # fmt: skip


def picture(figure: go.Figure, *, name: str, title: str) -> dict[str, Any]:
    """The configuration by which a chart can be downloaded as PNG. The figure keeps what the picture then says, since
    it leaves the page behind: its title, and what it is of."""
    figure.update_layout(meta=caption(title))
    image = {"format": "png", "scale": 2, "filename": f"inferledger-{name.removesuffix('-chart')}"}
    return {
        "displaylogo": False, "displayModeBar": "hover", "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": image, "responsive": True,
    }  # fmt: skip


def caption(title: str) -> dict[str, str]:
    """What a picture says of itself: title and scope."""
    told = reference()
    return {
        "title": f"{told.page}: {title}",
        "scope": " · ".join((told.scope, *told.narrowed, told.snapshot)),
    }


def write_captions() -> None:
    """Lets downloaded charts carry their captions; once a page, at its end, where its gap is not seen."""
    _captions(key="captions")
