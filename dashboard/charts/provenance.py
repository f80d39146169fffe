"""The ladder as a picture: every dollar of the period exactly once, `unexplained` always drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme


def ladder_rows(ladder: pd.DataFrame, reconcilable: bool) -> pd.DataFrame:
    """The ladder's rungs in reading order with their names; `unexplained` is always among them: 0 where
    the store holds none,
    unknown (NaN) under a filter that the bill cannot follow."""
    rows = ladder[ladder["rung"] != "unexplained"].copy()
    found = ladder.loc[ladder["rung"] == "unexplained"]
    last = found if len(found) else pd.DataFrame([{"rung": "unexplained", "cost": 0.0}])
    if not reconcilable:
        last = pd.DataFrame([{"rung": "unexplained", "cost": float("nan")}])
    rows = pd.concat([rows, last], ignore_index=True)
    order = {rung: place for place, rung in enumerate(theme.RUNGS)}
    rows = rows.sort_values("rung", key=lambda rungs: rungs.map(lambda rung: order.get(rung, 99)))
    rows.insert(1, "name", rows["rung"].map(theme.rung_name))
    return rows.reset_index(drop=True)


def ladder_waterfall(rows: pd.DataFrame, currency: str, total: str) -> go.Figure:
    """Horizontal steps of ladder_rows, each in its rung's colour, down to their `total` (theme.total_name);
    amounts are written beside. An unknown amount is a "–" without a bar; where all are unknown, so is the total.
    """
    costs = rows["cost"].astype("float64")
    steps = [*costs, costs.sum(min_count=1)]
    starts = [0.0, *costs.fillna(0).cumsum()[:-1], 0.0]  # an unknown step moves nothing
    names = [*rows["name"], total]
    texts = [fmt.short_money(step, currency) for step in steps]
    texts[-2] = fmt.money(steps[-2], currency)  # unexplained: to the cent, or "–"
    figure = go.Figure(
        go.Bar(
            x=steps,
            base=starts,
            y=names,
            orientation="h",
            marker=_markers(rows["rung"]),
            customdata=texts,
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    ends = [
        start if fmt.is_unknown(step) else start + step for start, step in zip(starts, steps, strict=True)
    ]
    for name, start, end, text in zip(names, starts, ends, texts, strict=True):
        figure.add_annotation(
            x=max(start, end), y=name, text=text, showarrow=False, xanchor="left", xshift=4, font={"size": 11}
        )  # fmt: skip
    theme.dress(figure, legend=False, height=110 + 26 * len(names))
    figure.update_layout(hovermode="closest", bargap=0.3)
    low, high = min(starts + ends), max(starts + ends)
    figure.update_xaxes(
        **theme.money_ticks(), showgrid=True, gridcolor=theme.GRID, nticks=6,
        range=[low, high + 0.2 * (high - low or 1)],
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _markers(rungs: pd.Series) -> dict[str, Any]:
    """One Plotly marker for all bars: each rung's colour and hatching, the total last."""
    each = [theme.rung_marker(str(rung)) for rung in rungs]
    shapes = [*(theme.HATCH if "pattern" in marker else "" for marker in each), ""]
    return {
        "color": [*(marker["color"] for marker in each), theme.NEUTRAL],
        "pattern": {"shape": shapes, "fillmode": "overlay", "size": 5, "solidity": 0.45},
        "line": {"width": 0},
    }
