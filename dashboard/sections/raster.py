"""Every GPU, every hour on one picture; a click opens one of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import downloads, store
from dashboard.components.canvas_heatmap import Cell, canvas_heatmap
from dashboard.headlines import utilisation as headlines
from dashboard.page_parts import note, table_with_download
from dashboard.sections.device_hours import device_hours
from dashboard.tables import utilisation as tables
from data.filters import Filters
from data.query import utilisation as question
from data.query.utilisation import Measure, Raster

DEVICE = "device"


def raster(filters: Filters, measure: Measure) -> None:
    """Device × UTC hour, least busy on top; its devices as a table; the one that was clicked or chosen by name."""
    fleet = store.ask(question.raster, filters, measure)
    _picture(fleet, filters, measure)
    shown = f"{measure.capitalize()} per UTC hour of {headlines.gpus(fleet)}, least busy on top, in steps of 0.4 %."
    note(f"{shown} Click a row to open it.")
    with st.expander(f"Table · {len(fleet.devices):,} rows"):
        table_with_download(fleet.devices, name="utilisation-devices", columns=tables.devices(filters))
    _one(fleet, filters)


def _picture(fleet: Raster, filters: Filters, measure: Measure) -> None:
    def choose(cell: Cell) -> None:
        st.session_state[DEVICE] = fleet.devices["device_id"].iloc[cell.row]

    shown = f"{measure.capitalize()} of {headlines.gpus(fleet)} by UTC hour"
    alt = f"{shown}, least busy on top, unobserved hours hatched."
    labels = _labels(fleet.devices)
    canvas_heatmap(
        fleet.codes, labels, filters.start, measure=measure, alt=alt, caption=downloads.caption(shown),
        key="raster", on_click=choose,
    )  # fmt: skip


def _labels(devices: pd.DataFrame) -> list[list[str]]:
    rows = devices[["device_id", "node", "gpu_model"]].fillna("unknown").itertuples(index=False)
    return [[str(device), f"{node} · {gpu}"] for device, node, gpu in rows]


def _one(fleet: Raster, filters: Filters) -> None:
    """What one device did, and for whom."""
    chosen = st.selectbox(
        "GPU", fleet.devices["device_id"].tolist(), index=None, key=DEVICE, bind="query-params",
        placeholder="Open a GPU by its id, or click a row above",
    )  # fmt: skip
    if chosen is None:
        return
    hours = store.ask(question.device_hours, filters, (chosen,))
    device_hours(hours, filters, name="utilisation-device", whose=chosen)
    note(headlines.holders(hours))
