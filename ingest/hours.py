"""The hours that a load of telemetry or traffic replaces, and those at its ends that stay as they were."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from data.load import Load
from ingest.telemetry.staging import run_each, statement

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Hours:
    """Whole hours, [start, end). partial: those of them that the load may tell only a part of."""

    start: datetime
    end: datetime
    partial: tuple[datetime, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def around(cls, first: datetime, last: datetime) -> Hours:
        """The hours from the first to the last row of files, which begin and end where a rotation cut them."""
        start, final = _hour(first), _hour(last)
        cut = (
            {final} if first == start else {start, final}
        )  # a row on the hour begins it, none is known to end it
        return cls(start, final + HOUR, tuple(sorted(cut)))

    @property
    def months(self) -> list[date]:
        """Every month that has one of the hours."""
        last = (self.end - timedelta(microseconds=1)).date()
        months = [self.start.date().replace(day=1)]
        while (following := _next_month(months[-1])) <= last:
            months.append(following)
        return months


def settle(load: Load, hours: Hours) -> tuple[Hours | None, list[str]]:
    """Puts what the load wrote in the place of what its source held before; to be called when it is written.

    A partial hour that the source held more of before stays, and the load's rows of it go, unless `load.again`.
    Answers the hours replaced, None = none at all, and a note on each hour that stays.
    """
    kept = [] if load.again else _fuller_before(load, hours)
    for hour in kept:
        _take_out(load, hour, hour + HOUR, ours=True)
    start = hours.start + HOUR if hours.start in kept else hours.start
    end = hours.end - HOUR if hours.end - HOUR in kept else hours.end
    notes = [
        f"{hour:%Y-%m-%d %H:%M} is kept as loaded before: this load tells only a part of it (--replace takes it all "
        "the same)"
        for hour in kept
    ]
    if start >= end:
        return None, notes
    _take_out(load, start, end, ours=False)
    return Hours(start, end), notes


def rows_written(load: Load) -> int:
    """The device hours and traffic rows that the load has in the store."""
    ((rows,),) = load.con.execute(statement("rows_written"), {"load_id": load.load_id}).fetchall()
    return int(rows)


def _fuller_before(load: Load, hours: Hours) -> list[datetime]:
    if not hours.partial:
        return []
    asked = {
        "source": load.source,
        "load_id": load.load_id,
        "first": hours.partial[0],
        "last": hours.partial[-1],
    }
    return [hour for (hour,) in load.con.execute(statement("fuller_before"), asked).fetchall()]


def _take_out(load: Load, start: datetime, end: datetime, *, ours: bool) -> None:
    """Takes [start, end) out of what this load wrote, or out of what its source held before."""
    which = {"source": load.source, "load_id": load.load_id, "ours": ours, "start": start, "end": end}
    for name in ("take_out_hours", "take_out_stretches"):
        run_each(load.con, statement(name), which)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
