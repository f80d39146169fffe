"""Money over time, as plain arithmetic on monthly cash flows.

A cash flow is a sequence: element 0 is paid today, element m at the end of month m; costs are negative.
Amounts are projections in one currency, hence floats; measured money stays DECIMAL in the store.
Formulas: MODEL.md §8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

# Beyond this a yearly rate says only that the outlay is tiny beside what it brings.
HIGHEST_RATE = 1000.0
# Below it nearly the whole outlay is gone, and a rate per year describes nothing.
LOWEST_RATE = -0.99


@dataclass(frozen=True)
class Irr:
    """Internal rate of return per year as a fraction (0.12 = 12 %), or None and the reason."""

    rate: float | None
    reason: str | None = None


def monthly_rate(yearly: float) -> float:
    """The monthly rate that compounds to `yearly` (0.12 = 12 %) in twelve months. Needs yearly > -1."""
    return math.pow(1 + yearly, 1 / 12) - 1


def discounted(flows: Sequence[float], yearly_rate: float) -> list[float]:
    """Each flow in today's money."""
    rate = monthly_rate(yearly_rate)
    return [flow / (1 + rate) ** month for month, flow in enumerate(flows)]


def accumulated(flows: Sequence[float]) -> list[float]:
    """The running sum: what all months so far have brought."""
    return list(accumulate(flows))


def npv(flows: Sequence[float], yearly_rate: float) -> float:
    """Net present value: the sum of the discounted flows."""
    return math.fsum(discounted(flows, yearly_rate))


def payback(flows: Sequence[float]) -> float | None:
    """Months until the cumulative net gain reaches 0, linear within the month; None = never."""
    # A sum of a thousand cents must count as ten dollars although binary fractions miss it by a hair.
    hair = 1e-12 * sum(abs(flow) for flow in flows)
    total = 0.0
    for month, flow in enumerate(flows):
        before, total = total, total + flow
        if total >= -hair:
            return 0.0 if month == 0 else month - 1 + min(1.0, -before / flow)
    return None


def discounted_payback(flows: Sequence[float], yearly_rate: float) -> float | None:
    """As `payback`, in today's money."""
    return payback(discounted(flows, yearly_rate))


def sign_changes(flows: Sequence[float]) -> int:
    """How often the flows change sign; zeros don't count."""
    signs = [flow > 0 for flow in flows if flow != 0]
    return sum(a != b for a, b in pairwise(signs))


def irr(flows: Sequence[float]) -> Irr:
    """The yearly rate at which the NPV is 0, where it is unique: exactly one change of sign (Descartes)."""
    changes = sign_changes(flows)
    if changes == 0:
        return Irr(None, "the cash flow never changes sign, so no rate brings it to 0")
    if changes > 1:
        return Irr(
            None, f"the cash flow changes sign {changes} times, so more than one rate may bring it to 0"
        )
    factor = _root(flows)
    growth = -math.inf if factor is None else -12 * math.log(factor)
    if growth < math.log(1 + LOWEST_RATE):
        return Irr(None, "nearly all of the outlay is lost, which no yearly rate describes")
    if growth > math.log(1 + HIGHEST_RATE):
        return Irr(None, f"above {HIGHEST_RATE:,.0%} a year: the outlay is tiny beside the savings")
    return Irr(math.expm1(growth))


def _root(flows: Sequence[float]) -> float | None:
    """The one positive monthly discount factor x with Σ flow·xᵐ = 0, by bisection; None above 2."""
    low, high = 0.0, 1.0
    rising = next(flow for flow in flows if flow != 0) < 0
    while (_value(flows, high) < 0) == rising:
        low, high = high, high * 2
        if high > 2:
            return None
    for _ in range(200):
        middle = (low + high) / 2
        if (_value(flows, middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return high


def _value(flows: Sequence[float], factor: float) -> float:
    value = 0.0
    for flow in reversed(flows):
        value = value * factor + flow
    return value
