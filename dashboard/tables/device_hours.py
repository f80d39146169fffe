"""What some devices did, hour by hour."""

from __future__ import annotations

from dashboard.columns import Columns, hours_column, minute_column, money_column, percent_column, text_column
from data.filters import Filters


def hours(filters: Filters) -> Columns:
    """UTC hour."""
    return {
        "hour": minute_column("Hour (UTC)"),
        "busy_hours": hours_column("Busy device-hours"),
        "idle_hours": hours_column("Idle device-hours"),
        "unobserved_hours": hours_column("Unobserved device-hours"),
        "gauge_mean": percent_column("Gauge mean"),
        "gauge_max": percent_column("Gauge max"),
        "holders": text_column("Held by"),
        "cost": money_column("Cost", filters),
    }
