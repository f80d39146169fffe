"""Cost per inference, why it moved, what it counts and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import format as fmt
from dashboard.headlines.change import UNCHANGED, moved
from data.filters import Filters
from data.query.identity import parts, stories

FACTORS_OF = (
    "Allocated basis, over the held and observed GPU-hours; models without a GPU have no such factors."
)
EFFECTIVE_ALONE = "Unit costs use the effective view whatever view is chosen."


def unit_cost(now: pd.Series, before: pd.Series | None, filters: Filters) -> str:
    """Cost per inference on the basis, and how it moved (total rows of query.unit_cost.costs)."""
    cost = now["cost_per_inference"]
    if fmt.is_unknown(cost):
        return "Cost per inference is unknown here: nobody counted requests."
    value = fmt.unit_cost(cost, filters.currency)
    relative = None if before is None else fmt.change(cost, before["cost_per_inference"])
    if relative is None:
        return f"One inference cost {value} ({filters.basis} basis); no earlier period to compare with."
    if abs(relative) < UNCHANGED:
        return f"One inference cost {value} ({filters.basis} basis), unchanged."
    return f"Cost per inference {moved(relative)} to {value} ({filters.basis} basis)."


def uncounted(now: pd.Series, filters: Filters) -> str:
    """The cost that no count of requests belongs to, so no cost per inference; "" where there is none."""
    if fmt.is_unknown(now["uncounted_cost"]) or not now["uncounted_cost"]:
        return ""
    cost = fmt.money(now["uncounted_cost"], filters.currency)
    return f"Cost per inference excludes {cost} of models or days whose requests nobody counted."


def use_unknown(fees: float, filters: Filters) -> str:
    """The mark of unit costs where commitment fees fit no use; "" where all do."""
    if not fees:
        return ""
    return (
        f"{fmt.money(fees, filters.currency)} of commitment fees fit no use: no unit cost holds them, "
        "and what they paid for may look cheaper than it is."
    )


def untold(sources: Sequence[str]) -> str:
    """What cost per inference lacks of sources whose effective cost is unusable; "" where there are none."""
    if not sources:
        return ""
    return (
        f"Cost per inference lacks what {_and(list(sources))} charged: the effective cost there is unusable."
    )


def identities(changes: pd.DataFrame, filters: Filters) -> list[str]:
    """Why the models that moved most did so, a sentence each (rows of query.identity.changes)."""
    told = [_identity(row, filters.currency) for _, row in stories(changes).iterrows()]
    return told or ["No earlier period with GPU models to compare with."]


def _identity(row: pd.Series, currency: str) -> str:
    """Why a unit cost moved, in the words of price ÷ (utilisation × throughput); volume is named beside."""
    relative = fmt.change(row["cost_per_inference"], row["cost_per_inference_before"])
    shares = parts(row)
    if relative is None or abs(relative) < UNCHANGED or shares is None:
        return f"{row['model']}: cost per inference {moved(relative)}."
    factors = {
        "utilisation": ("utilisation", shares.utilisation),
        "price_per_gpu_hour": ("price", shares.price),
        "throughput": ("throughput", shares.throughput),
    }
    ranked = sorted(factors.items(), key=lambda item: -abs(item[1][1]))
    causes, still = [], []
    for column, (word, _) in ranked:
        step = fmt.change(row[column], row[f"{column}_before"])
        if step is None or abs(step) < UNCHANGED:
            still.append(word)
        else:
            causes.append(f"{word} {moved(step)}")
    volume = fmt.change(row["requests_ok"], row["requests_ok_before"])
    aside = ""
    if volume is not None and abs(volume) < UNCHANGED:
        still.append("volume")
    elif volume is not None:
        aside = f"; volume {moved(volume)}"
    unchanged = f"; {_and(still)} unchanged" if still else ""
    value = fmt.unit_cost(row["cost_per_inference"], currency)
    because = f" because {_and(causes)}" if causes else ""
    return f"{row['model']}: cost per inference {moved(relative)} to {value}{because}{unchanged}{aside}."


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def left_out(rungs: pd.DataFrame, filters: Filters) -> str:
    """The basis and what it leaves out, as a sum (columns cost, in_basis, left_out)."""
    pools = rungs["rung"].isin(["unallocated", "shared", "commitment_unused"])
    beyond = -rungs.loc[pools & (rungs["left_out"] < 0), "left_out"].sum()
    cost, inside, outside, taken = (
        fmt.money(amount, filters.currency)
        for amount in (rungs["cost"].sum(), rungs["in_basis"].sum(), rungs["left_out"].sum() + beyond, beyond)
    )
    unseen = rungs.loc[rungs["rung"] == "unobserved", "left_out"].sum()
    of_it = f" (of it {fmt.money(unseen, filters.currency)} of unobserved GPUs)" if unseen else ""
    shares = f" − {taken} of shares in what lies beyond this selection" if beyond >= 0.005 else ""
    return (
        f"{inside} on the {filters.basis} basis + {outside} left out{of_it}{shares} = {cost}, "
        "the ladder of the period (effective view)."
    )


def per_1k(filters: Filters) -> str:
    """What unit costs are in, and on which basis."""
    return f"{filters.currency} per 1k inferences, {filters.basis} basis"


def made_of(device_share: float | None, filters: Filters) -> str:
    """The unit of the component stack, and what of a GPU machine is in its compute."""
    if device_share is None:
        inside = "of a GPU machine's price this snapshot does not say which share its GPUs carry"
    elif device_share == 1:
        inside = "GPUs carry 100 % of their machine's price: its CPU and memory are inside compute"
    else:
        rest = fmt.percent(1 - device_share)
        inside = (
            f"GPUs carry {fmt.percent(device_share)} of their machine's price, the other {rest} is shared"
        )
    return f"{per_1k(filters)}; {inside}."
