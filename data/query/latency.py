"""What speed costs: latency of each model version beside its cost per inference, and the price of a service level."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from data.economics.histogram import merged
from data.economics.pareto import frontier
from data.filters import Filters
from data.query import unit_cost
from data.query.runner import ask_rows

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
DAYS_A_MONTH = 30.4375
COLUMNS = [
    "model",
    "version",
    *QUANTILES,
    "measured",
    "requests_ok",
    "cost",
    "cost_per_1k",
    "within",
    "on_frontier",
]


def trade_off(cursor: duckdb.DuckDBPyConnection, filters: Filters, limit: float) -> pd.DataFrame:
    """model, version: p50, p95, p99 (s, end to end; infinite = above the last bucket), measured (requests with a
    latency), requests_ok, cost, cost_per_1k (chosen basis), within (share of measured requests at most `limit` s),
    on_frontier (no version of the same model is cheaper with a p99 as low). Only versions with latency and cost."""
    told: dict[tuple[str | None, str | None], list[tuple[float, float]]] = {}
    for row in ask_rows(cursor, "latency", filters.params()):
        told.setdefault((row["model"], row["version"]), []).append((row["le"], row["requests"]))
    costs = unit_cost.costs(cursor, filters, "version")
    rows = []
    for _, cost in costs[costs["cost_per_1k"].notna()].iterrows():
        version = None if pd.isna(cost["version"]) else cost["version"]
        buckets = told.get((cost["model"], version))
        if not buckets:
            continue
        histogram = merged(buckets)
        latencies = [histogram.quantile(q) for q in QUANTILES.values()]
        money = [cost[name] for name in ("requests_ok", "cost", "cost_per_1k")]
        rows.append(
            [
                cost["model"],
                version,
                *latencies,
                histogram.total,
                *money,
                histogram.share_within(limit),
                False,
            ]
        )
    found = pd.DataFrame(rows, columns=COLUMNS)
    for _, group in found.groupby("model"):
        best = frontier(list(zip(group["p99"], group["cost_per_1k"], strict=True)))
        found.loc[group.index, "on_frontier"] = best
    return found.sort_values("cost", ascending=False, ignore_index=True)


@dataclass(frozen=True)
class ServiceLevel:
    """What a model's p99 below a limit costs more than its cheapest version, at this period's volume.

    kept, cheapest: (version, p99, cost per 1k) of the cheapest version that keeps it, and of all; kept None = none.
    """

    model: str
    requests_per_month: float
    cheapest: tuple[str | None, float, float]
    kept: tuple[str | None, float, float] | None

    @property
    def price(self) -> float | None:
        """Money per month; None where no measured version keeps it: nothing is extrapolated."""
        if self.kept is None:
            return None
        return (self.kept[2] - self.cheapest[2]) / 1000 * self.requests_per_month


def service_levels(found: pd.DataFrame, filters: Filters, limit: float) -> list[ServiceLevel]:
    """Each model with at least two measured versions: those for which the level costs most, then those that miss it."""
    levels = []
    for model, group in found.groupby("model", sort=False):
        if len(group) < 2:
            continue
        points = sorted(
            zip(group["version"], group["p99"], group["cost_per_1k"], strict=True), key=lambda p: p[2]
        )
        kept = next((point for point in points if point[1] <= limit), None)
        monthly = float(group["requests_ok"].sum()) / filters.days * DAYS_A_MONTH
        levels.append(ServiceLevel(str(model), monthly, points[0], kept))
    return sorted(levels, key=lambda level: -1.0 if level.price is None else level.price, reverse=True)
