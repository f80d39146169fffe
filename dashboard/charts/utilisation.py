"""Pictures of how busy devices were."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PALE = "rgba(61,125,216,0.10)"  # theme.COST, so thin that either ground shows through


def funnel(steps: pd.DataFrame) -> go.Figure:
    """From billed to busy: columns step, hours, share (of the first); first row on top. Unknown steps are not drawn."""
    steps = steps.dropna(subset=["hours"])
    looks = {
        "billed": (theme.NEUTRAL, "#10151D"),
        "observed": (theme.OTHER, "#10151D"),
        "held": ("#7FB2F0", "#10151D"),
        "busy": (theme.COST, "#FFFFFF"),
    }
    fills, inks = zip(*(looks[step] for step in steps["step"]), strict=True)
    text = [
        f"{hours:,.0f} h" + ("" if pd.isna(share) else f" · {share:.1%}")
        for hours, share in zip(steps["hours"], steps["share"], strict=True)
    ]
    figure = go.Figure(
        go.Bar(
            x=steps["hours"],
            y=steps["step"],
            orientation="h",
            marker={"color": fills},
            text=text,
            textposition="auto",
            insidetextfont={"color": inks},
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,.1f} device-hours<extra></extra>",
        )
    )
    theme.dress(figure, height=200, legend=False)
    figure.update_layout(hovermode="closest", margin={"t": 8})
    figure.update_xaxes(title={"text": "device-hours", "font": {"size": 11}}, tickformat="~s", nticks=6)
    figure.update_yaxes(autorange="reversed", title=None)
    return figure


def week(cells: pd.DataFrame) -> go.Figure:
    """Hour of the week: columns weekday (1 = Monday), hour, utilisation. An hour never observed shows “–”."""
    grid = cells.pivot(index="weekday", columns="hour", values="utilisation").reindex(
        index=range(1, 8), columns=range(24)
    )
    low, high = _span(cells["utilisation"])
    figure = go.Figure(
        go.Heatmap(
            zmin=low,
            zmax=high,
            z=grid.to_numpy(dtype="float32"),
            x=[f"{hour:02d}:00" for hour in range(24)],
            y=list(WEEKDAYS),
            colorscale=[[0, _PALE], [1, theme.COST]],
            colorbar=theme.share_scale(),
            xgap=2,
            ygap=2,
            hovertemplate="%{y} %{x}: %{z:.1%} busy<extra></extra>",
            hoverongaps=False,
        )
    )
    theme.dress(figure, height=264, legend=False)
    figure.update_layout(hovermode="closest", margin={"t": 4})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    for day, row in enumerate(grid.isna().to_numpy()):
        for hour in row.nonzero()[0]:
            figure.add_annotation(
                x=int(hour), y=day, text="–", showarrow=False, font={"color": theme.NEUTRAL}
            )
    return figure


def _span(values: pd.Series) -> tuple[float, float]:
    """From the quietest hour to the busiest, but ten points at least: noise must not look like a pattern."""
    low, high = float(values.min()), float(values.max())
    if pd.isna(low):
        return 0.0, 1.0
    spare = max(0.0, 0.1 - (high - low)) / 2
    return max(0.0, low - spare), min(1.0, high + spare)


def hours(evidence: pd.DataFrame) -> go.Figure:
    """What some devices did, hour by hour: busy, idle and unobserved device-hours, stacked."""
    figure = go.Figure()
    parts = (
        ("busy_hours", "busy", {"color": theme.COST}),
        ("idle_hours", "idle", {"color": theme.IDLE}),
        ("unobserved_hours", "unobserved", theme.rung_marker("unobserved")),
    )
    for column, name, marker in parts:
        figure.add_bar(
            x=evidence["hour"],
            y=evidence[column],
            name=name,
            marker={"line": {"width": 0}, **marker},
            hovertemplate="%{y:.2f} device-hours",
        )
    theme.dress(figure, height=240, unit="device-hours per hour")
    figure.update_layout(barmode="stack", bargap=0, margin={"t": 8}, legend={"y": -0.18})
    figure.update_xaxes(tickformat="%b %-d")
    return figure
