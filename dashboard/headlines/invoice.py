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
    """The ladder by meaning (money in the view); None = unknown: the exports leave it out, or nobody observed it.
    `other_gpu` is without its idle part, which is in `idle`."""

    total: float | None
    served: float | None
    idle: float | None
    other_gpu: float | None
    unobserved: float | None
    shared: float | None
    unused: float | None
    outside: float | None


def paid_for(ladder: pd.DataFrame, idle: float | None) -> PaidFor:
    """From query.provenance.ladder's rungs and the idle cost of the same selection."""
    costs = ladder.set_index("rung")["cost"].astype("float64")

    def of(*rungs: str) -> float | None:
        """Their sum; 0 where the selection has none of them, unknown where it has and none is known."""
        found = costs[costs.index.isin(rungs)]
        cost = float(found.sum(min_count=1)) if len(found) else 0.0
        return None if fmt.is_unknown(cost) else cost

    known_idle = None if fmt.is_unknown(idle) or idle is None else float(idle)
    other, free = of("other_gpu"), of("serving_idle", "unallocated")
    held = 0.0 if known_idle is None or free is None else known_idle - free
    return PaidFor(
        total=of(*costs.index),
        # GPUs that nobody observed may have served: where nothing else did, that is unknown and not nothing
        served=None if "unobserved" in costs.index and not costs.index.isin(SERVED).any() else of(*SERVED),
        idle=known_idle,
        other_gpu=None if other is None else other - held,
        unobserved=of("unobserved"),
        shared=of("shared"),
        unused=of("commitment_unused"),
        outside=of("outside"),
    )


def answer(paid: PaidFor, filters: Filters) -> str:
    """What the invoice paid for: what served, what stood idle, then what else took most."""
    if paid.total is None:
        return f"What this selection cost is unknown: its exports leave out the {filters.view} cost."
    others = {
        "other GPU work": paid.other_gpu, "GPUs that nobody observed": paid.unobserved, "shared cost": paid.shared,
        "unused commitments": paid.unused, "things outside AI": paid.outside,
    }  # fmt: skip
    largest = sorted(others.items(), key=lambda item: -(item[1] or 0))[:2]
    told = [
        f"{name} {_part(cost, paid.total, filters)}"
        for name, cost in (("inferences", paid.served), ("idle GPUs", paid.idle), *largest)
        if cost is not None and cost >= CENT
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
    cost = f"{filters.view.capitalize()} cost in {filters.currency}"
    return f"{cost} by {name}, UTC; however it is grouped, the total is the same."


def tree(below: float, filters: Filters) -> str:
    """What the tree draws, and what it cannot: areas have no sign."""
    text = "Area = cost; click to go down, a resource opens its charge lines below."
    if below > -CENT:
        return text
    return (
        f"{text} Credits, refunds and timing below zero ({fmt.money(below, filters.currency)}) have no area."
    )
