"""Pictures of what tokens cost by kind, and of what answers at once and answers later cost."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme

KINDS = {"cost_per_1m_input": ("input, computed", "#7FB2F0"), "cost_per_1m_output": ("output", theme.COST)}
MODES = {
    "real time": ("real time", theme.COST),
    "batch": ("batch", "#7C6BB0"),
    "none": ("nobody asked", theme.IDLE),
}


def prices(costs: pd.DataFrame, currency: str) -> go.Figure:
    """A row per model (columns model, cost_per_1m_input, cost_per_1m_output), the dearest on top: its two prices on a
    logarithmic axis, joined."""
    rows = costs.iloc[::-1]
    sign = fmt.symbol(currency)
    names = rows["model"].astype(str).tolist()
    figure = go.Figure()
    for model, low, high in zip(names, *(rows[column] for column in KINDS), strict=True):
        figure.add_scatter(
            x=[low, high], y=[model, model], mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": theme.NEUTRAL, "width": 2},
        )  # fmt: skip
    for column, (name, colour) in KINDS.items():
        figure.add_scatter(
            x=rows[column].to_numpy(dtype="float64"), y=names, name=name, mode="markers",
            marker={"color": colour, "size": 12},
            hovertemplate=f"%{{y}}, {name}: {sign}%{{x:.4g}} per 1M tokens<extra></extra>",
        )  # fmt: skip
    theme.dress(figure, height=110 + 30 * len(names))
    figure.update_layout(hovermode="closest", legend={"y": -50 / (60 + 30 * len(names))})
    steps = [m * 10.0**e for e in range(-6, 7) for m in (1, 3)]
    figure.update_xaxes(
        type="log", showgrid=True, gridcolor=theme.GRID, side="top",
        tickvals=steps, ticktext=[f"{sign}{step:,.10g}" for step in steps],
    )  # fmt: skip
    figure.update_yaxes(**theme.name_ticks(names, 24), gridcolor="rgba(0,0,0,0)")
    return figure


def modes(costs: pd.DataFrame) -> go.Figure:
    """Two bars, of cost and of requests, each split by mode into shares that sum to 1 (columns member, cost,
    requests_ok); hours in which nobody asked a version that was held have cost and no requests."""
    figure = go.Figure()
    told = costs["member"].fillna("none")
    for mode, (name, colour) in MODES.items():
        rows = costs[told == mode]
        figure.add_bar(
            x=[float(rows[column].sum() / costs[column].sum()) for column in ("requests_ok", "cost")],
            y=["requests", "cost"], name=name, orientation="h",
            marker={"color": colour, "line": {"width": 0}}, hovertemplate=f"{name}: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
    theme.dress(figure, height=190)
    figure.update_layout(barmode="stack", hovermode="closest", legend={"y": -0.25})
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    return figure
