"""The table of budgets."""

from __future__ import annotations

from dashboard.columns import (
    Columns,
    date_column,
    money_column,
    percent_column,
    text_column,
    time_column,
    unit_cost_column,
)
from data.filters import Filters


def totals(filters: Filters) -> Columns:
    """A budget of a month's total per row."""
    return {
        "scope": text_column("budget for"),
        "amount": money_column("budget", filters),
        "spent": money_column("so far", filters),
        "used": percent_column("used"),
        "month_end": money_column("month end at the run rate", filters),
        "over_on": date_column("passed on (UTC)"),
        "who": text_column("set by"),
        "set_at": time_column("set at (UTC)"),
    }


def unit_costs(filters: Filters) -> Columns:
    """A budget of a unit cost per row."""
    return {
        "scope": text_column("budget for"),
        "amount": unit_cost_column("budget per 1k inferences", filters),
        "cost": unit_cost_column("so far per 1k inferences", filters),
        "used": percent_column("used"),
        "who": text_column("set by"),
        "set_at": time_column("set at (UTC)"),
    }
