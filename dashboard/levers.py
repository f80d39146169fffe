"""The sliders of the ROI page, and what their positions mean: measured values in, `Assumptions` out."""

from __future__ import annotations

import math
from datetime import timedelta

from dashboard import format as fmt
from dashboard.components.live_sliders import Band, Slider
from data.economics.effects import EFFECTS
from data.economics.roi import Assumptions, Baseline
from data.filters import Filters
from data.query.roi_baseline import Measured

CHANGE, COST, TIME = "What changes", "What it costs", "Over which time"


def sliders(measured: Measured, filters: Filters) -> tuple[Slider, ...]:
    """Every lever at its measured value or at no change; the page shows which day range that is."""
    base, currency = measured.baseline, filters.currency
    when = fmt.period(measured.first_day, measured.last_day + timedelta(days=1))
    busy = round(base.utilisation * 100, 1)

    def note(text: str) -> str:
        return f"measured {text}, {when}"

    unit = fmt.symbol(currency).strip()
    large = _round_up(base.volume * base.price / (base.utilisation * base.throughput))
    changes = (
        Slider("throughput", "Throughput", -50, 400, 1, 0, "%", 0,
               note(f"{fmt.short_count(base.throughput)} requests per busy GPU-hour"),
               "More requests per busy GPU-hour: batching, quantisation, a smaller model.", CHANGE,
               _bands("throughput")),
        Slider("utilisation", "Utilisation target", 1, 100, 0.1, max(busy, 1), "%", busy, note(f"{busy:.1f} %"),
               "Busy ÷ held GPU-hours: scaling down at night, sharing machines.", CHANGE),
        Slider("price", "Price of a GPU-hour", -90, 50, 1, 0, "%", 0,
               note(f"{fmt.money(base.price, currency)} per GPU-hour"),
               "Commitments, spot, another provider.", CHANGE, _bands("price")),
        Slider("growth", "Growth of volume", -10, 30, 0.5, 0, "% a month", 0,
               note(f"{fmt.short_count(base.volume)} requests a month"),
               "Compounds from the second month on.", CHANGE),
    )  # fmt: skip
    costs = (
        Slider("days", "Engineering", 0, 365, 1, 0, "days", help="Once.", section=COST),
        Slider("rate", "Rate", 0, 3000, 50, 0, f"{unit} a day", section=COST),
        Slider("licences", "Licences", 0, large, large / 200, 0, unit, help="Once.", section=COST),
        Slider("validation", "Validation and testing", 0, large, large / 200, 0, unit, help="Once.", section=COST),
        Slider("upkeep", "Upkeep", 0, large / 4, large / 400, 0, f"{unit} a month", section=COST,
               help="Technical debt, licences, re-implementation when models change."),
        Slider("benefits", "Indirect benefits", 0, large / 4, large / 400, 0, f"{unit} a month", section=COST,
               help="User experience, headroom, energy, developer velocity: 0 until you set them."),
    )  # fmt: skip
    times = (
        Slider("horizon", "Horizon", 1, 60, 1, 12, "months", section=TIME),
        Slider("discount", "Discount rate", 0, 30, 0.5, 0, "% a year", section=TIME),
    )
    return changes + costs + times


def assumptions(base: Baseline, values: dict[str, float], *, cash_only: bool = False) -> Assumptions:
    """What the sliders say. A utilisation left at its measured tick is the measured one, to the last digit."""
    target = values["utilisation"]
    untouched = math.isclose(target, round(base.utilisation * 100, 1), abs_tol=0.05)
    return Assumptions(
        baseline=base,
        throughput_change=values["throughput"] / 100,
        utilisation=None if untouched else target / 100,
        price_change=values["price"] / 100,
        volume_growth=values["growth"] / 100,
        engineering_days=values["days"],
        day_rate=values["rate"],
        licences=values["licences"],
        validation=values["validation"],
        upkeep=values["upkeep"],
        benefits=values["benefits"],
        horizon=round(values["horizon"]),
        discount_rate=values["discount"] / 100,
        cash_only=cash_only,
    )


def _bands(lever: str) -> tuple[Band, ...]:
    def text(share: float) -> str:
        return f"{share * 100:+.0f}".replace("-", "−") if share else "0"

    return tuple(
        Band(e.low * 100, e.high * 100, f"{text(e.low)} to {text(e.high)} %", e.name, e.source)
        for e in EFFECTS
        if e.lever == lever
    )


def _round_up(monthly: float) -> float:
    """A slider's end: three months of the model's cost, rounded up to 1, 2 or 5 times a power of ten."""
    wanted = max(3 * monthly, 1000.0)
    power = 10 ** math.floor(math.log10(wanted))
    return next(float(step * power) for step in (1, 2, 5, 10) if step * power >= wanted)
