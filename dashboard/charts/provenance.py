"""The ladder as a picture: every dollar of the period exactly once, `unexplained` always drawn."""

from __future__ import annotations

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


def ladder_waterfall(rows: pd.DataFrame, currency: str) -> go.Figure:
    """Horizontal steps of ladder_rows, each in its rung's colour, down to the invoice; amounts are written
    beside.
    """
    costs = rows["cost"].fillna(0).to_numpy(dtype="float64")
    total = float(costs.sum())
    starts = [0.0, *costs.cumsum()[:-1]]
    names = [*rows["name"], "invoice"]
    markers = [theme.rung_marker(str(rung)) for rung in rows["rung"]]
    texts = [fmt.short_money(float(c), currency) for c in rows["cost"]]
    texts[-1] = fmt.money(float(rows["cost"].iloc[-1]), currency)  # unexplained: to the cent, or "–"
    figure = go.Figure(
        go.Bar(
            x=[*costs, total],
            base=[*starts, 0.0],
            y=names,
            orientation="h",
            marker={
                "color": [*(m["color"] for m in markers), theme.NEUTRAL],
                "pattern": {
                    "shape": [*(theme.HATCH if "pattern" in m else "" for m in markers), ""],
                    "fillmode": "overlay", "size": 5, "solidity": 0.45,
                },
                "line": {"width": 0},
            },
            customdata=[*texts, fmt.short_money(total, currency)],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )  # fmt: skip
    low, high = min(0.0, *starts, total), max([total, *(s + c for s, c in zip(starts, costs, strict=True))])
    for name, start, cost, text in zip(
        names, [*starts, 0.0], [*costs, total], [*texts, fmt.short_money(total, currency)], strict=True
    ):
        figure.add_annotation(
            x=max(start, start + cost),
            y=name,
            text=text,
            showarrow=False,
            xanchor="left",
            xshift=4,
            font={"size": 11},
        )
    theme.dress(figure, legend=False, height=110 + 26 * len(names))
    figure.update_layout(hovermode="closest", bargap=0.3)
    figure.update_xaxes(
        **theme.money_ticks(currency), showgrid=True, gridcolor=theme.GRID, nticks=6,
        range=[low, high + 0.2 * (high - low or 1)],
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
