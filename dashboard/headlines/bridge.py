"""What the bridges of spend and of cost per inference are of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import format as fmt
from dashboard.charts.bridge import cause_name
from dashboard.headlines.change import period_before
from dashboard.headlines.unit_cost import per_1k
from data.filters import Filters

UNIT_BRIDGED = (
    "A step of a unit cost is computed, by log-mean weights, from what an inference cost in either period and from the "
    "models' shares of the requests: the two sides stand here."
)


def bridged(bars: pd.DataFrame, row: Mapping[Any, Any], filters: Filters) -> str:
    """What a chosen step is a part of: the change of its model (all bars of it), or that of its rung itself."""
    if fmt.is_unknown(row["model"]):
        return f"{fmt.money(row['amount'], filters.currency, plus=True)} is this period less the days compared with."
    change, step = (
        fmt.money(amount, filters.currency, plus=True)
        for amount in (bars.loc[bars["model"] == row["model"], "amount"].sum(), row["amount"])
    )
    return (
        f"The steps of {row['model']} sum to {change}: what it cost in this period less what it cost in the days "
        f"compared with. {step} of it is {cause_name(str(row['cause']))}, by log-mean weights."
    )


def bridge_scope(filters: Filters) -> str:
    """What the bridge of spend is of."""
    return (
        f"From {period_before(filters)} to {fmt.period(filters.start, filters.end)}, {filters.view} cost. "
        "Steps sum to the change; served models are taken apart by cause, the rest is by rung."
    )


def unit_bridge_scope(filters: Filters) -> str:
    """What the bridge of cost per inference is of."""
    return (
        f"{per_1k(filters)}, from {period_before(filters)} to {fmt.period(filters.start, filters.end)}. "
        "Steps sum to the change."
    )
