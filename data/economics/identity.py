"""Why a cost per inference changed: price ÷ (utilisation × throughput), taken apart without a rest (MODEL 5)."""

from __future__ import annotations

from dataclasses import dataclass

from data.economics.lmdi import take_apart


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
    return Parts(**take_apart(_product(before), _product(now)))


def _product(factors: Factors) -> dict[str, float]:
    """As factors of a product: what stands below the line, turned over."""
    return {
        "price": factors.price,
        "utilisation": 1 / factors.utilisation,
        "throughput": 1 / factors.throughput,
    }
