"""Why a cost per inference changed: price ÷ (utilisation × throughput), taken apart without a rest (MODEL 5).

The log-mean (LMDI) decomposition: each factor's part is L(now, before) · ln(factor now ÷ before), where L
is the
logarithmic mean of the two unit costs; a factor below the line counts negatively. The parts sum to the
change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Factors:
    """price: money per held GPU-hour; utilisation: busy ÷ held, 0..1; throughput: requests per busy GPU-
    hour.
    """

    price: float
    utilisation: float
    throughput: float

    @property
    def unit_cost(self) -> float:
        """Money per inference: price ÷ (utilisation × throughput)."""
        return self.price / (self.utilisation * self.throughput)


@dataclass(frozen=True)
class Parts:
    """Money per inference that each factor added to (or took from) the unit cost."""

    price: float
    utilisation: float
    throughput: float

    @property
    def change(self) -> float:
        """Their sum: unit cost now − before."""
        return self.price + self.utilisation + self.throughput


def explain(before: Factors, now: Factors) -> Parts:
    """What each factor did to the unit cost. Raises ValueError unless all factors of both periods are
    positive.
    """
    values = (*vars(before).values(), *vars(now).values())
    if not all(value > 0 for value in values):
        raise ValueError(
            f"A factor is not positive: {before} → {now}; only positive factors can be taken apart."
        )
    mean = _log_mean(before.unit_cost, now.unit_cost)
    return Parts(
        price=mean * math.log(now.price / before.price),
        utilisation=-mean * math.log(now.utilisation / before.utilisation),
        throughput=-mean * math.log(now.throughput / before.throughput),
    )


def _log_mean(a: float, b: float) -> float:
    return a if math.isclose(a, b, rel_tol=1e-12) else (b - a) / math.log(b / a)
