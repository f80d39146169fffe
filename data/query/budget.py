"""What a month's budget is measured against: its days so far, and what moved since the month before."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import pandas as pd

from data.economics.budget import Blame, blame
from data.filters import Filters
from data.query import overview
from data.query.billed_only import billed_only
from data.query.bridge import spend_bridge, unit_bridge
from data.query.provisional import provisional_since

PER = 1000  # unit costs are per so many inferences


@dataclass(frozen=True)
class MonthDays:
    """by_day: cost of each day from the month's first (money in the view), of which the first `unknown` came before all
    data and no bill changes the first `final`; `days` has the whole month."""

    by_day: tuple[float, ...]
    days: int
    final: int
    unknown: int


@dataclass(frozen=True)
class UnitMonth:
    """cost: per 1k inferences on the basis (effective view). causes: what moved it since the month before, likewise,
    None where that has none."""

    cost: float
    causes: dict[str, float] | None


def month_days(cursor: duckdb.DuckDBPyConnection, filters: Filters, first_day: date) -> MonthDays | None:
    """The filters' month (start = its first day; end = the day after the last with data). `first_day`: of all data.
    None where the effective cost of an export is unusable: a sum would leave out its charges."""
    if filters.view == "effective" and billed_only(cursor, filters):
        return None
    spend = overview.spend_by_rung(cursor, filters).groupby("day")["cost"].sum()
    every = pd.date_range(filters.start, filters.end, inclusive="left")
    by_day = spend.reindex(every, fill_value=0.0) if len(spend) else pd.Series(0.0, index=every)
    since = provisional_since(cursor, filters) or filters.end
    return MonthDays(
        tuple(float(cost) for cost in by_day),
        days=monthrange(filters.start.year, filters.start.month)[1],
        final=min(max((since - filters.start).days, 0), filters.days),
        unknown=min(max((first_day - filters.start).days, 0), filters.days),
    )


def month_blame(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> Blame | None:
    """Why the month's days cost more or less than the same days of the month before; None where these are unusable."""
    if filters.view == "effective" and billed_only(cursor, filters.previous()):
        return None
    causes = spend_bridge(cursor, filters).causes
    return blame(dict(zip(causes["cause"], causes["amount"], strict=True)))


def unit_month(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> UnitMonth | None:
    """Cost per 1k inferences of the month so far; None where nobody counted any."""
    filters = replace(filters, view="effective")
    if billed_only(cursor, filters):
        return None
    figures = overview.figures(cursor, filters)
    cost = None if figures.empty else figures["cost_per_inference"].iloc[0]
    if cost is None or pd.isna(cost):
        return None
    told = None if billed_only(cursor, filters.previous()) else unit_bridge(cursor, filters)
    causes = told.causes if told else None
    return UnitMonth(
        PER * float(cost),
        None
        if causes is None
        else {c: PER * a for c, a in zip(causes["cause"], causes["amount"], strict=True)},
    )


def month_of(filters: Filters, last_day: date) -> tuple[date, date]:
    """First day and exclusive end of the month in which the period ends, as far as there is data."""
    last = min(filters.end - timedelta(days=1), last_day)
    start = last.replace(day=1)
    end = min(start.replace(day=monthrange(start.year, start.month)[1]), last_day) + timedelta(days=1)
    return start, end
