"""Who pays what under each rule of chargeback."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme

RULES = {  # rule → name, colour: none means cost, idle or unobserved
    "shapley": ("Shapley share", theme.SERIES[2]),
    "used": ("used", theme.SERIES[5]),
    "reserved": ("reserved", theme.SERIES[7]),
}
MOST = 12  # members that a chart holds; the table has all


def shares(frame: pd.DataFrame, currency: str) -> go.Figure:
    """Three bars per member (columns member, reserved, used, shapley, shapley_error), the largest on top."""
    rows = frame.head(MOST).iloc[::-1]
    names = rows["member"].astype(str).tolist()
    figure = go.Figure()
    for rule, (name, colour) in RULES.items():
        amounts = rows[rule].astype("float64")
        errors = rows["shapley_error"] if rule == "shapley" and (rows["shapley_error"] > 0).any() else None
        figure.add_bar(
            x=amounts.to_numpy(), y=names, orientation="h", name=name, marker={"color": colour},
            error_x=None if errors is None else {"array": errors.to_numpy(), "color": theme.NEUTRAL},
            text=[fmt.short_money(amount, currency) for amount in amounts],
            textposition="outside", cliponaxis=False, hovertemplate="%{text}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    theme.dress(figure, height=110 + 62 * max(len(rows), 2))
    figure.update_layout(hovermode="y unified", barmode="group", legend={"traceorder": "reversed"})
    figure.update_yaxes(showgrid=False, **theme.name_ticks(names, 24))
    figure.update_xaxes(
        showgrid=True, gridcolor=theme.GRID, nticks=6,
        range=[0, 1.2 * float(rows[list(RULES)].astype("float64").max().max())], **theme.money_ticks(),
    )  # fmt: skip
    return figure
