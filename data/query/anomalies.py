"""Days of the period that cost what nobody would expect of their weekday, and the resource that is suspected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from data.economics.anomaly import WEEKS, Episode, Matrix, episodes, floor, judge
from data.filters import Filters
from data.query.billed_only import billed_only
from data.query.provisional import provisional_since
from data.query.runner import ask, ask_rows

Key = tuple[str | None, ...]
KEY = ["dimension", "rung", "model", "account", "kind"]
COLUMNS = (*KEY, "first_day", "last_day", "days", "cost", "expected", "unexpected", "score", "peak_day",
           "peak_unexpected", "resource_id", "resource_kind", "resource_account", "resources")  # fmt: skip
TOTAL: Key = ("total", None, None, None, None)
_NOTHING = pd.DataFrame(columns=list(COLUMNS))
SUSPECTS = (
    12  # rows whose resource is looked up, in the charge lines of nine days each; the largest come first
)


@dataclass(frozen=True)
class Anomalies:
    """found: an episode per row (COLUMNS; money in the view), largest unexpected amount first; its resource is the one
    that moved most on the peak day among those of the kind that moved most, of which `resources` did. Of the `days` of
    the period `judged` could be, `provisional` were left out; the others have too little history. least: money, the
    smallest surprise that counts. usual: money, the median day. unusable: the bills whose effective cost is damaged in
    these days or in the weeks before, by which then no day can be judged."""

    found: pd.DataFrame
    days: int
    judged: int
    provisional: int
    least: float
    usual: float
    unusable: tuple[str, ...] = ()


def anomalies(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> Anomalies:
    """Of the total, each rung, each model, and each account × instance type (else service)."""
    unusable = _unusable(cursor, filters)
    if unusable:
        return Anomalies(_NOTHING, filters.days, 0, 0, 0.0, 0.0, unusable)
    told = ask(cursor, "anomalies", filters.params())
    if not (told["dimension"] == "total").any():
        return Anomalies(_NOTHING, filters.days, 0, 0, 0.0, 0.0)
    series = _Series.of(told, filters)
    total = series.cost[:, [series.keys.index(TOTAL)]]
    since = provisional_since(cursor, filters) or filters.end
    first, last = series.place(filters.start), series.place(min(filters.end, since))
    judged = judge(series.cost, floor(total))
    found = [series.told(episode) for episode in episodes(series.cost, judged, range(first, last))]
    for row, suspect in zip(found, _suspects(cursor, filters, series, found[:SUSPECTS]), strict=False):
        row.update(suspect)
    return Anomalies(
        pd.DataFrame(found, columns=list(COLUMNS)),
        days=filters.days,
        judged=int(judged.told[first:last].sum()),
        provisional=max((filters.end - max(since, filters.start)).days, 0),
        least=floor(total),
        usual=float(np.median(total)),
    )


def _unusable(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> tuple[str, ...]:
    """Days without what a damaged export charged would make each sound one after them a rise."""
    if filters.view != "effective":
        return ()
    return billed_only(cursor, replace(filters, start=filters.start - timedelta(weeks=WEEKS)))


@dataclass(frozen=True)
class _Series:
    """Every day from the first with data to the period's end × key (KEY's values); absent on a day = cost 0 on it."""

    first_day: date
    keys: list[Key]
    cost: Matrix

    @classmethod
    def of(cls, told: pd.DataFrame, filters: Filters) -> _Series:
        told = told.assign(series=told.groupby(KEY, dropna=False, sort=False).ngroup())
        names = told.drop_duplicates("series").sort_values("series")[KEY]
        keys = [tuple(None if pd.isna(v) else str(v) for v in row) for row in names.itertuples(index=False)]
        days = pd.date_range(told["day"].min(), pd.Timestamp(filters.end) - pd.Timedelta(days=1))
        wide = told.pivot_table(index="day", columns="series", values="cost", aggfunc="sum").reindex(days)
        return cls(days[0].date(), keys, wide.fillna(0.0).to_numpy(dtype="float64"))

    def place(self, day: date) -> int:
        """The row of a day, or the nearest there is."""
        return min(max((day - self.first_day).days, 0), len(self.cost))

    def day(self, place: int) -> date:
        return self.first_day + timedelta(days=place)

    def weekdays_before(self, day: date) -> list[date]:
        before = (day - timedelta(weeks=week) for week in range(1, WEEKS + 1))
        return [day for day in before if day >= self.first_day]

    def told(self, episode: Episode) -> dict[str, Any]:
        """An episode as a row of COLUMNS, without a suspect."""
        return dict.fromkeys(COLUMNS) | dict(zip(KEY, self.keys[episode.series], strict=True)) | {
            "first_day": self.day(episode.first), "last_day": self.day(episode.last),
            "days": episode.last - episode.first + 1, "peak_day": self.day(episode.peak),
            "cost": episode.cost, "expected": episode.expected, "unexpected": episode.unexpected,
            "peak_unexpected": episode.peak_unexpected,
            "score": episode.score,
        }  # fmt: skip


def _suspects(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, series: _Series, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """For each row the resource that moved most on the episode's peak day, and how many moved."""
    asked = {
        **filters.params(),
        "days": [row["peak_day"] for row in rows],
        "befores": [series.weekdays_before(row["peak_day"]) for row in rows],
        "signs": [1 if row["unexpected"] > 0 else -1 for row in rows],
        "rungs": [row["rung"] for row in rows],
        "model_names": [row["model"] for row in rows],
        "account_names": [row["account"] for row in rows],
        "kinds": [row["kind"] for row in rows],
    }
    suspects: list[dict[str, Any]] = [{} for _ in rows]
    for found in ask_rows(cursor, "anomaly_suspect", asked) if rows else ():
        suspects[found["place"]] = {
            "resource_id": found["resource_id"],
            "resource_kind": found["kind"],
            "resource_account": found["sub_account_id"],
            "resources": found["resources"],
        }
    return suspects
