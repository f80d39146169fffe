"""How a figure is compared: which way it moved, and against which days."""

from __future__ import annotations

from dashboard import format as fmt
from data.filters import Filters

UNCHANGED = 0.005  # a ratio that moved by less than half a percent reads as unchanged


def moved(relative: float | None) -> str:
    """ "rose 12.0 %", "fell 3.1 %", "is unchanged"."""
    if relative is None:
        return "has nothing to compare with"
    if abs(relative) < UNCHANGED:
        return "is unchanged"
    return f"{'rose' if relative > 0 else 'fell'} {fmt.percent(abs(relative))}"


def period_before(filters: Filters) -> str:
    """What the period is compared with: "the 30 days before", "the day before", "September", "the same days of
    September" ("all of February" against more days than it has), "Oct 3 – Oct 9, 2026" where other days were chosen."""
    before = filters.previous()
    if filters.compare == "previous" and not filters.calendar:
        return "the day before" if filters.days == 1 else f"the {fmt.days(filters.days)} before"
    name = f"{before.start:%B}" if before.start.year == filters.start.year else f"{before.start:%B %Y}"
    if before.whole_month and (filters.whole_month or filters.days > before.days):
        return name if filters.whole_month else f"all of {name}"
    if filters.calendar and filters.compare != "custom":
        return f"the same days of {name}"
    return fmt.period(before.start, before.end)
