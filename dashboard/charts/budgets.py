"""A month's cumulative spend against its budget."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate

import plotly.graph_objects as go

from dashboard import theme
from data.economics.budget import Burn
from data.query.budget import MonthDays


def burn_up(month: date, days: MonthDays, burn: Burn, currency: str) -> go.Figure:
    """Spend since the month's first day, the run rate to its last as a dashed line, and the budget."""
    sums = list(accumulate(days.by_day))
    every = [month + timedelta(days=day) for day in range(days.days)]
    figure = go.Figure()
    figure.add_scatter(
        x=every[: len(sums)], y=sums, name="spent", mode="lines+markers" if len(sums) == 1 else "lines",
        line={"color": theme.COST, "width": 3}, hovertemplate="%{y:$,.0f}<extra>spent</extra>",
    )  # fmt: skip
    if burn.rate is not None and len(sums) < days.days:
        ahead = every[len(sums) - 1 :]
        figure.add_scatter(
            x=ahead, y=[burn.spent + burn.rate * day for day in range(len(ahead))], name="at the run rate",
            mode="lines", line={"color": theme.COST, "width": 2, "dash": "dot"},
            hovertemplate="%{y:$,.0f}<extra>at the run rate</extra>",
        )  # fmt: skip
    figure.add_scatter(
        x=[every[0], every[-1]], y=[burn.budget] * 2, name="budget", mode="lines",
        line={"color": theme.BAD if burn.over_on else theme.NEUTRAL, "width": 2},
        hovertemplate="%{y:$,.0f}<extra>budget</extra>",
    )  # fmt: skip
    theme.dress(figure, unit=f"{currency}, cumulative (UTC)", height=300)
    figure.update_yaxes(rangemode="tozero", **theme.money_ticks())
    figure.update_xaxes(tickformat="%b %-d", hoverformat="%a %b %-d")
    return figure
