"""What tokens cost by kind, and what answering at once costs, in words."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from data.filters import Filters

NO_TOKENS = "No server here counts both the tokens that it reads and those that it writes."
NOT_SPLIT = (
    "Nobody reports what would split the cost into input and output: neither prefill and decode seconds, nor a list "
    "price of the model."
)
SHARES_OF = "Input, cached and output cost are shares of one sum, the cost of the counted tokens; its lines stand here."
MODES_ASIDE = "“Nobody asked”: versions were held and in that hour no request came; such cost is no mode's."


def how(total: pd.Series | None, filters: Filters) -> str:
    """The unit, how the cost was split, and for how many of the requests that is known."""
    said = (
        f"{filters.currency} per 1M tokens, {filters.basis} basis, of models whose tokens are counted. Split by the "
        "seconds of prefill and decode that servers report; where they report none, by the list prices that the price "
        "table of “Self-host or API” has under the model's name."
    )
    if (
        total is None
        or fmt.is_unknown(total["phased_requests"])
        or total["phased_requests"] >= total["requests_ok"]
    ):
        return said
    return f"{said} Seconds are of {fmt.percent(total['phased_requests'] / total['requests_ok'])} of the requests."


def tokens(total: pd.Series, filters: Filters) -> str:
    """The two prices and how far they lie apart, and what of the cost is not split (the total row of token_costs)."""
    low, high = total["cost_per_1m_input"], total["cost_per_1m_output"]
    if fmt.is_unknown(low) or fmt.is_unknown(high):
        return NOT_SPLIT
    apart = f" ({high / low:.2g} ×)" if low > 0 else ""
    said = (
        f"A million output tokens cost {fmt.unit_cost(high, filters.currency)}, a million input tokens that no cache "
        f"answered {fmt.unit_cost(low, filters.currency)}{apart}."
    )
    if total["unsplit_cost"] > 0.005:
        said += (
            f" {fmt.short_money(total['unsplit_cost'], filters.currency)} is not split: nobody reports how."
        )
    return said


def cache(total: pd.Series, filters: Filters) -> str | None:
    """What caches answered and avoided; None where no server tells."""
    cached, told = total["cached_tokens"], total["cacheable_tokens"]
    if fmt.is_unknown(told) or not told:
        return None
    said = f"Prompt caches answered {fmt.percent(cached / told)} of {fmt.short_count(told)} input tokens"
    if fmt.is_unknown(total["avoided_cost"]):
        return f"{said}; what that avoided is unknown."
    avoided = fmt.short_money(total["avoided_cost"], filters.currency)
    return (
        f"{said} and so avoided {avoided} of computing: GPU time that is free for others, not a smaller bill."
    )


def modes(by_mode: pd.DataFrame, both: pd.DataFrame, models: int, filters: Filters) -> str:
    """What a thousand answers cost at once and in batches, and how that is for each that does both, of several models
    (rows of unit_cost.costs at level mode; the two of such a model)."""
    costs = by_mode.set_index("member")["cost_per_1k"]
    told = [
        f"{mode} {fmt.unit_cost(costs[mode], filters.currency)}"
        for mode in ("real time", "batch")
        if mode in costs.index and not fmt.is_unknown(costs[mode])
    ]
    said = f"Per 1k inferences: {', '.join(told)}"
    said += "." if models == 1 else "; different models, so no price of speed."
    for model, rows in both.groupby("model", sort=False) if models > 1 else ():
        per_mode = rows.set_index("member")["cost_per_1k"]
        now, later = (fmt.unit_cost(per_mode[mode], filters.currency) for mode in ("real time", "batch"))
        said += f" {model} does both: {now} at once, {later} in batches."
    return said
