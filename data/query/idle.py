"""Which GPUs were paid for and did nothing, by signal, threshold and window (MODEL.md §6)."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.runner import ask
from data.query.utilisation import utilisation

THRESHOLDS = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1)
DEFAULT_THRESHOLD = 0.01
DEFAULT_WINDOW = 30  # minutes
ENOUGH_EVIDENCE = 0.8
SAVING = ["cash", "whole_hours", "cash_devices", "dark_cost", "dark_hours"]
STATES = {"serving": "warm idle", "other": "held idle", "free": "unallocated"}


@dataclass(frozen=True)
class IdleState:
    """One state's part: money in the filters' currency (None = no bill tells it), device-hours."""

    cost: float | None
    hours: float


@dataclass(frozen=True)
class Idle:
    """Findings with enough evidence, worst first, and what they add up to; the withheld ones stand beside.

    unallocated cost = cash + freed: cash is what the bill would have fallen by, freed is free capacity on machines
    that stay or that a commitment pays for; `cash_devices` and `freed_devices` count the GPUs, each once, where the
    larger part of its money is. Warm and held idle are neither. `signals` names what idleness was read from;
    `by_state` has warm idle, held idle and unallocated, of which dark is part. Money that no bill tells is None.
    `observed` says whether telemetry saw any GPU of the selection: without, no findings means nothing.
    """

    findings: pd.DataFrame
    withheld: pd.DataFrame
    withheld_cost: float | None
    signals: tuple[str, ...]
    by_state: dict[str, IdleState]
    dark: IdleState
    cost: float | None
    hours: float
    cash: float | None
    cash_devices: int
    freed: float | None
    freed_devices: int
    observed: bool


def idle(cursor: duckdb.DuckDBPyConnection, filters: Filters, threshold: float, window_minutes: int) -> Idle:
    """Idle at signal <= threshold (one of THRESHOLDS) for at least the window, unbroken."""
    params = _params(filters, threshold, window_minutes)
    rows = _with_saving(ask(cursor, "idle_findings", params), ask(cursor, "idle_saving", params))
    rows["freed"] = (rows["cost"] - rows["cash"]).where(rows["state"] == "free", 0.0)
    rows["cash_per_month"] = rows["cost_per_month"] * (rows["cash"] / rows["cost"])
    rows["state"] = rows["state"].map(STATES)
    rows["device_ids"] = [tuple(ids) for ids in rows["device_ids"]]
    told = rows["coverage"].fillna(0.0) >= ENOUGH_EVIDENCE
    findings = rows[told].reset_index(drop=True)
    free = findings[findings["state"] == "unallocated"]  # held devices are no saving, whatever they cost
    by_state = {
        name: IdleState(_money(part["cost"]), float(part["hours"].sum()))
        for name in STATES.values()
        for part in (findings[findings["state"] == name],)
    }
    return Idle(
        findings=findings,
        withheld=rows[~told].reset_index(drop=True),
        withheld_cost=_money(rows.loc[~told, "cost"]),
        signals=tuple(sorted(rows["signal"].dropna().str.split(", ").explode().unique())),
        by_state=by_state,
        dark=IdleState(_money(findings["dark_cost"]), float(findings["dark_hours"].sum())),
        cost=_money(findings["cost"]),
        hours=float(findings["hours"].sum()),
        cash=_money(free["cash"]),
        cash_devices=int(findings["cash_devices"].sum()),
        freed=_money(free["freed"]),
        freed_devices=int(findings["freed_devices"].sum()),
        observed=utilisation(cursor, filters).observed_devices > 0,
    )


def _money(amounts: pd.Series) -> float | None:
    """Their sum: 0 of none, None where not one is known."""
    return float(amounts.sum()) if amounts.empty or amounts.notna().any() else None


def _with_saving(rows: pd.DataFrame, saving: pd.DataFrame) -> pd.DataFrame:
    """The findings with what their machine's free time is worth, 0 where they are of held devices. A finding's cost
    bounds it: free time is taken by the hour, a run's money by the second."""
    rows = rows.merge(saving, on="machine", how="left")
    rows[SAVING] = rows[SAVING].where(rows["state"] == "free").fillna(0)
    for money in ("cash", "dark_cost"):
        rows[money] = rows[[money, "cost"]].min(axis=1).where(rows["cost"].notna())
    counts = ["whole_hours", "cash_devices"]
    rows[counts] = rows[counts].astype(int)
    rows["freed_devices"] = (rows["devices"] - rows["cash_devices"]).where(rows["state"] == "free", 0)
    return rows


def idle_by_day(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, threshold: float, window_minutes: int
) -> pd.DataFrame:
    """day, state (warm idle, held idle, unallocated), hours, cost; findings with thin evidence included."""
    days = ask(cursor, "idle_day", _params(filters, threshold, window_minutes))
    days["state"] = days["state"].map(STATES)
    return days


def _params(filters: Filters, threshold: float, window_minutes: int) -> dict[str, object]:
    if threshold not in THRESHOLDS:
        known = ", ".join(f"{t:.1%}" for t in THRESHOLDS)
        raise ValueError(f"Idle runs are kept at {known}, not at {threshold:.1%}.")
    return {**filters.params(), "threshold": threshold, "window": window_minutes * 60}
