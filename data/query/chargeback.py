"""What each team, or model, pays for the devices, under three rules that distribute the same total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd

from data.economics.chargeback import Demand, Shapley, shapley, split
from data.filters import Filters
from data.query.runner import ask, ask_rows

By = Literal["team", "model"]
COLUMNS = ("member", "reserved", "used", "shapley", "shapley_error", "busy_share")


@dataclass(frozen=True)
class Chargeback:
    """shares: member, reserved, used, shapley (Decimal money, each column sums to `total`; None = cannot be told),
    shapley_error (money, 0 where exact), busy_share (0..1 of its reserved cost), most reserved first. unobserved:
    device cost in no rule. peak: money per hour of what all need in their most expensive hour; permutations: drawn,
    None = exact."""

    shares: pd.DataFrame
    total: Decimal
    unobserved: Decimal
    peak: float
    permutations: int | None


def chargeback(cursor: duckdb.DuckDBPyConnection, filters: Filters, by: By) -> Chargeback | None:
    """Of the observed device cost of the period (effective view); None where there is none."""
    asked = {**filters.params(), "by": by}
    costs = ask_rows(cursor, "chargeback_cost", asked)
    members = sorted({row["member"] for row in costs if row["reserved"]})
    if not members:
        return None
    reserved = _by_member(costs, members, "reserved")
    busy = _by_member(costs, members, "busy_cost")
    demand = _demand(ask(cursor, "chargeback", asked), costs, members)
    value = shapley(demand)
    total = sum(reserved, Decimal(0))
    return Chargeback(
        _shares(members, reserved, busy, value, total),
        total,
        sum((row["unobserved"] or Decimal(0) for row in costs), Decimal(0)),
        demand.peak(range(len(members))),
        value.permutations,
    )


def _shares(
    members: list[str], reserved: list[Decimal], busy: list[Decimal], value: Shapley, total: Decimal
) -> pd.DataFrame:
    nothing: list[Decimal | None] = [None] * len(members)
    # a bill that takes back more of a device's time than it charges gives nobody a negative share
    used = split(total, [max(float(cost), 0.0) for cost in busy]) or nothing
    fair = split(total, [max(worth, 0.0) for worth in value.value]) or nothing
    scale = float(total) / (sum(value.value) or 1.0)
    rows = [
        (member, held, use, worth, scale * error, float(work / held) if held else None)
        for member, held, use, worth, error, work in zip(
            members, reserved, used, fair, value.error, busy, strict=True
        )
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(["reserved", "member"], ascending=[False, True], ignore_index=True)


def _by_member(costs: list[dict[str, Any]], members: Sequence[str], column: str) -> list[Decimal]:
    return [
        sum((row[column] or Decimal(0) for row in costs if row["member"] == member), Decimal(0))
        for member in members
    ]


def _demand(work: pd.DataFrame, costs: list[dict[str, Any]], members: list[str]) -> Demand:
    """Hours in which nothing worked are no peak, so they are left out."""
    kinds = sorted({row["kind"] for row in costs})
    work = work[work["member"].isin(members)]
    hours, places = np.unique(work["hour"].to_numpy(), return_inverse=True)
    devices = np.zeros((len(hours), len(members), len(kinds)))
    member = work["member"].map({name: place for place, name in enumerate(members)}).to_numpy(dtype="int64")
    kind = work["kind"].map({name: place for place, name in enumerate(kinds)}).to_numpy(dtype="int64")
    devices[places, member, kind] = work["busy_hours"].to_numpy(dtype="float64")
    size = _of_kind(kinds, costs, lambda rows: max(row["machine_devices"] or 1 for row in rows))
    return Demand(devices, np.maximum(size, 1.0), _of_kind(kinds, costs, _price))


def _price(rows: list[dict[str, Any]]) -> float:
    """Effective $/GPU-hour of a kind: Σ cost ÷ billed device-hours."""
    hours = sum(row["device_hours"] or 0.0 for row in rows)
    return float(sum(row["cost"] or 0 for row in rows)) / hours if hours else 0.0


def _of_kind(
    kinds: list[str], costs: list[dict[str, Any]], value: Callable[[list[dict[str, Any]]], float]
) -> np.ndarray:
    return np.array([value([row for row in costs if row["kind"] == kind]) for kind in kinds], dtype="float64")
