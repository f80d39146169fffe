"""The measured ground that an ROI stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from data.economics.roi import HOURS_PER_MONTH, Baseline
from data.filters import Filters
from data.query.runner import ask, ask_row

ALL_MODELS = ""


@dataclass(frozen=True)
class Measured:
    """A baseline and where it comes from. first_day, last_day: on which the model was seen, both inclusive; days: those
    from one to the other that the store knows, without the model too."""

    baseline: Baseline
    first_day: date
    last_day: date
    days: int
    held_hours: float
    allocated_cost: float
    requests: float

    @property
    def monthly_cost(self) -> float:
        """Allocated cost of a month of 730 hours."""
        return self.allocated_cost * HOURS_PER_MONTH / (self.days * 24)


def roi_models(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> tuple[str, ...]:
    """Models with measured GPU hours and traffic, dearest first."""
    return tuple(ask(cursor, "roi_models", filters.params())["model"])


def roi_baseline(cursor: duckdb.DuckDBPyConnection, filters: Filters, model: str) -> Measured | None:
    """The model's measures, volume and rest brought to 730 hours; None without busy hours or requests."""
    row = ask_row(cursor, "roi_baseline", {**filters.params(), "model": model})
    if not row["busy_hours"] or not row["requests_ok"] or not row["price"]:
        return None
    per_month = HOURS_PER_MONTH / (row["days"] * 24)
    baseline = Baseline(
        price=row["price"],
        utilisation=row["utilisation"],
        throughput=row["throughput"],
        volume=float(row["requests_ok"]) * per_month,
        rest=float(row["rest_cost"]) * per_month,
        machine_devices=int(row["machine_devices"]),
    )
    cost = float(row["gpu_cost"] + row["rest_cost"])
    return Measured(
        baseline,
        row["first_day"],
        row["last_day"],
        row["days"],
        row["held_hours"],
        cost,
        float(row["requests_ok"]),
    )
