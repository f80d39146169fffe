"""Telemetry made up in a test: samples that are staged as if a reader had read them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.load_telemetry import load_telemetry
from ingest.source import Window
from ingest.telemetry.kubernetes import PodLabels
from ingest.telemetry.staging import ReadFile

IDS = itertools.count()
START = datetime(2026, 10, 1, 0, 0)


def ms(moment: datetime) -> int:
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)


@dataclass
class Samples:
    """A telemetry source in memory: rows (metric, labels, seconds after START, value)."""

    rows: list[tuple[str, dict[str, str], float, float]]
    window: Window = field(default_factory=Window)
    kind: str = "prometheus"
    read_from: datetime | None = None
    delivery_id: str | None = None
    pod_labels: PodLabels = field(default_factory=PodLabels)

    def batches(self, window, watermark):  # noqa: ARG002 - the protocol's
        self.delivery_id = self.delivery_id or f"made up {next(IDS)}"
        yield self

    @property
    def hours(self):
        return self.window

    def stage(self, staging):
        staging.pod_labels = self.pod_labels
        moments = [ms(START) + round(seconds * 1000) for _, _, seconds, _ in self.rows]
        for (metric, labels, _, value), moment in zip(self.rows, moments, strict=True):
            staging.add(staging.number(metric, labels), moment, value)
        staging.flush()
        staging.files.append(ReadFile("memory", "etag", 0, len(self.rows), min(moments), max(moments)))


def load(warehouse, rows, source="made-up", **more):
    """Loads made-up samples; returns the result."""
    (result,) = load_telemetry(warehouse, source, Samples(rows, **more), Window())
    return result


def answer(warehouse, query, **params):
    """A query's rows as dictionaries."""
    cursor = warehouse.con.cursor()
    table = cursor.sql(query, params=params or None).to_arrow_table()
    return table.to_pylist()
