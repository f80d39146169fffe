"""What a budget reads like. Pure text: numbers in, words out."""

from __future__ import annotations

from datetime import date

from dashboard import format as fmt
from data.budgets import Budget
from data.economics.budget import Blame, Burn

LINEAR = (
    "Run rate: the mean of the month's final days, in a straight line; no weekday, season or launch is in it."
)


def name(budget: Budget) -> str:
    """Whose lines, counted how: "team search, billed"."""
    chosen = [
        f"{label} {', '.join(values)}"
        for label, values in zip(("provider", "account", "team", "model"), budget.scope, strict=True)
        if values
    ]
    return f"{'; '.join(chosen) or 'everything'}, {budget.counted_as}"


def total(burn: Burn, month: date, why: tuple[Blame, str] | None, currency: str, *, ended: bool) -> str:
    """Where the month stands, and when the budget is or was passed; `why` it moved, and since what."""
    budget = fmt.short_money(burn.budget, currency)
    if burn.is_over and burn.over_on is not None:
        over = fmt.short_money(burn.spent - burn.budget, currency)
        said = f"{month:%B} is {over} over its budget of {budget}, since {fmt.day(month.replace(day=burn.over_on))}."
        return f"{said}{_blamed(why, currency)}"
    if ended:
        left = fmt.short_money(burn.budget - burn.spent, currency)
        return f"{month:%B} ended {left} under its budget of {budget}."
    if burn.rate is None or burn.month_end is None:
        return f"Of {month:%B}'s budget of {budget} nothing is known yet."
    end = fmt.short_money(burn.month_end, currency)
    at = f"At {fmt.short_money(burn.rate, currency)} a day {month:%B} ends at {end}"
    if burn.over_on is None:
        return (
            f"{at}, {fmt.short_money(burn.budget - burn.month_end, currency)} under its budget of {budget}."
        )
    passed = fmt.day(month.replace(day=burn.over_on))
    over = fmt.short_money(burn.month_end - burn.budget, currency)
    return f"{at}, {over} over its budget of {budget}, which it passes on {passed}.{_blamed(why, currency)}"


def unit(cost: float, budget: float, mix: float | None, currency: str, *, alarm: bool) -> str:
    """A unit cost against its budget, per 1k inferences."""
    said = f"1k inferences cost {fmt.unit_cost(cost, currency)}, budget {fmt.unit_cost(budget, currency)}"
    if cost <= budget:
        return f"{said}."
    if alarm:
        what = "" if mix is None else " for inefficiency: the mix of models does not explain it"
        return f"{said}: over{what}."
    return f"{said}: over for the mix of models ({fmt.unit_cost(mix, currency, plus=True)}), not for inefficiency."


def _blamed(why: tuple[Blame, str] | None, currency: str) -> str:
    if why is None:
        return ""
    blame, against = why
    words = (("growth", blame.growth), ("inefficiency", blame.inefficiency), ("other rungs", blame.other))
    parts = ", ".join(f"{word} {fmt.short_money(amount, currency, plus=True)}" for word, amount in words)
    return f" Against {against}: {parts}."
