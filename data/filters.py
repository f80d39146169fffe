"""The one frozen parameter object: what a question is asked about. Periods are whole UTC days, the end
exclusive.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

Basis = Literal["busy", "allocated", "fully loaded"]
View = Literal["effective", "billed", "contracted", "list"]
BASES: tuple[Basis, ...] = get_args(Basis)
VIEWS: tuple[View, ...] = get_args(View)

UNKNOWN = "none"  # stands for NULL in every dimension: a line nobody owns can be asked for

Preset = Literal["7d", "15d", "30d", "90d", "mtd", "last-month", "custom"]
PRESETS: dict[Preset, str] = {
    "7d": "Last 7 days",
    "15d": "Last 15 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "mtd": "Month to date",
    "last-month": "Last month",
    "custom": "Custom range",
}

Compare = Literal["previous", "last-month", "last-year", "custom"]
COMPARES: dict[Compare, str] = {
    "previous": "Previous period",
    "last-month": "A month earlier",
    "last-year": "A year earlier",
    "custom": "Other days",
}


@dataclass(frozen=True)
class Filters:
    """Which days, whose lines, on which basis, in which view, against which other days. An empty tuple means all."""

    start: date
    end: date
    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    basis: Basis = "allocated"
    view: View = "effective"
    currency: str = "USD"
    calendar: bool = (
        False  # one month or its first days: compared with the month before, not with as many days
    )
    compare: Compare = "previous"
    compared: tuple[date, date] | None = None  # of `custom`: the days compared with, the end exclusive

    @property
    def days(self) -> int:
        """Length of the period in days."""
        return (self.end - self.start).days

    @property
    def reconcilable(self) -> bool:
        """Whether `unexplained` exists here: the raw bill knows days, providers and accounts, no teams or
        models.
        """
        return not self.teams and not self.models

    @property
    def narrowed(self) -> dict[str, tuple[str, ...]]:
        """What the question is narrowed to, by dimension; empty where it is about everything."""
        chosen = {
            "provider": self.providers,
            "account": self.accounts,
            "team": self.teams,
            "model": self.models,
        }
        return {dimension: values for dimension, values in chosen.items() if values}

    def previous(self) -> Filters:
        """The same question about the days compared with. The previous period is as long and right before; of a
        calendar month the whole month before, of a month's first days the same days of the month before (all of it,
        where it is shorter). A month or a year earlier are the same days of the calendar.

        Thirty-one days before October would end a September with two ends of a month, and what is charged once a
        month would stand in it twice.
        """
        if self.compare == "custom" and self.compared:
            return replace(self, start=self.compared[0], end=self.compared[1])
        if self.compare in ("last-month", "last-year"):
            return self._earlier(1 if self.compare == "last-month" else 12)
        if not self.calendar:
            return replace(self, start=self.start - timedelta(days=self.days), end=self.start)
        before = self._earlier(1)
        return before if before.end <= self.start else replace(before, end=self.start)

    def _earlier(self, months: int) -> Filters:
        """Whole months against whole months, else as many days from the same day of the month (or its last)."""
        start = months_before(self.start, months)
        end = months_before(self.end, months) if self.whole_month else start + timedelta(days=self.days)
        return replace(self, start=start, end=end)

    @property
    def whole_month(self) -> bool:
        """Whether the period is one calendar month from its first day to its last."""
        return is_month(self.start, self.end)

    def params(self) -> dict[str, object]:
        """The values for a query's named parameters; lists for DuckDB's list functions."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def month_start(day: date) -> date:
    """First day of the day's month."""
    return day.replace(day=1)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last where it is shorter."""
    place = day.year * 12 + day.month - 1 - months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_month(start: date, end: date) -> bool:
    """Whether [start, end) is one calendar month."""
    return start.day == end.day == 1 and month_start(end - timedelta(days=1)) == start


def is_calendar(preset: str, start: date, end: date) -> bool:
    """Whether a period is asked for as a month: by a preset that says so, or by picking exactly one. Any other "last n
    days" is as long as the one before, even where it happens to be a month."""
    return preset in ("mtd", "last-month") or (preset == "custom" and is_month(start, end))


def preset_period(preset: str, last_day: date, custom: tuple[date, ...] = ()) -> tuple[date, date]:
    """Start and exclusive end of a preset, anchored at the data's last day, not at today's clock.

    A custom range holds its first and last day, or only one day (half picked, or a one-day range, whose second date
    the URL drops as a repetition); one that runs backwards, or an unknown preset, falls back to the last 30 days.
    """
    after = last_day + timedelta(days=1)
    if preset == "custom" and custom and custom[0] <= custom[-1]:
        return custom[0], custom[-1] + timedelta(days=1)
    if preset == "mtd":
        return month_start(last_day), after
    if preset == "last-month":
        this_month = month_start(last_day)
        return month_start(this_month - timedelta(days=1)), this_month
    days: Mapping[str, int] = {"7d": 7, "15d": 15, "90d": 90}
    return after - timedelta(days=days.get(preset, 30)), after
