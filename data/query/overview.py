"""The Overview's questions: what it cost, on which days, what moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pandas as pd

from data.filters import Filters, is_month, month_start
from data.query.billed_only import billed_only
from data.query.runner import ask, ask_row

MONTH_DAYS = 365.25 / 12  # of a month of mean length


def figures(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Per day (and one first row without a day for the whole period): spend and idle_cost (money in the
    view),
    cost_per_inference (effective view, chosen basis), requests_ok, utilisation and coverage (0..1).
    Empty where no charge falls into the period."""
    found = ask(cursor, "overview", filters.params())
    return found if found["day"].notna().any() else found.iloc[:0]


def spend_by_rung(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """day × rung: cost (money in the view). All rungs of a period sum to the invoice."""
    return ask(cursor, "spend_by_rung", filters.params())


@dataclass(frozen=True)
class HighestDay:
    """The dearest day of AI usage, and the median one it is measured against (money); drivers: kind (instance
    type
    or service), cost, median_cost, excess, resource_id, sub_account_id, resources_up, most excess first."""

    day: date
    cost: float
    median_cost: float
    days: int
    drivers: pd.DataFrame


def highest_day(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> HighestDay | None:
    """The day on which AI usage cost most (no support, tax, credits or fees ahead); None without charges.
    Drivers are empty under a model filter, which a billing line cannot follow."""
    params = filters.params()
    row = ask_row(cursor, "highest_day", params)
    if row["day"] is None or row["cost"] is None:
        return None
    drivers = pd.DataFrame() if filters.models else ask(cursor, "day_driver", {**params, "day": row["day"]})
    return HighestDay(row["day"], row["cost"], row["median_cost"], row["days"], drivers)


def movers(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """model (or rung, where a line has no model): cost, cost_before, change (money), largest change first."""
    before = filters.previous()
    return ask(cursor, "movers", {**filters.params(), "before": before.start, "before_end": before.end})


@dataclass(frozen=True)
class MonthSoFar:
    """Money from the month's first day through the data's last day. A `whole` month is compared with the whole month
    before (`compared`): `so_far_shared` is `so_far`. Of a partial one `so_far_shared` and `before` are the first
    `shared_days` of either: the days that exist in both. `known_days`: of its `days`, those since the data begins.
    """

    month: date
    compared: date
    days: int
    known_days: int
    whole: bool
    shared_days: int
    so_far: float | None
    so_far_shared: float | None
    before: float | None

    @property
    def normalised(self) -> float | None:
        """What so many days would come to in a month of mean length, so that February is fair."""
        return normalised_month(self.so_far, self.known_days)

    @property
    def normalised_before(self) -> float | None:
        """The same of a whole month before; None where only its first days are compared."""
        return normalised_month(self.before, (self.month - self.compared).days) if self.whole else None


def normalised_month(spend: float | Decimal | None, days: int) -> float | None:
    """Spend ÷ days × 30.4375 (a year of 365.25 days ÷ 12)."""
    return None if spend is None else float(spend) / days * MONTH_DAYS


def month_so_far(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, first_day: date, last_day: date
) -> MonthSoFar:
    """What the month of the data's last day cost so far, whole months compared whole.
    None in the effective view where an export's effective cost is unusable: a sum would leave out its charges.
    """
    month = month_start(last_day)
    before = month_start(month - timedelta(days=1))
    after = last_day + timedelta(days=1)
    whole = is_month(month, after)
    shared = min(after - month, month - before)
    ends = {
        "month_end": after,
        "shared_end": after if whole else month + shared,
        "before_end": month if whole else before + shared,
    }
    row = ask_row(cursor, "month_so_far", {**filters.params(), "month": month, "before": before, **ends})
    if filters.view == "effective":
        if billed_only(cursor, replace(filters, start=month, end=after)):
            row["so_far"] = row["so_far_shared"] = None
        if billed_only(cursor, replace(filters, start=before, end=month)):
            row["before"] = None
    days, known = (after - month).days, (after - max(month, first_day)).days
    return MonthSoFar(
        month, before, days, known, whole, shared.days, row["so_far"], row["so_far_shared"], row["before"]
    )
