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

UNOBSERVED = 255  # billed, no telemetry
ABSENT = 254  # no such device in that hour
FULL = 250  # 100 %
MOST_DEVICES = 1_000


@dataclass(frozen=True)
class Utilisation:
    """Device-hours from billed to busy; ratios 0..1, None = nothing observed; the filters' currency."""

    devices: int
    observed_devices: int
    unobserved_nodes: int
    billed_hours: float
    observed_hours: float
    held_hours: float
    busy_hours: float
    unbilled_hours: float
    utilisation: float | None
    gauge_mean: float | None
    cost: Decimal | None
    idle_cost: Decimal | None
    unobserved_cost: Decimal | None

    @property
    def unobserved_hours(self) -> float:
        """Billed device-hours without telemetry."""
        return self.billed_hours - self.observed_hours

    def steps(self) -> pd.DataFrame:
        """From billed to busy: step, hours, share (of the billed hours, NaN without any)."""
        hours = [self.billed_hours, self.observed_hours, self.held_hours, self.busy_hours]
        steps = pd.DataFrame({"step": ["billed", "observed", "held", "busy"], "hours": hours})
        return steps.assign(share=steps["hours"] / (self.billed_hours or float("nan")))


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
