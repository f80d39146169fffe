"""What an optimisation is worth: from a measured baseline and stated changes to savings, ROI and payback.

Formulas: MODEL.md §8, on the identity of §5: cost per inference = price ÷ (utilisation × throughput).
Money is in one currency, a projection, hence float. No function reads anything: numbers in, numbers out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from data.economics.cashflow import Irr, discounted_payback, irr, npv, payback

HOURS_PER_MONTH = 8760 / 12

# Sources define ROI in conflicting ways: whoever shows one names its form.
Form = Literal["net gain", "gross", "OpEx"]
FORMS: dict[Form, str] = {
    "net gain": "(savings + benefits − upkeep − one-off) ÷ (one-off + upkeep)",
    "gross": "(savings + benefits) ÷ (one-off + upkeep)",
    "OpEx": "(annual baseline − annual optimised − annualised one-off) ÷ annualised one-off; upkeep is in optimised",
}


@dataclass(frozen=True)
class Baseline:
    """What was measured: one model, one period, brought to a month of 730 hours."""

    price: float  # currency per held GPU-hour
    utilisation: float  # busy ÷ held GPU-hours, 0..1
    throughput: float  # successful requests per busy GPU-hour
    volume: float  # successful requests a month
    rest: float = 0.0  # currency a month that no GPU-hour explains (CPU serving, managed); grows with volume
    machine_devices: int = 1  # devices in one billed machine: clouds bill, and take back, whole machines

    def __post_init__(self) -> None:
        measured = {"price": self.price, "utilisation": self.utilisation, "throughput": self.throughput}
        for name, value in measured.items():
            if not value > 0:
                raise ValueError(
                    f"A baseline needs a {name} above 0, not {value}: nothing can be projected from it."
                )


@dataclass(frozen=True)
class Assumptions:
    """What changes, what it costs, and over which time. Every change is 0 until somebody states it."""

    baseline: Baseline
    throughput_change: float = 0.0  # +0.4 = 40 % more requests per busy GPU-hour
    utilisation: float | None = None  # the target, 0..1; None = as measured
    price_change: float = 0.0  # -0.3 = 30 % cheaper GPU-hours
    volume_growth: float = 0.0  # per month
    engineering_days: float = 0.0
    day_rate: float = 0.0
    licences: float = 0.0  # once
    validation: float = 0.0  # validation and testing, once
    upkeep: float = 0.0  # a month: technical debt, licences, re-implementation
    benefits: float = 0.0  # a month, indirect
    horizon: int = 12  # months
    discount_rate: float = 0.0  # a year
    cash_only: bool = False  # count only what the bill falls by, not freed capacity

    @property
    def one_off(self) -> float:
        """I₀: what is paid before the first month."""
        return self.engineering_days * self.day_rate + self.licences + self.validation


@dataclass(frozen=True)
class Month:
    """One month of the projection. cash + freed = baseline - optimised."""

    number: int  # 1 = the first
    volume: float
    baseline_cost: float
    optimised_cost: float
    cash: float  # the bill falls by this much
    freed: float  # capacity on machines that stay; below 0 = spare capacity taken up

    @property
    def savings(self) -> float:
        """Gross savings, before upkeep and one-off cost."""
        return self.cash + self.freed


@dataclass(frozen=True)
class Roi:
    """The answer. Ratios are fractions (1.5 = 150 %); None = undefined, because nothing is spent."""

    months: tuple[Month, ...]
    flows: tuple[float, ...]  # month 0 is -I₀
    savings: float  # as counted: cash and freed, or cash alone
    cash: float
    freed: float
    benefits: float
    one_off: float
    recurring: float
    net_gain: float
    net_form: float | None
    gross_form: float | None
    opex_form: float | None
    cost_subtracted_twice: float | None  # a known mistake; shown as a warning only
    payback: float | None  # months; None = never within the horizon
    discounted_payback: float | None
    npv: float
    irr: Irr

    @property
    def spent(self) -> float:
        """One-off and upkeep over the horizon."""
        return self.one_off + self.recurring

    def ratio(self, form: Form) -> float | None:
        """The ROI in that form."""
        ratios = {"net gain": self.net_form, "gross": self.gross_form, "OpEx": self.opex_form}
        return ratios[form]


def net_gain_roi(gains: float, cost: float) -> float | None:
    """(gains - cost) ÷ cost. Savings of 2.5 × the cost: 150 %."""
    return (gains - cost) / cost if cost > 0 else None


def gross_roi(gains: float, cost: float) -> float | None:
    """gains ÷ cost. Savings of 2.5 × the cost: 250 %."""
    return gains / cost if cost > 0 else None


def roi_with_cost_subtracted_twice(gains: float, cost: float) -> float | None:
    """(net gain - cost) ÷ cost, as some write it. Savings of 2.5 × the cost: 50 %. Only to warn of it."""
    return (gains - cost - cost) / cost if cost > 0 else None


def opex_roi(annual_baseline: float, annual_optimised: float, annual_implementation: float) -> float | None:
    """(annual baseline - annual optimised - annualised implementation) ÷ annualised implementation."""
    if annual_implementation <= 0:
        return None
    return (annual_baseline - annual_optimised - annual_implementation) / annual_implementation


def evaluate(assumptions: Assumptions) -> Roi:
    """Project month by month and sum up. Raises ValueError on a utilisation or horizon that cannot be."""
    _check(assumptions)
    months = tuple(_month(assumptions, number) for number in range(1, assumptions.horizon + 1))
    cash, freed = math.fsum(m.cash for m in months), math.fsum(m.freed for m in months)
    counted = [m.cash if assumptions.cash_only else m.savings for m in months]
    savings = math.fsum(counted)
    benefits = assumptions.benefits * assumptions.horizon
    recurring = assumptions.upkeep * assumptions.horizon
    one_off = assumptions.one_off
    cost, gains = one_off + recurring, savings + benefits
    flows = (-one_off, *(saved + assumptions.benefits - assumptions.upkeep for saved in counted))
    return Roi(
        months=months,
        flows=flows,
        savings=savings,
        cash=cash,
        freed=freed,
        benefits=benefits,
        one_off=one_off,
        recurring=recurring,
        net_gain=gains - cost,
        net_form=net_gain_roi(gains, cost),
        gross_form=gross_roi(gains, cost),
        opex_form=_opex(assumptions, savings, months),
        cost_subtracted_twice=roi_with_cost_subtracted_twice(gains, cost),
        payback=payback(flows),
        discounted_payback=discounted_payback(flows, assumptions.discount_rate),
        npv=npv(flows, assumptions.discount_rate),
        irr=irr(flows),
    )


def cost_per_inference(assumptions: Assumptions) -> tuple[float, float]:
    """Before and after, at the measured volume: price ÷ (utilisation × throughput) + rest per request."""
    first = _month(assumptions, 1)
    return first.baseline_cost / first.volume, first.optimised_cost / first.volume


def _opex(assumptions: Assumptions, savings: float, months: tuple[Month, ...]) -> float | None:
    """The OpEx form over the mean year of the horizon; upkeep is part of what the optimised service costs."""
    years = assumptions.horizon / 12
    baseline = math.fsum(m.baseline_cost for m in months) / years
    optimised = baseline - savings / years + assumptions.upkeep * 12
    return opex_roi(baseline, optimised, assumptions.one_off / years)


def _month(assumptions: Assumptions, number: int) -> Month:
    base = assumptions.baseline
    growth = (1 + assumptions.volume_growth) ** (number - 1)
    volume, rest = base.volume * growth, base.rest * growth
    utilisation = base.utilisation if assumptions.utilisation is None else assumptions.utilisation
    throughput = base.throughput * (1 + assumptions.throughput_change)
    price = base.price * (1 + assumptions.price_change)
    before = volume / (base.utilisation * base.throughput)
    after = volume / (utilisation * throughput)
    whole = _machine_hours(before, base.machine_devices) - _machine_hours(after, base.machine_devices)
    # Fewer hours are cash only by the whole machine; a cheaper hour is cash on every hour that stays on the bill.
    gone = min(max(whole, min(before - after, 0.0)), max(before - after, 0.0))
    return Month(
        number=number,
        volume=volume,
        baseline_cost=before * base.price + rest,
        optimised_cost=after * price + rest,
        cash=gone * base.price + (before - gone) * (base.price - price),
        freed=(before - after - gone) * price,
    )


def _machine_hours(gpu_hours: float, devices: int) -> float:
    """GPU-hours that a month's bill shows when `gpu_hours` are needed and machines come whole."""
    per_machine = devices * HOURS_PER_MONTH
    return math.ceil(gpu_hours / per_machine - 1e-9) * per_machine


def _check(assumptions: Assumptions) -> None:
    target = assumptions.utilisation
    if target is not None and not 0 < target <= 1:
        raise ValueError(f"A utilisation target lies above 0 and at most at 1, not at {target}.")
    if assumptions.horizon < 1:
        raise ValueError(f"A horizon is at least 1 month, not {assumptions.horizon}.")
    if assumptions.throughput_change <= -1 or assumptions.price_change < -1:
        raise ValueError("Throughput must stay above 0 and a price cannot fall below 0.")
