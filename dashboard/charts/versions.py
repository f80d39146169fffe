"""Pictures of which version serves and which one costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme

TRAFFIC = theme.SERIES[2]
MOST = 40

Grid = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def label(model: str, version: object) -> str:
    """How a version is called; one that nobody told is its model."""
    return model if fmt.is_unknown(version) else f"{model} {version}"


def labels(versions: pd.DataFrame) -> list[str]:
    """The label of each row with its columns model and version."""
    return [
        label(model, version) for model, version in zip(versions["model"], versions["version"], strict=True)
    ]


def shares(versions: pd.DataFrame, most: int = 16) -> go.Figure:
    """Share of the model's traffic against share of its cost, the widest gap on top: what costs more than it serves.

    Columns model, version, traffic_share, cost_share (0..1; a version without a known share is left out).
    """
    known = versions.dropna(subset=["traffic_share", "cost_share"])
    gap = known["cost_share"] - known["traffic_share"]
    known = known.loc[gap.sort_values(ascending=False).index].head(most)
    names = labels(known)
    figure = go.Figure()
    for name, traffic, cost in zip(names, known["traffic_share"], known["cost_share"], strict=True):
        colour = theme.IDLE if cost > traffic else theme.GRID
        figure.add_scatter(
            x=[traffic, cost],
            y=[name, name],
            mode="lines",
            line={"color": colour, "width": 4},
            hoverinfo="skip",
            showlegend=False,
        )
    for label, column, colour in (
        ("share of traffic", "traffic_share", TRAFFIC),
        ("share of cost", "cost_share", theme.COST),
    ):
        figure.add_scatter(
            x=known[column],
            y=names,
            mode="markers",
            name=label,
            marker={"color": colour, "size": 11},
            cliponaxis=False,  # on a phone half of a dot at 0 or 100 % would be cut off
            hovertemplate="%{y}: %{x:.1%}<extra>" + label + "</extra>",
        )
    theme.dress(figure, height=90 + 26 * len(names))
    figure.update_layout(hovermode="closest", legend={"y": 1.02, "yanchor": "bottom"}, margin={"t": 36})
    figure.update_xaxes(tickformat=".0%", range=[-0.02, 1.02], showgrid=True, gridcolor=theme.GRID)
    figure.update_yaxes(autorange="reversed", title=None, showgrid=False, **theme.name_ticks(names))
    return figure


def timeline(days: pd.DataFrame) -> go.Figure:
    """Day × version: the share of its model's traffic. Amber: paid for and silent; grey: unknown; blank: absent.

    Columns day, model, version, traffic_share, silent; at most the 40 first versions in the order that they come in.
    """
    named = days.assign(name=labels(days), one=1.0)
    served = named["traffic_share"] > 0
    unknown, silent = named[~served & ~named["silent"]], named[~served & named["silent"]]
    figure = go.Figure()
    for part, says, colour in (
        (unknown, "traffic unknown", theme.UNOBSERVED),
        (silent, "no request", theme.IDLE),
    ):
        _layer(figure, part, "one", named, says, colorscale=[[0, colour], [1, colour]], showscale=False)
    _layer(
        figure, named[served], "traffic_share", named, "%{z:.1%} of its model's traffic", zmin=0, zmax=1,
        colorscale=[[0, "rgba(61,125,216,0.3)"], [1, theme.COST]], colorbar=theme.share_scale(),
    )  # fmt: skip
    theme.dress(figure, height=84 + 20 * len(figure.data[0].y), legend=False)
    figure.update_layout(hovermode="closest", margin={"t": 4})
    figure.update_xaxes(tickformat="%b %-d")
    names = theme.name_ticks(figure.data[0].y)
    figure.update_yaxes(autorange="reversed", showgrid=False, title=None, **names)
    return figure


def _layer(
    figure: go.Figure,
    part: pd.DataFrame,
    value: str,
    whole: pd.DataFrame,
    says: str,
    **colours: Any,  # noqa: ANN401 – Plotly's own properties
) -> None:
    """One colour of the timeline: where `part` has a row, its `value`."""
    rows = whole["name"].drop_duplicates().head(MOST)
    figure.add_heatmap(
        z=_grid(part, value, rows, whole),
        x=sorted(whole["day"].unique()),
        y=list(rows),
        hovertemplate="%{y}, %{x|%b %-d}: " + says + "<extra></extra>",
        hoverongaps=False,
        ygap=2,
        **colours,
    )


def _grid(part: pd.DataFrame, value: str, rows: pd.Series, whole: pd.DataFrame) -> Grid:
    """Versions × days, NaN where `part` has no row."""
    grid = part.pivot(index="name", columns="day", values=value)
    return grid.reindex(index=rows, columns=sorted(whole["day"].unique())).to_numpy(dtype="float32")
