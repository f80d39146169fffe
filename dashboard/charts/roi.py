"""The picture of money coming back."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme


def cumulative(months: pd.DataFrame, payback: float | None, currency: str) -> go.Figure:
    """Cumulative net gain by month, plain and in today's money: columns month (0 = today), net_gain, discounted."""
    figure = go.Figure()
    figure.add_scatter(
        x=months["month"],
        y=months["net_gain"],
        name="cumulative net gain",
        mode="lines",
        line={"color": theme.COST, "width": 3},
        fill="tozeroy",
        fillcolor="rgba(61,125,216,0.10)",
        hovertemplate="%{y:,.0f} " + currency,
    )
    figure.add_scatter(
        x=months["month"],
        y=months["discounted"],
        name="the same in today's money",
        mode="lines",
        line={"color": theme.NEUTRAL, "width": 2, "dash": "dot"},
        hovertemplate="%{y:,.0f} " + currency,
    )
    theme.dress(figure, height=340, unit=currency)
    figure.update_layout(legend={"y": -0.22})
    if payback:
        figure.add_vline(x=payback, line={"color": theme.GOOD, "width": 2, "dash": "dash"})
        figure.add_annotation(
            x=payback,
            y=1,
            yref="paper",
            text=f"paid back, month {payback:.1f}",
            showarrow=False,
            xanchor="left" if payback < months["month"].max() / 2 else "right",
            xshift=4,
            font={"color": theme.GOOD},
        )
    figure.update_xaxes(range=[0, months["month"].max()], title={"text": "month", "font": {"size": 11}})
    figure.update_yaxes(**theme.money_ticks())
    if not months["net_gain"].any():
        _invite(figure)
    return figure


def _invite(figure: go.Figure) -> None:
    """Nothing is changed yet: a flat line needs no scale, else it is drawn on one of milli-dollars."""
    figure.update_yaxes(range=[-1, 1], showticklabels=False, showgrid=False)
    figure.add_annotation(
        x=0.5, y=0.75, xref="paper", yref="paper", text="drag a slider: its gain appears here",
        showarrow=False, font={"color": theme.NEUTRAL},
    )  # fmt: skip
