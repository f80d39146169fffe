"""The floor: pages with as many elements of each kind as the dashboard's have, drawn from constants.

What a page has was counted in the browser (pages.py) and lies in the file that INFERLEDGER_BENCH_SHAPES names.
"""

from __future__ import annotations

import json
import os
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.components.canvas_heatmap import canvas_heatmap
from dashboard.components.live_sliders import Slider, live_sliders

Shape = dict[str, Any]
CONFIG = {"displaylogo": False, "displayModeBar": False, "responsive": True}


@st.cache_resource(show_spinner=False)
def shapes() -> dict[str, Shape]:
    return json.loads(Path(os.environ["INFERLEDGER_BENCH_SHAPES"]).read_text())


@st.cache_resource(show_spinner=False)
def frame(rows: int, columns: int) -> pd.DataFrame:
    numbers = np.arange(rows * columns, dtype=float).reshape(rows, columns) / 7
    return pd.DataFrame(numbers, columns=[f"column {place}" for place in range(columns)]).assign(
        name="some name"
    )


@st.cache_resource(show_spinner=False)
def figure(traces: tuple[tuple[str, int, int], ...], height: int) -> go.Figure:
    drawn = go.Figure(layout={"height": height})
    for kind, points, rows in traces:
        if kind == "heatmap":
            drawn.add_heatmap(z=(np.arange(rows * max(points, 1)) % 97 / 97).reshape(rows, -1))
        else:
            make = {"bar": go.Bar, "funnel": go.Funnel, "waterfall": go.Waterfall}.get(kind, go.Scatter)
            drawn.add_trace(make(x=np.arange(points), y=np.arange(points) % 11 + 1.0))
    return drawn


def page(name: str) -> None:
    shape = shapes()[name]
    st.subheader(f"Constant {name}", anchor=False)
    for number in range(shape["texts"]):
        st.caption(f"As many texts as the page has, number {number}: unit, period and basis.")
    _cards(shape["metrics"], shape["sparklines"])
    for number, chart in enumerate(shape["charts"]):
        traces = tuple((one["type"], one["points"], one["rows"]) for one in chart["traces"])
        st.plotly_chart(
            figure(traces, chart["height"]), key=f"chart{number}", config=CONFIG, theme="streamlit"
        )
    for number, rows in enumerate(shape["folded"]):
        with st.expander(f"Table · {rows:,} rows"):
            _table(rows, f"folded{number}")
    for number, (rows, columns) in enumerate(shape["tables"]):
        _table(rows, f"table{number}", columns)
    for number in range(shape["sliders"]):
        st.slider(f"Lever {number}", 0, 100, 50, key=f"slider{number}")
    for number in range(shape["rasters"]):
        _raster(number)
    if shape["levers"]:
        levers = [
            Slider(str(place), f"Lever {place}", 0, 100, 1, 50, "%") for place in range(shape["levers"])
        ]
        live_sliders(levers, key="levers", answer=lambda _: "")
    for number in range(shape["buttons"]):
        st.button("Where from?", key=f"button{number}", type="tertiary", icon=":material/account_tree:")
    if shape["tabs"]:
        st.tabs([f"Topic {place}" for place in range(shape["tabs"])], on_change="rerun")
    for number in range(shape["codes"]):
        st.code("aws ec2 stop-instances --instance-ids i-0", language="bash", height=100 + number)


def _cards(metrics: int, sparklines: int) -> None:
    trend = [float(day % 7 + 1) for day in range(30)]
    with st.grid(max(metrics, 1), min_column_width=168, gap="small"):
        for number in range(metrics):
            st.metric(
                f"Figure {number}", "$1.2M", "+3.4 %", delta_description="vs. previous", border=True, height="stretch",
                chart_data=trend if number < sparklines else None, chart_type="area", help="What it means.",
            )  # fmt: skip


def _table(rows: int, key: str, columns: int = 6) -> None:
    table = frame(rows, max(columns - 1, 1))
    numbers = {name: st.column_config.NumberColumn(name, format="%,.2f") for name in table.columns[:-1]}
    st.dataframe(table, key=key, hide_index=True, column_config=numbers, placeholder="–")
    with st.container(horizontal=True):
        for kind in ("CSV", "XLSX"):
            st.download_button(
                f"Download {kind}", lambda: table.to_csv(index=False), key=f"{key}-{kind}", on_click="ignore",
                type="tertiary", icon=":material/download:",
            )  # fmt: skip


def _raster(number: int) -> None:
    """The dashboard's own canvas and levers, since Streamlit has none; 300 devices for 30 days."""
    codes = (np.arange(300 * 720) % 251).astype(np.uint8).reshape(300, 720)
    labels = [[f"GPU-{row}", "node · H100"] for row in range(300)]
    canvas_heatmap(
        codes,
        labels,
        date(2026, 10, 2),
        measure="busy time",
        alt="",
        caption={"title": "busy time", "scope": "constant"},
        key=f"raster{number}",
        on_click=lambda _: None,
    )


def _bar() -> None:
    """As many widgets above the page as the dashboard has."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox("Period", ["Last 30 days"], width=160)
        st.selectbox("Cost basis", ["allocated"], width=150)
        with st.popover("Filters", icon=":material/filter_alt:"):
            for label in ("Provider", "Account", "Team", "Model"):
                st.multiselect(label, ["one", "two"], placeholder="all")
            st.selectbox("Cost view", ["effective"])
    st.caption(
        " · ".join([":green-badge[reconciled]", "99 % observed", "data through", "amortised", "snapshot 1"])
    )


def main() -> None:
    st.set_page_config(layout="wide")
    pages = [
        st.Page(partial(page, name), title=name, url_path=name, default=name == "overview")
        for name in shapes()
    ]
    chosen = st.navigation(pages, position="top")
    _bar()
    chosen.run()


main()
