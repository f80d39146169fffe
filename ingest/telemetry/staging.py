"""Where readers put what they read: the temporary tables staged_series and sample, filled in bulk."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from ingest.source import Window
from ingest.telemetry.kubernetes import PodLabels

HERE = Path(__file__).parent
BLOCK = 1 << 20
HOUR_MS = 3_600_000
LATEST_MS = 7_258_118_400_000  # the year 2200; no sample is later, or before 1970


@cache
def statement(name: str) -> str:
    """The text of ingest/telemetry/<name>.sql."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def to_ms(moment: datetime) -> int:
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)


def from_ms(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class ReadFile:
    """One file (or server) as read. first and last: milliseconds of its first and last sample; None = it has none."""

    uri: str
    etag: str | None
    bytes: int | None
    rows: int
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Refused:
    """A line that could not be read. `file` counts the files of the staging, from 0."""

    file: int
    line_no: int | None
    reason: str
    raw: str | None


@dataclass
class Staging:
    """One batch of samples on its way into the store."""

    con: duckdb.DuckDBPyConnection
    files: list[ReadFile] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pod_labels: PodLabels = field(default_factory=PodLabels)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    _named: list[tuple[int, str, str]] = field(default_factory=list)
    _series: array[int] = field(default_factory=lambda: array("i"))
    _times: array[int] = field(default_factory=lambda: array("q"))
    _values: array[float] = field(default_factory=lambda: array("d"))

    def __post_init__(self) -> None:
        self.con.execute(statement("stage_begin")).fetchall()

    def number(self, metric: str, labels: Mapping[str, str]) -> int:
        """The number of a series; new ones are remembered."""
        text = json.dumps(labels, sort_keys=True, ensure_ascii=False)
        known = self._numbers.get((metric, text))
        if known is None:
            known = self._numbers[metric, text] = len(self._numbers) + 1
            self._named.append((known, metric, text))
        return known

    def add(self, series: int, ts: int, value: float) -> None:
        """One finite sample; written in blocks."""
        self._series.append(series)
        self._times.append(ts)
        self._values.append(value)
        if len(self._series) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        """Moves what was added so far into the tables."""
        if self._named:
            named = pa.table(
                {
                    "series": pa.array([row[0] for row in self._named], pa.int32()),
                    "metric": pa.array([row[1] for row in self._named], pa.string()),
                    "labels": pa.array([row[2] for row in self._named], pa.string()),
                }
            )
            insert(self.con, "INSERT INTO staged_series SELECT * FROM staged_rows", named)
            self._named = []
        if self._series:
            samples = pa.table(
                {
                    "series": pa.array(memoryview(self._series), pa.int32()),
                    "ts": pa.array(memoryview(self._times), pa.int64()),
                    "value": pa.array(memoryview(self._values), pa.float64()),
                }
            )
            insert(self.con, "INSERT INTO sample SELECT * FROM staged_rows", samples)
            self._series, self._times, self._values = array("i"), array("q"), array("d")

    def series(self) -> Iterable[tuple[int, str, dict[str, str]]]:
        """Every staged series with its labels read. One whose labels are no JSON object is refused."""
        for number, metric, text in self.con.execute("FROM staged_series").fetchall():
            try:
                labels = json.loads(text or "{}")
            except (json.JSONDecodeError, RecursionError):
                labels = None
            if isinstance(labels, dict):
                yield (
                    number,
                    metric,
                    {name: str(value) for name, value in labels.items() if value is not None},
                )
            else:
                reason = f'labels of {metric} are not a JSON object; write {{"name": "value"}}'
                self.refused.append(Refused(0, None, reason, text))


def insert(con: duckdb.DuckDBPyConnection, query: str, rows: pa.Table) -> None:
    """Runs a statement that reads the Arrow table as `staged_rows`."""
    con.register("staged_rows", rows)
    try:
        con.execute(query).fetchall()
    finally:
        con.unregister("staged_rows")


def run_each(con: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, object]) -> None:
    """Runs the statements of a text, each with the values that it names."""
    for part in duckdb.extract_statements(text):
        con.execute(part, {name: values[name] for name in part.named_parameters}).fetchall()


class Batch(Protocol):
    """Samples that are loaded together, in one transaction.

    delivery_id: a name of the content where it is known before reading, else None (then taken from what was read).
    hours: the hours to replace; None at an end = as far as the samples reach.
    read_from: what lies before it was not asked for, so a counter born later began within what was read.
    """

    @property
    def delivery_id(self) -> str | None: ...

    @property
    def hours(self) -> Window: ...

    @property
    def read_from(self) -> datetime | None: ...

    def stage(self, staging: Staging) -> None:
        """Fills the staging. Raises SourceError."""
        ...
