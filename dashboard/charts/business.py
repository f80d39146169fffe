"""The picture of cost per business output."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme


def per_day(days: pd.DataFrame, currency: str) -> go.Figure:
    """A line per output (columns output, day, cost_per_output); a day without a count is a gap."""
    figure = go.Figure()
    sign = fmt.symbol(currency)
    for place, output in enumerate(days["output"].drop_duplicates()):
        rows = days[days["output"] == output]
        figure.add_scatter(
            x=rows["day"].to_numpy(), y=rows["cost_per_output"].to_numpy(dtype="float64"), mode="lines+markers",
            connectgaps=False, name=fmt.shorten(str(output), 22), marker={"size": 4},
            line={"color": theme.SERIES[place % len(theme.SERIES)], "width": 2}, hovertemplate=f"{sign}%{{y:.4g}}",
        )  # fmt: skip
    theme.dress(figure, unit=f"{currency} per output", height=300)
    figure.update_xaxes(tickformat="%b %-d", hoverformat="%a %b %-d")
    theme.unit_cost_axis(figure, days["cost_per_output"], sign)
    return figure
