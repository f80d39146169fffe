"""Which versions of a model are live, and which hold devices for little or no traffic (MODEL.md §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.runner import ask

SILENT_DAYS = 7


@dataclass(frozen=True)
class Versions:
    """All versions, dearest first, those of them that could go, and how many are live on the period's last day.

    `rows` has one row per model × version: traffic_share and cost_share within the model (0..1, NULL without traffic
    or cost), cost_per_inference on the filters' basis, gpus and replicas of the period's last 24 hours. Its `candidate`
    says why a version could go: no successful request for the chosen days, or under 1 % of the traffic and more cost.
    `candidates_cost` and `candidates_gpus` are None where not one of theirs is known, and where no version has both
    shares: then whether a version could go is not `told`, and no candidate is not a finding.
    """

    rows: pd.DataFrame
    candidates: pd.DataFrame
    live: int
    live_models: int
    candidates_cost: float | None
    candidates_gpus: int | None
    told: bool


def versions(cursor: duckdb.DuckDBPyConnection, filters: Filters, silent_days: int = SILENT_DAYS) -> Versions:
    """Every version that held devices, cost something or answered; silent = no request for `silent_days`."""
    rows = ask(cursor, "versions", {**filters.params(), "silent_days": silent_days})
    rows["candidate"] = [_reason(row, silent_days) for row in rows.to_dict("records")]
    candidates = rows[rows["candidate"].notna()]
    live = rows[rows["live_now"]]
    told = bool(len(candidates) or rows[["traffic_share", "cost_share"]].notna().all(axis=1).any())
    cost, gpus = (_known_sum(candidates[column]) if told else None for column in ("cost", "gpus"))
    return Versions(
        rows=rows,
        candidates=candidates,
        live=len(live),
        live_models=live["model"].nunique(),
        candidates_cost=cost,
        candidates_gpus=None if gpus is None else int(gpus),
        told=told,
    )


def _known_sum(values: pd.Series) -> float | None:
    """0 of none, None where not one is known."""
    return float(values.sum()) if values.empty or values.notna().any() else None


def versions_by_day(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """day, model, version, requests_ok, silent, traffic_share (of the model that day), cost (allocated)."""
    return ask(cursor, "versions_day", filters.params())


def _reason(row: Mapping[Any, Any], silent_days: int) -> str | None:
    if row["silent"]:
        return f"no request for {silent_days} days"
    if not row["faint"]:
        return None
    newer = row["superseded_by"]
    return f"little traffic, superseded by {newer}" if isinstance(newer, str) else "little traffic"
