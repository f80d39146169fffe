"""A month's budget as cards."""

from __future__ import annotations

from datetime import date

from dashboard import format as fmt
from dashboard.page_parts import Card
from data.economics.budget import Burn
from data.query.budget import MonthDays


def total(burn: Burn, month: date, days: MonthDays, currency: str) -> list[Card]:
    """Used, run rate, month end, and the day on which it is passed."""
    final = max(days.final - days.unknown, 0)
    mean = f"mean of {fmt.days(final)}" if final else "of provisional days"
    passed = fmt.UNKNOWN if burn.over_on is None else fmt.day(month.replace(day=burn.over_on))
    when = "already passed" if burn.is_over else "at the run rate"
    return [
        Card(
            f"{month:%B} budget used",
            fmt.percent(burn.used),
            aside=f"{fmt.short_money(burn.spent, currency)} of {fmt.short_money(burn.budget, currency)}",
        ),
        Card("Run rate a day", fmt.short_money(burn.rate, currency), aside=mean),
        Card("Month end", fmt.short_money(burn.month_end, currency), aside=_against(burn, currency)),
        Card("Passed on", passed, aside="not this month" if burn.over_on is None else when),
    ]


def _against(burn: Burn, currency: str) -> str | None:
    if burn.month_end is None:
        return None
    return f"{fmt.short_money(burn.month_end - burn.budget, currency, plus=True)} against budget"
