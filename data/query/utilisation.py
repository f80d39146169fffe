"""How busy the devices were: utilisation = busy ÷ observed device-seconds, the gauge mean beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

import duckdb
import numpy as np
import pandas as pd

from data.filters import Filters
from data.query.runner import ask, ask_row

Dimension = Literal["GPU model", "model", "node"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
Measure = Literal["busy time", "gauge mean"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

# Rows of utilisation_by that are no member: what they narrow a number to (data.query.lineage)
GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "GPU model unknown": (("gpu_model", "none"),),
    "(held by nobody)": (("model", "none"), ("state", "free")),
    "(unobserved)": (("model", "none"), ("state", "unobserved")),
    "(other GPU work)": (("model", "none"), ("state", "other"), ("state", "serving")),
}

UNOBSERVED = 255  # billed, no telemetry
ABSENT = 254  # no such device in that hour
FULL = 250  # 100 %
MOST_DEVICES = 1_000


@dataclass(frozen=True)
class Utilisation:
    """Device-hours, of all devices and (`billed_…`) of those on a bill; ratios 0..1; the filters' currency.
    None: nothing observed, and in `billed_…` nothing billed.
    """

    devices: int
    observed_devices: int
    unobserved_nodes: int
    billed_hours: float | None
    observed_hours: float
    held_hours: float | None
    busy_hours: float | None
    billed_observed_hours: float | None
    billed_held_hours: float | None
    billed_busy_hours: float | None
    utilisation: float | None
    gauge_mean: float | None
    cost: Decimal | None
    idle_cost: Decimal | None
    unobserved_cost: Decimal | None

    @property
    def unobserved_hours(self) -> float | None:
        """Billed device-hours without telemetry."""
        if self.billed_hours is None:
            return None
        return self.billed_hours - (self.billed_observed_hours or 0)

    @property
    def unbilled_hours(self) -> float:
        """Observed device-hours that no bill knows."""
        return self.observed_hours - (self.billed_observed_hours or 0)

    def steps(self) -> pd.DataFrame:
        """From billed to busy, without a bill from observed: step, hours (NaN = unknown), share of the first."""
        hours = {"observed": self.observed_hours, "held": self.held_hours, "busy": self.busy_hours}
        if self.billed_hours is not None:
            hours = {
                "billed": self.billed_hours,
                "observed": self.billed_observed_hours,
                "held": self.billed_held_hours,
                "busy": self.billed_busy_hours,
            }
        steps = pd.DataFrame({"step": list(hours), "hours": pd.Series(list(hours.values()), dtype="float64")})
        return steps.assign(share=steps["hours"] / (steps["hours"].iloc[0] or float("nan")))


@dataclass(frozen=True)
class Raster:
    """A row per device, worst first, a column per UTC hour; codes as in utilisation_cells.sql."""

    devices: pd.DataFrame
    codes: np.ndarray[tuple[int, int], np.dtype[np.uint8]]
    truncated: bool


def utilisation(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> Utilisation:
    """The figures of the cards and the funnel."""
    return Utilisation(**ask_row(cursor, "utilisation", filters.params()))


def by_day(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """day, utilisation, gauge_mean, busy_hours, idle_cost, unobserved_hours."""
    return ask(cursor, "utilisation_day", filters.params())


def by(cursor: duckdb.DuckDBPyConnection, filters: Filters, dimension: Dimension) -> pd.DataFrame:
    """One row per value of the dimension, worst utilisation first."""
    return ask(cursor, "utilisation_by", {**filters.params(), "dimension": dimension})


def by_hour_of_week(cursor: duckdb.DuckDBPyConnection, filters: Filters, zone: str = "UTC") -> pd.DataFrame:
    """weekday (1 = Monday), hour, utilisation, gauge_mean, observed_hours; `zone` is an IANA name."""
    return ask(cursor, "utilisation_week", {**filters.params(), "zone": zone})


def raster(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, measure: Measure, limit: int = MOST_DEVICES
) -> Raster:
    """Device × hour, the worst `limit` devices."""
    devices = ask(cursor, "utilisation_devices", {**filters.params(), "limit": limit + 1})
    shown = devices.head(limit)
    ids = shown["device_id"].tolist()
    cells = ask(cursor, "utilisation_cells", {**filters.params(), "devices": ids, "measure": measure})
    codes = np.full((len(ids), filters.days * 24), ABSENT, dtype=np.uint8)
    codes[cells["device"].to_numpy(), cells["hours_in"].to_numpy()] = cells["code"].to_numpy()
    return Raster(shown, codes, truncated=len(devices) > limit)


def device_hours(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, devices: tuple[str, ...]
) -> pd.DataFrame:
    """hour, busy_hours, idle_hours, unobserved_hours, gauge_mean, gauge_max, holders, cost: their sum."""
    return ask(cursor, "device_hours", {**filters.params(), "devices": list(devices)})
