"""The tables of the utilisation: the steps from billed to busy, the week, and one row per device, model or node."""

from __future__ import annotations

from dashboard.columns import (
    Columns,
    count_column,
    hours_column,
    money_column,
    percent_column,
    text_column,
)
from data.filters import Filters
from data.query.utilisation import Dimension

BUSY = "Busy ÷ observed device-seconds: a second is busy when the device's signal is above 1 %."
GAUGE = "Mean of the utilisation gauge over the observed time: how hard, where busy time says how long."


def steps(first: str) -> Columns:
    """Step from the first (billed, else observed) to busy."""
    return {
        "step": text_column("Step"),
        "hours": hours_column("Device-hours"),
        "share": percent_column(f"Share of {first}"),
    }


def week(zone: str) -> Columns:
    """Weekday × hour, in the viewer's zone or UTC."""
    return {
        "weekday": count_column("Weekday (1 = Monday)"),
        "hour": count_column(f"Hour ({zone})"),
        "utilisation": percent_column("Utilisation (busy time)", BUSY),
        "gauge_mean": percent_column("Gauge mean", GAUGE),
        "observed_hours": hours_column("Observed device-hours"),
    }


def devices(filters: Filters) -> Columns:
    """Device."""
    return {
        "device_id": text_column("GPU", width=260),
        "node": text_column("Node"),
        "gpu_model": text_column("GPU model"),
        "resource_id": text_column("Resource id"),
        "devices": count_column("GPUs"),
        "utilisation": percent_column("Utilisation (busy time)", BUSY),
        "gauge_mean": percent_column("Gauge mean", GAUGE),
        **{
            f"{part}_hours": hours_column(f"{part.capitalize()} device-hours")
            for part in ("billed", "observed", "held", "busy", "unobserved")
        },
        "cost": money_column("Cost", filters),
        "idle_cost": money_column("Idle cost", filters),
    }


def groups(dimension: Dimension, filters: Filters) -> Columns:
    """Value of the dimension."""
    label = dimension if dimension == "GPU model" else dimension.capitalize()
    return {"name": text_column(label, width=None if dimension == "GPU model" else 260), **devices(filters)}
