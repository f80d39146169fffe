"""What speed costs: each version's p99 against its cost, and which of a model nothing beats."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme

TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)  # seconds


def seconds(value: float | None) -> str:
    """450 ms, 2.3 s; above what was measured: "> last bucket"."""
    if fmt.is_unknown(value) or value is None:
        return fmt.UNKNOWN
    if math.isinf(value):
        return "> last bucket"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


def trade_off(found: pd.DataFrame, currency: str, limit: float) -> go.Figure:
    """Points of (p99, cost per 1k), a colour per model; filled and joined where on the model's frontier. What lies
    above the last bucket is not drawn: its p99 is not known."""
    figure = go.Figure()
    drawn = found[~found["p99"].map(math.isinf)]
    sign = fmt.symbol(currency)
    for place, model in enumerate(drawn["model"].drop_duplicates()):
        rows = drawn[drawn["model"] == model].sort_values("p99")
        colour = theme.SERIES[place % len(theme.SERIES)]
        best = rows[rows["on_frontier"]]
        figure.add_scatter(
            x=best["p99"].to_numpy(), y=best["cost_per_1k"].to_numpy(), mode="lines", hoverinfo="skip",
            line={"color": colour, "width": 1, "dash": "dot"}, showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=rows["p99"].to_numpy(),
            y=rows["cost_per_1k"].to_numpy(),
            mode="markers+text",
            name=fmt.shorten(str(model), 22),
            text=rows["version"].fillna("").astype(str),
            textposition="top center",
            textfont={"size": 10},
            marker={
                "color": colour, "size": 11, "line": {"color": colour, "width": 2},
                "symbol": ["circle" if on else "circle-open" for on in rows["on_frontier"]],
            },
            hovertemplate=f"{model} %{{text}}<br>p99 %{{x:.3g}} s, {sign}%{{y:.4g}} per 1k<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=limit, line={"color": theme.NEUTRAL, "dash": "dash", "width": 1})
    theme.dress(figure, unit=f"{currency} per 1k inferences", height=400)
    figure.update_layout(hovermode="closest", legend={"y": -0.2})
    figure.update_xaxes(
        type="log", tickvals=list(TICKS), ticktext=[seconds(tick) for tick in TICKS],
        showgrid=True, gridcolor=theme.GRID,
        title={"text": "p99 latency, end to end", "font": {"size": 11}},
    )  # fmt: skip
    theme.log_money_axis(figure, sign)
    return figure
