"""What the invoice paid for, as a sentence, and what the explorer and the tree leave unsaid."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard import format as fmt
from dashboard import theme
from data.filters import Filters

CENT = 0.005  # less is no amount
SERVED = ("serving_busy", "managed", "serving_cpu")


@dataclass(frozen=True)
class PaidFor:
    """The ladder by meaning (money in the view). `other_gpu` is without its idle part, which is in `idle`."""

    total: float
    served: float
    idle: float
    other_gpu: float
    unobserved: float
    shared: float
    unused: float
    outside: float
    unexplained: float


def paid_for(ladder: pd.DataFrame, idle: float | None) -> PaidFor:
    """From query.provenance.ladder's rungs and the idle cost of the same selection."""
    rungs = {
        str(rung): 0.0 if fmt.is_unknown(cost) else float(cost)
        for rung, cost in zip(ladder["rung"], ladder["cost"], strict=True)
    }
    known_idle = 0.0 if fmt.is_unknown(idle) or idle is None else float(idle)
    held = known_idle - rungs.get("serving_idle", 0.0) - rungs.get("unallocated", 0.0)
    return PaidFor(
        total=sum(rungs.values()),
        served=sum(rungs.get(rung, 0.0) for rung in SERVED),
        idle=known_idle,
        other_gpu=rungs.get("other_gpu", 0.0) - held,
        **{name: rungs.get(rung, 0.0) for name, rung in (
            ("unobserved", "unobserved"), ("shared", "shared"), ("unused", "commitment_unused"), ("outside", "outside"),
            ("unexplained", "unexplained"),
        )},
    )  # fmt: skip


def answer(paid: PaidFor, filters: Filters) -> str:
    """What the invoice paid for: what served, what stood idle, then what else took most, and whether all is told."""

    others = {
        "other GPU work": paid.other_gpu, "GPUs that nobody observed": paid.unobserved, "shared cost": paid.shared,
        "unused commitments": paid.unused, "things outside AI": paid.outside,
    }  # fmt: skip
    largest = sorted(others.items(), key=lambda item: -item[1])[:2]
    told = [
        f"{name} {_part(cost, paid.total, filters)}"
        for name, cost in (("inferences", paid.served), ("idle GPUs", paid.idle), *largest)
        if cost >= CENT
    ]
    total = fmt.short_money(paid.total, filters.currency)
    whole = f"{_whole(filters)} of {total} {fmt.within(filters.start, filters.end)}"
    if not told:
        return f"{whole} paid for no use: it is credits, tax, fees and timing alone."
    return f"{whole} paid for {', '.join(told)}."


def _part(amount: float, total: float, filters: Filters) -> str:
    share = f" ({fmt.percent(amount / total, digits=0)})" if total > 0 else ""
    return f"{fmt.short_money(amount, filters.currency)}{share}"


def _whole(filters: Filters) -> str:
    total = theme.total_name(filters.view)
    return "The invoice" if total == "invoice" else f"The {filters.view} cost"


def explored(filters: Filters, name: str) -> str:
    """What the explorer's bars are."""
    return f"{filters.view} cost in {filters.currency} by {name}, UTC; however it is grouped, the total is the same."


def tree(below: float, filters: Filters) -> str:
    """What the tree draws, and what it cannot: areas have no sign."""
    text = "Area = cost; click to go down, a resource opens its charge lines below."
    if below > -CENT:
        return text
    return (
        f"{text} Credits, refunds and timing below zero ({fmt.money(below, filters.currency)}) have no area."
    )
