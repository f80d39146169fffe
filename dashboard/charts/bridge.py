"""The bridge from one period's cost to another's: what each cause added or took, ending at the change."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme
from data.economics import bridge as economics

MOST = 9  # causes drawn; what is smaller is one step, and all of them stand in the table
SEEN = 0.002  # of all steps
NOTHING = 2e-5  # of all steps: no step of its own
OTHERS = "all others"
MODEL_MIX = "model mix"  # requests that moved to dearer or cheaper models
# cause → what it is called, and what it says
CAUSES: dict[str, tuple[str, str]] = {
    economics.VOLUME: ("traffic", "more or fewer requests of the same models"),
    economics.TOKENS: ("tokens per request", "longer or shorter requests"),
    economics.EFFICIENCY: ("efficiency", "GPU-seconds that a token (or request) took"),
    economics.UTILISATION: ("utilisation", "held GPU time per busy GPU time"),
    economics.PRICE: ("price", "cost per held GPU-hour, or per token of managed models"),
    economics.MIX: ("version mix", "requests that moved to other versions of the same model"),
    economics.NEW: ("new models", "cost of models that served nothing in the days compared with"),
    economics.GONE: ("gone models", "cost of models that served only in the days compared with"),
    economics.UNSERVED: ("without traffic", "cost of versions whose requests nobody made or counted"),
    economics.WHOLE: ("not taken apart", "served models of which a factor is unknown or 0"),
}


def cause_name(cause: str) -> str:
    """A cause as every page calls it; a rung keeps its name."""
    return CAUSES[cause][0] if cause in CAUSES else theme.rung_name(cause)


def steps(causes: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """cause (as it is called), amount: the largest `most` in order, what is left as one. Their sum is that of all."""
    named = causes.assign(cause=causes["cause"].map(cause_name))
    seen = (
        named["amount"].abs() >= SEEN * named["amount"].abs().sum()
    )  # the rest would be a line without width
    shown = min(most, int(seen.sum()))
    head, rest = named.head(shown), named.iloc[shown:]
    if abs(rest["amount"].sum()) <= NOTHING * named["amount"].abs().sum():
        return head
    return pd.concat(
        [head, pd.DataFrame([{"cause": OTHERS, "amount": rest["amount"].sum()}])], ignore_index=True
    )


def unit_causes(causes: pd.DataFrame) -> pd.DataFrame:
    """Of a unit cost, what a model's share of the requests did is no traffic but the mix of models."""
    return causes.replace({"cause": {economics.VOLUME: MODEL_MIX}})


def waterfall(causes: pd.DataFrame, currency: str, *, unit: str = "", per: float = 1) -> go.Figure:
    """Steps from 0 to the change, top down (columns cause, amount; largest first): dearer red, cheaper green. `per`:
    what a unit cost is told for (1,000: per 1k inferences)."""
    rows = steps(causes)
    values = [*(rows["amount"] * per), float(rows["amount"].sum()) * per]
    texts = [_amount(value, currency, per) for value in values]
    names = [*rows["cause"], "change"]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=names,
            x=values,
            measure=["relative"] * len(rows) + ["total"],
            text=texts,
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": theme.BAD}},
            decreasing={"marker": {"color": theme.GOOD}},
            totals={"marker": {"color": theme.COST}},
            connector={"mode": "between", "line": {"color": theme.NEUTRAL, "width": 1}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    theme.dress(figure, legend=False, height=80 + 34 * len(names))
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(autorange="reversed", showgrid=False, zeroline=False, tickfont={"size": 13})
    low, high = _reach(values[:-1])
    room = 0.3 * ((high - low) or 1)  # for the amounts beside the bars
    figure.update_xaxes(
        range=[low - room * (low < 0), high + room], showgrid=True, gridcolor=theme.GRID, zeroline=True,
        zerolinecolor=theme.NEUTRAL, nticks=6, title={"text": unit, "font": {"size": 11}},
        **(theme.money_ticks() if per == 1 else {"tickformat": "$.3~g"}),
    )  # fmt: skip
    return figure


def _amount(value: float, currency: str, per: float) -> str:
    return (
        fmt.short_money(value, currency, plus=True) if per == 1 else fmt.unit_cost(value, currency, plus=True)
    )


def _reach(values: list[float]) -> tuple[float, float]:
    """The lowest and highest level that the steps touch, 0 among them."""
    level, low, high = 0.0, 0.0, 0.0
    for value in values:
        level += value
        low, high = min(low, level), max(high, level)
    return low, high
