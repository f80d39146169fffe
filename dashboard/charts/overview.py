"""The Overview's pictures: spend per day by rung, and what moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme

FADED = 0.45  # bars of days that bills still change


def spend_stack(
    spend: pd.DataFrame,
    currency: str,
    highest: date | None = None,
    provisional_since: date | None = None,
    marks: Mapping[date, str] | None = None,
) -> go.Figure:
    """Bars of day × rung (columns day, rung, cost), in the ladder's order; unobserved is hatched, credits hang below
    zero; `highest` is marked by name, days from `provisional_since` on are faded, `marks` are unexpected days and what
    was; the legend says what each rung came to."""
    figure = go.Figure()
    sign = fmt.symbol(currency)
    known = [rung for rung in theme.RUNGS if rung in set(spend["rung"])]
    others = sorted(set(spend["rung"]) - set(known))
    for rung in [*known, *others]:
        rows = spend[spend["rung"] == rung]
        figure.add_bar(
            x=rows["day"].to_numpy(),
            y=rows["cost"].to_numpy(dtype="float64"),
            name=f"{theme.rung_name(rung)} {fmt.short_money(rows['cost'].sum(), currency)}",
            marker=theme.rung_marker(rung) | {"opacity": _opacity(rows["day"], provisional_since)},
            hovertemplate=f"{sign}%{{y:,.0f}}<extra>{theme.rung_name(rung)}</extra>",
        )
    theme.dress(figure, unit=f"{currency} per day (UTC)", height=400)
    figure.update_layout(barmode="relative")
    figure.update_yaxes(**theme.money_ticks())
    figure.update_xaxes(tickformat="%b %-d", hoverformat="%a %b %-d")
    theme.widen_lone_bar(figure, spend["day"], pd.Timedelta(days=1))
    if highest is not None:
        above = 18 if marks and highest in marks else 6
        figure.add_annotation(
            x=pd.Timestamp(highest), y=_top(spend, highest), text=f"{fmt.day(highest)}: highest", yshift=above,
            showarrow=False, yanchor="bottom", font={"size": 12},
        )  # fmt: skip
    if marks:
        _mark(figure, spend, marks)
    if provisional_since is not None:
        _say_provisional(figure, spend["day"], provisional_since)
    return figure


def _top(spend: pd.DataFrame, day: date) -> float:
    """Where the day's stack ends."""
    return float(spend.loc[(spend["day"] == pd.Timestamp(day)) & (spend["cost"] > 0), "cost"].sum())


def _mark(figure: go.Figure, spend: pd.DataFrame, marks: Mapping[date, str]) -> None:
    tops = [_top(spend, day) for day in marks]
    lift = 0.03 * max(tops)
    figure.add_scatter(
        x=[pd.Timestamp(day) for day in marks],
        y=[top + lift for top in tops],
        mode="markers",
        name="unexpected",
        marker={"symbol": "triangle-down", "size": 11, "color": theme.BAD},
        text=list(marks.values()),
        hovertemplate="%{text}<extra>unexpected</extra>",
        cliponaxis=False,
    )


def _opacity(days: pd.Series, provisional_since: date | None) -> list[float]:
    since = pd.Timestamp.max if provisional_since is None else pd.Timestamp(provisional_since)
    return [FADED if day >= since else 1.0 for day in days]


def _say_provisional(figure: go.Figure, days: pd.Series, since: date) -> None:
    """A band behind the days that bills still change, named along its edge."""
    first, last = max(days.min(), pd.Timestamp(since)), days.max()
    if first > last:
        return
    half = pd.Timedelta(hours=12)
    figure.add_vrect(
        x0=first - half, x1=last + half, fillcolor=theme.GRID, line_width=0, layer="below",
        annotation={"text": "provisional", "textangle": -90, "font": {"size": 11}},
        annotation_position="inside top left",
    )  # fmt: skip


def mover_name(rung: object, model: object) -> str:
    """A mover's name: its model, else what the rung is called."""
    return str(model) if not fmt.is_unknown(model) else theme.rung_name(str(rung))


def movers_bar(movers: pd.DataFrame, currency: str, most: int = 8) -> go.Figure:
    """Horizontal bars of the largest changes (columns rung, model, change): dearer red, cheaper green."""
    rows = movers.head(most).iloc[::-1]
    change = rows["change"].to_numpy(dtype="float64")
    names = [mover_name(r, m) for r, m in zip(rows["rung"], rows["model"], strict=True)]
    figure = go.Figure(
        go.Bar(
            x=change,
            y=names,
            orientation="h",
            marker={"color": [theme.BAD if c > 0 else theme.GOOD for c in change]},
            text=[fmt.short_money(c, currency, plus=True) for c in change],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    theme.dress(figure, legend=False, height=90 + 30 * max(len(rows), 2))
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(
        zeroline=True,
        zerolinecolor=theme.NEUTRAL,
        showgrid=True,
        gridcolor=theme.GRID,
    )
    figure.update_yaxes(showgrid=False, **theme.name_ticks(names, 24))
    if len(change):
        low, high = min(change.min(), 0.0), max(change.max(), 0.0)
        room = 0.22 * (high - low)  # for the amounts beside the bars, and the names left of these on a phone
        figure.update_xaxes(
            range=[low - 1.6 * room if low else -room / 4, high + room],
            nticks=6,
            **theme.money_ticks(),
        )
    return figure
