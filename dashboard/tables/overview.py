"""The Overview's tables: spend per day, what drove a day, what moved."""

from __future__ import annotations

from dashboard.columns import Columns, count_column, date_column, money_column, money_columns, text_column
from data.filters import Filters


def spend_by_rung(filters: Filters) -> Columns:
    """UTC day × rung."""
    return {
        "day": date_column("day (UTC)"),
        "rung": text_column("rung"),
        "cost": money_column("cost", filters),
    }


def drivers(filters: Filters) -> Columns:
    """What rose on one day, against its median day."""
    return {
        "kind": text_column("instance type or service"),
        "cost": money_column("cost of the day", filters),
        "median_cost": money_column("median day", filters),
        "excess": money_column("above it", filters),
        "resource_id": text_column("resource"),
        "sub_account_id": text_column("account"),
        "resources_up": count_column("resources that rose"),
    }


def movers(filters: Filters) -> Columns:
    """Model, else rung, of two periods."""
    return money_columns(filters, "cost", "cost_before", "change")
