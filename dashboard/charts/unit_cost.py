"""Pictures of the cost per inference: its trend, why it moved, what it is made of."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme
from data.query.identity import parts

_COLOURS = {
    "compute, busy": theme.COST,
    "managed": "#7FB2F0",
    "compute, idle": theme.IDLE,
    "CPU serving": "#1F4E96",
    "unallocated devices": "#B26A00",
    "unused commitments": "#C98A3C",
}


def trend(days: pd.DataFrame, currency: str, releases: pd.DataFrame | None = None) -> go.Figure:
    """Cost per 1k inferences and day, a line per model (columns day, model, place, cost_per_1k), with a mark where a
    version was first seen (model, version, day); logarithmic where the models lie more than 30-fold apart, since a
    cheap one would else lie on the axis."""
    figure = go.Figure()
    sign = fmt.symbol(currency)
    models = days.drop_duplicates("model").sort_values("place")["model"].tolist()
    for place, model in enumerate(models):
        rows = days[days["model"] == model].sort_values("day")
        colour = theme.OTHER if model == "other" else theme.SERIES[place % len(theme.SERIES)]
        figure.add_scatter(
            x=rows["day"].to_numpy(),
            y=rows["cost_per_1k"].to_numpy(dtype="float64"),
            name=fmt.shorten(str(model), 22),
            mode="lines" if len(rows) > 1 else "markers",
            line={"color": colour, "width": 2, "dash": "dot" if model == "other" else "solid"},
            hovertemplate=f"{sign}%{{y:.4g}}",
        )
        if releases is not None:
            _mark(figure, rows, releases[releases["model"] == model], colour)
    theme.dress(figure, unit=f"{currency} per 1k inferences", height=360)
    figure.update_xaxes(tickformat="%b %-d", hoverformat="%a %b %-d")
    theme.unit_cost_axis(figure, days["cost_per_1k"], sign)
    return figure


def _mark(figure: go.Figure, line: pd.DataFrame, releases: pd.DataFrame, colour: str) -> None:
    """A diamond on the model's line on each day on which a version was first seen."""
    versions = releases.groupby("day")["version"].apply(", ".join).reset_index()
    seen = versions.merge(line[["day", "cost_per_1k"]].dropna(), on="day")
    if seen.empty:
        return
    figure.add_scatter(
        x=seen["day"].to_numpy(), y=seen["cost_per_1k"].to_numpy(dtype="float64"), mode="markers", showlegend=False,
        marker={"symbol": "diamond", "size": 9, "color": colour, "line": {"color": "white", "width": 1}},
        text=seen["version"], hovertemplate="first seen: %{text}<extra></extra>",
    )  # fmt: skip


def bridge(change: pd.Series, currency: str) -> go.Figure:
    """A waterfall of the cost per 1k inferences: before, price, utilisation, throughput, now. It has no rest. `change`
    is a row of query.identity.explainable (money per inference); below each step stands what its factor was and is."""
    steps = parts(change)
    assert steps is not None
    before, now = change["cost_per_inference_before"], change["cost_per_inference"]
    values = [1000 * v for v in (before, steps.price, steps.utilisation, steps.throughput, now)]
    texts = [
        fmt.unit_cost(value, currency, plus=place in (1, 2, 3)) if abs(value) >= 0.0005 * 1000 * now else "±0"
        for place, value in enumerate(values)
    ]
    figure = go.Figure(
        go.Waterfall(
            x=["before", *_factors(change, currency), "now"],
            y=values,
            measure=["absolute", "relative", "relative", "relative", "total"],
            text=texts,
            textposition="outside",
            textfont={"size": 14},
            cliponaxis=False,
            increasing={"marker": {"color": theme.BAD}},
            decreasing={"marker": {"color": theme.GOOD}},
            totals={"marker": {"color": theme.COST}},
            # through the steps too: one that changed nothing still stands on its level
            connector={"mode": "spanning", "line": {"color": theme.NEUTRAL, "width": 1}},
            hovertemplate="%{x}: %{text}<extra></extra>",
        )
    )
    theme.dress(figure, unit=f"{currency} per 1k inferences", legend=False, height=340)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(tickfont={"size": 12}, tickangle=0)
    figure.update_yaxes(tickprefix=fmt.symbol(currency), range=[0, 1.15 * _highest(values)])
    return figure


def _factors(change: pd.Series, currency: str) -> list[str]:
    """Each factor with its two values, in lines short enough for a phone."""
    read: dict[str, tuple[str, Callable[[float], str]]] = {
        "price_per_gpu_hour": ("price", lambda value: fmt.unit_cost(value, currency)),
        "utilisation": ("utilisation", fmt.percent),
        "throughput": ("throughput", fmt.short_count),
    }
    return [
        f"{name}<br>{text(change[f'{column}_before'])}<br>→ {text(change[column])}"
        for column, (name, text) in read.items()
    ]


def _highest(values: list[float]) -> float:
    level, top = 0.0, max(values[0], values[-1])
    for value in values[:-1]:
        level += value
        top = max(top, level)
    return top


def stack(components: pd.DataFrame, currency: str) -> go.Figure:
    """One bar of what a thousand inferences cost, by component (columns component, in_basis, cost_per_1k);
    what the basis
    leaves out is not drawn, what is not given is not 0 but absent."""
    figure = go.Figure()
    sign = fmt.symbol(currency)
    rows = components[components["in_basis"] & (components["cost_per_1k"] > 0)]
    neutrals = iter(("#6B7686", "#8A93A3", "#A6AEBB", "#B9C0CB", "#C6CCD5", "#D3D8DF"))
    for component, value in zip(rows["component"], rows["cost_per_1k"], strict=True):
        figure.add_bar(
            x=[float(value)],
            y=[""],
            name=str(component),
            orientation="h",
            marker={"color": _COLOURS.get(str(component)) or next(neutrals), "line": {"width": 0}},
            hovertemplate=f"{component}: {sign}%{{x:.4g}} per 1k<extra></extra>",
        )
    figure.update_layout(barmode="stack")
    theme.dress(figure, height=190)
    figure.update_layout(hovermode="closest", legend={"y": -0.25})
    figure.update_xaxes(tickprefix=sign)
    figure.update_yaxes(showticklabels=False)
    return figure
