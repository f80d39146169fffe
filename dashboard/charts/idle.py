"""Pictures of paid and idle device time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme

# One hue for idle; the darker, the less anybody holds the device.
STATE_COLOURS = {"warm idle": "#F3C55B", "held idle": theme.IDLE, "unallocated": "#B26A00"}


def by_day(days: pd.DataFrame, currency: str | None) -> go.Figure:
    """Idle cost per day, stacked by state: columns day, state, cost, hours. Without a currency, device-hours."""
    value, unit = ("hours", "device-hours") if currency is None else ("cost", currency)
    about = "" if currency is None else " · %{customdata:,.1f} device-hours"
    figure = go.Figure()
    for state, colour in STATE_COLOURS.items():
        part = days[days["state"] == state]
        if part.empty:
            continue
        figure.add_bar(
            x=part["day"],
            y=part[value],
            name=state,
            marker={"color": colour, "line": {"width": 0}},
            customdata=part["hours"],
            hovertemplate="%{y:,.2f} " + unit + about,
        )
    theme.dress(figure, height=280, unit=f"{unit} per day")
    figure.update_layout(barmode="stack")
    figure.update_xaxes(tickformat="%b %-d")
    theme.widen_lone_bar(figure, days["day"], pd.Timedelta(days=1))
    figure.update_yaxes(rangemode="tozero", **({} if currency is None else theme.money_ticks()))
    return figure
