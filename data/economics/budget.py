"""How a month stands against its budget (MODEL 9): a run rate in a straight line, and who is to blame for the rest.

The rate is the mean of the month's final days; no weekday, season or launch is in it, which the page says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from data.economics.bridge import FACTORS, GONE, NEW, UNSERVED, VOLUME, WHOLE

GROWTH = (VOLUME, NEW, GONE)  # more or fewer answers, of models that stay, come or go
INEFFICIENCY = (
    *(f for f in FACTORS if f != VOLUME),
    UNSERVED,
    WHOLE,
)  # what an answer of the same models cost more


@dataclass(frozen=True)
class Burn:
    """spent: so far; rate: a day, None without a final day; month_end: spent + rate × the days to come; over_on: the
    number of the day of the month (1 = the first) since which it is over the budget, or on which it will be at that
    rate, None = not within the month. Money."""

    budget: float
    spent: float
    rate: float | None
    month_end: float | None
    over_on: int | None

    @property
    def used(self) -> float:
        """Share of the budget, 0..1 and above."""
        return self.spent / self.budget

    @property
    def is_over(self) -> bool:
        return self.spent > self.budget


def burn(budget: float, by_day: Sequence[float], month_days: int, *, final: int, unknown: int = 0) -> Burn:
    """by_day: cost of each day of the month so far; of these the first `unknown` came before all data, and of the first
    `final` no bill will change. Raises ValueError for a budget that is not above 0."""
    if not budget > 0:
        raise ValueError(f"A budget must be above 0, not {budget}.")
    spent = math.fsum(by_day)
    counted = by_day[unknown:final] or by_day[unknown:]
    rate = math.fsum(counted) / len(counted) if counted else None
    left = month_days - len(by_day)
    month_end = None if rate is None else spent + rate * left
    return Burn(budget, spent, rate, month_end, _over_on(budget, by_day, rate, left))


def _over_on(budget: float, by_day: Sequence[float], rate: float | None, left: int) -> int | None:
    sums = list(accumulate(by_day))
    if sums and sums[-1] > budget:
        within = [day for day, total in enumerate(sums, 1) if total <= budget]
        return within[-1] + 1 if within else 1
    so_far = sums[-1] if sums else 0.0
    if rate is None or so_far + rate * left <= budget:  # asked first: a rate near 0 divides to infinity
        return None
    return len(by_day) + min(math.floor((budget - so_far) / rate) + 1, left)


@dataclass(frozen=True)
class Blame:
    """A change taken apart: growth, inefficiency, and other (rungs that no answer explains). They sum to it."""

    growth: float
    inefficiency: float
    other: float


def blame(causes: Mapping[str, float]) -> Blame:
    """From a bridge's causes (economics.bridge, or a rung) and their amounts."""
    growth = math.fsum(amount for cause, amount in causes.items() if cause in GROWTH)
    inefficiency = math.fsum(amount for cause, amount in causes.items() if cause in INEFFICIENCY)
    return Blame(growth, inefficiency, math.fsum([*causes.values(), -growth, -inefficiency]))


def unit_alarm(unit_cost: float, budget: float, causes: Mapping[str, float] | None) -> bool:
    """Whether a unit cost is over its budget for inefficiency: over it, and still so when what other shares of the
    models did (causes of a unit bridge, per the same unit) is taken out. None = nothing to compare with: over is over.
    """
    mix = blame(causes).growth if causes is not None else 0.0
    return min(unit_cost, unit_cost - mix) > budget
