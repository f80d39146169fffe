"""What the weekly pack says: every question asked once, of one snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from data.annotations import Annotation, noted
from data.filters import Filters
from data.people import PeopleFileUnusable
from data.pointer import Snapshot
from data.query import idle, overview, provenance, unit_cost
from data.query.anomalies import Anomalies, anomalies
from data.query.billed_only import billed_only
from data.query.bridge import Bridge, spend_bridge, unit_bridge
from data.query.choices import choices
from data.query.idle import DEFAULT_THRESHOLD, DEFAULT_WINDOW, Idle
from data.query.trust import Trust, trust
from data.snapshot import Reader

MOST = 10  # rows of a table in the pack; the workbook has all


class NothingToReport(LookupError):
    """The week lies outside the data, or is no week; the message says what there is."""


@dataclass(frozen=True)
class Pack:
    """One week of a snapshot. Frames are those of data.query; `before` and the bridges are None where the week before
    is not wholly in the data, or its effective cost is unusable; `notes` where they cannot be read."""

    week: str
    filters: Filters
    snapshot: Snapshot
    trust: Trust
    damaged: tuple[str, ...]
    now: pd.Series
    before: pd.Series | None
    spend_bridge: Bridge | None
    unit_bridge: Bridge | None
    movers: pd.DataFrame
    versions: pd.DataFrame
    ladder: pd.DataFrame
    unexpected: Anomalies
    idle: Idle
    notes: tuple[Annotation, ...] | None


def week_of(text: str) -> tuple[date, date]:
    """Monday and the Monday after of an ISO week: 2026-W43. Raises NothingToReport."""
    try:
        start = date.fromisoformat(f"{text}-1")
    except ValueError:
        start = None
    if start is None or "W" not in text:
        raise NothingToReport(f"'{text}' is no ISO week. Write one like 2026-W43.")
    return start, start + timedelta(days=7)


def last_week(last_day: date) -> str:
    """The last ISO week that ends with or before the data's last day."""
    sunday = last_day - timedelta(days=last_day.isoweekday() % 7)
    year, week, _ = sunday.isocalendar()
    return f"{year}-W{week:02}"


def gather(reader: Reader, week: str | None = None, asked: Filters | None = None) -> Pack:
    """The pack of a week (the last whole one by default); `asked` tells basis, view, currency and what is narrowed.

    Raises NothingToReport, NoSnapshot.
    """
    fixed = reader.at(reader.snapshot.generation)
    cursor = fixed.cursor()
    offered = choices(cursor)
    currency = asked.currency if asked else next(iter(offered.currencies), "USD")
    if currency not in offered.days:
        there = ", ".join(offered.days) or "none"
        raise NothingToReport(f"The store holds no charges in {currency}. There are charges in: {there}.")
    first, last = offered.days[currency]
    week = week or last_week(last)
    filters = replace(_about(week, asked, first, last), currency=currency)
    damaged = billed_only(cursor, filters)
    if damaged and filters.view == "effective":
        filters = replace(filters, view="billed")
    figures = overview.figures(cursor, filters)
    if figures.empty:
        raise NothingToReport(
            f"No charge of week {week} passes these filters. Ask for more, or for another week."
        )
    reaches = first <= filters.previous().start
    effective = reaches and not damaged and not billed_only(cursor, filters.previous())
    compared = effective if filters.view == "effective" else reaches
    before = overview.figures(cursor, filters.previous()) if compared else figures.iloc[:0]
    return Pack(
        week=week,
        filters=filters,
        snapshot=fixed.snapshot,
        trust=trust(cursor, filters),
        damaged=damaged,
        now=figures.iloc[0],
        before=None if before.empty else before.iloc[0],
        spend_bridge=spend_bridge(cursor, filters) if compared else None,
        unit_bridge=unit_bridge(cursor, filters) if effective else None,
        movers=overview.movers(cursor, filters) if compared else pd.DataFrame(),
        versions=unit_cost.costs(cursor, filters, "version"),
        ladder=provenance.ladder(cursor, filters),
        unexpected=anomalies(cursor, filters),
        idle=idle.idle(cursor, filters, DEFAULT_THRESHOLD, DEFAULT_WINDOW),
        notes=_noted(reader.home, filters),
    )


def _noted(home: Path, filters: Filters) -> tuple[Annotation, ...] | None:
    """None where they cannot be read: the pack then says so, rather than not be there on Monday."""
    try:
        return noted(home, filters)
    except PeopleFileUnusable:
        return None


def _about(week: str, asked: Filters | None, first: date, last: date) -> Filters:
    """The week's days that the data holds, against the week before. Raises NothingToReport where it holds none."""
    start, end = week_of(week)
    if start > last or end <= first:
        raise NothingToReport(
            f"Week {week} ({start} to {end - timedelta(days=1)}) lies outside the data, which reaches from {first} to "
            f"{last}. Ask for one of these weeks."
        )
    # of a week that the data does not hold whole, the days that it holds, against the same days of the week before:
    # six days against seven would call the missing one less traffic
    held = max(start, first), min(end, last + timedelta(days=1))
    about = replace(
        asked or Filters(*held), start=held[0], end=held[1], calendar=False, compare="previous", compared=None
    )
    if held == (start, end):
        return about
    week_before = timedelta(days=7)
    return replace(about, compare="custom", compared=(held[0] - week_before, held[1] - week_before))
