"""Total cost of ownership: initial + annual operation × lifespan + disposal (MODEL.md §8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ownership:
    """One way to own or rent the same service; money in one currency, lifespan in years."""

    initial: float  # CapEx: hardware, installation, migration
    annual_operation: float  # OpEx: power, space, staff, rent, licences
    lifespan: float
    disposal: float = 0.0  # CapEx; negative where the hardware is sold

    @property
    def capex(self) -> float:
        """What is paid for having it."""
        return self.initial + self.disposal

    @property
    def opex(self) -> float:
        """What is paid for running it, over the lifespan."""
        return self.annual_operation * self.lifespan

    @property
    def total(self) -> float:
        """TCO."""
        return self.capex + self.opex


def breakeven_months(owned: Ownership, rented: Ownership) -> float | None:
    """Months after which owning has cost no more than renting; None = not within the shorter lifespan."""
    monthly = (rented.annual_operation - owned.annual_operation) / 12
    ahead = owned.initial - rented.initial
    if ahead <= 0:
        return 0.0
    if monthly <= 0:
        return None
    months = ahead / monthly
    return months if months <= 12 * min(owned.lifespan, rented.lifespan) else None
