"""Colours with one meaning each, readable on light and dark and for colour-blind eyes. Cost is blue, idle
is amber,
unobserved is hatched grey; what is neither is a neutral. Charts take them from here, the chrome from
.streamlit/config.toml."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from data.filters import View

COST = "#3D7DD8"
IDLE = "#E69F00"
UNOBSERVED = "#9AA3B2"
BAD = "#D1495B"  # more cost than before; unexplained
GOOD = "#2A9D6F"  # less cost than before
NEUTRAL = "#8A93A3"
GRID = "rgba(128,138,152,0.22)"
HATCH = "/"

# Order of the stack from the axis up, name, colour, whether hatched. Words are those of data/README.md.
RUNGS: dict[str, tuple[str, str, bool]] = {
    "serving_busy": ("serving, busy", COST, False),
    "managed": ("managed inference", "#7FB2F0", False),
    "serving_cpu": ("serving on CPU", "#1F4E96", False),
    "serving_idle": ("serving, idle", IDLE, False),
    "unallocated": ("unallocated GPUs", "#B26A00", False),
    "unobserved": ("unobserved GPUs", UNOBSERVED, True),
    "other_gpu": ("other GPU work", "#7C6BB0", False),
    "shared": ("shared", "#6B7686", False),
    "commitment_unused": ("commitment unused", "#C98A3C", True),
    "outside": ("outside AI", "#B9C0CB", False),
    "tax": ("tax", "#A6AEBB", False),
    "refund_correction": ("refunds, corrections", "#C6CCD5", False),
    "credit": ("credit", "#78B89B", False),
    "timing": ("timing (billed − effective)", "#D3D8DF", True),
    "unexplained": ("unexplained", BAD, False),
}
# For things that only need telling apart (models): no hue that means cost, idle or unobserved is among them.
SERIES = ("#0072B2", "#CC79A7", "#009E73", "#7C6BB0", "#D1495B", "#56B4E9", "#8C6D46", "#4C5B70")
OTHER = "#A6AEBB"


def total_name(view: View) -> str:
    """What all rungs sum to: the invoice where the view holds what was charged, else a sum that nobody was billed."""
    return "invoice" if view in ("effective", "billed") else f"Σ {view} cost"


def rung_name(rung: str) -> str:
    """What a rung is called on every page; unknown rungs keep their own word."""
    return RUNGS.get(rung, (rung.replace("_", " "), NEUTRAL, False))[0]


def rung_marker(rung: str) -> dict[str, Any]:
    """Plotly marker of a rung: its colour, hatched where nobody saw what happened."""
    _, colour, hatched = RUNGS.get(rung, (rung, NEUTRAL, False))
    if not hatched:
        return {"color": colour, "line": {"width": 0}}
    pattern = {
        "shape": HATCH,
        "fgcolor": colour,
        "fillmode": "overlay",
        "size": 5,
        "solidity": 0.45,
        "bgcolor": "rgba(0,0,0,0)",
    }
    return {"color": colour, "line": {"width": 0}, "pattern": pattern}


def money_ticks() -> dict[str, Any]:
    """Axis ticks in thousands and millions with the sign before the symbol, as cards have it: $20k, −$20k. The symbol
    is that of the chart's locale (money_locale): a tickprefix would stand before the sign, €−20k."""
    return {"tickformat": "$~s"}


def money_locale(currency: str) -> dict[str, Any]:
    """Chart configuration by which "$" in a number format stands for the currency."""
    spelled = {"format": {"currency": [fmt.symbol(currency), ""]}}
    return {"locale": currency, "locales": {currency: spelled}}


def name_ticks(names: Iterable[str], length: int = 30) -> dict[str, Any]:
    """Axis ticks of names, long ones shortened. The whole name stays the place on the axis: two names that are
    shortened alike would share a row."""
    told = list(names)
    return {"tickvals": told, "ticktext": [fmt.shorten(name, length) for name in told]}


def share_scale() -> dict[str, Any]:
    """The colour bar of a raster of shares, above it: beside it, it would take a quarter of a phone's width."""
    return {
        "orientation": "h",
        "thickness": 8,
        "lenmode": "pixels",
        "len": 190,
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "bottom",
        "outlinewidth": 0,
        "tickformat": ".0%",
        "nticks": 4,
        "tickfont": {"size": 11},
    }


def unit_cost_axis(figure: go.Figure, costs: pd.Series, sign: str) -> None:
    """A y axis of unit costs: logarithmic where they lie more than 30-fold apart, since a cheap one would else lie on
    the axis."""
    known = costs[costs > 0]
    if len(known) and known.max() > 30 * known.min():
        log_money_axis(figure, sign)
    else:
        figure.update_yaxes(tickprefix=sign, rangemode="tozero")


def log_money_axis(figure: go.Figure, sign: str) -> None:
    """A logarithmic y axis that reads $0.02, $0.05, $0.1."""
    steps = [m * 10.0**e for e in range(-9, 10) for m in (1, 2, 5)]
    figure.update_yaxes(type="log", tickvals=steps, ticktext=[f"{sign}{step:,.10g}" for step in steps])


def widen_lone_bar(figure: go.Figure, places: pd.Series, span: pd.Timedelta) -> None:
    """Of a single bar on a time axis Plotly does not know how long it lasts, and draws a line that nobody sees."""
    if places.nunique() != 1:
        return
    begins = places.iloc[0]
    figure.update_traces(width=0.82 * span / pd.Timedelta(milliseconds=1), selector={"type": "bar"})
    figure.update_xaxes(range=[begins - span / 2, begins + span / 2], tickvals=[begins])


def dress(figure: go.Figure, *, height: int = 340, unit: str = "", legend: bool = True) -> go.Figure:
    """The one look of every chart: no frame, thin grid, legend below the plot so that a phone keeps the
    width.
    """
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="x unified",
        showlegend=legend,
        # in columns as wide as its longest name; on a phone a long legend scrolls rather than squash the plot
        legend={
            "orientation": "h",
            "yanchor": "top",
            "y": -0.12,
            "x": 0,
            "traceorder": "normal",
            "maxheight": 110,
            "font": {"size": 12},
        },
        bargap=0.18,
        font={"size": 12},
        hoverlabel={"font": {"size": 12}},
    )
    figure.update_xaxes(showgrid=False, zeroline=False, automargin=True)
    figure.update_yaxes(
        gridcolor=GRID,
        zeroline=True,
        zerolinecolor=GRID,
        automargin=True,
        title={"text": unit, "font": {"size": 11}},
    )
    return figure
