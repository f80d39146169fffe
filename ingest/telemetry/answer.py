"""Answers of Prometheus' HTTP API: JSON with a vector (one sample per series) or a matrix (many)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.source import SourceError, SourceFile, Window
from ingest.telemetry.families import WANTED
from ingest.telemetry.staging import ReadFile, Staging, to_ms

NAMES = frozenset(WANTED)


def read_answer(staging: Staging, file: SourceFile, window: Window) -> None:
    """Stages one recorded answer. Raises SourceError where the file is something else."""
    try:
        answer = json.loads(file.path.read_text(encoding="utf-8"))
        result = answer["data"]["result"]
        start = to_ms(window.start) if window.start else None
        end = to_ms(window.end) if window.end else None
        rows, first, last = stage_result(staging, result, start, end)
        staging.flush()
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        raise SourceError(
            f"{file.uri} is not an answer of Prometheus' query API (an object with data.result). "
            "Save the answer of /api/v1/query unchanged."
        ) from None
    staging.files.append(ReadFile(file.uri, file.etag, file.bytes, rows, first, last))


def stage_result(
    staging: Staging, result: Sequence[Mapping[str, Any]], start: int | None = None, end: int | None = None
) -> tuple[int, int | None, int | None]:
    """Stages data.result, whose values are text and whose times floats; returns samples, first and last millisecond.

    Only samples in [start, end) are staged and counted.
    """
    rows, first, last = 0, None, None
    for entry in result:
        labels = {name: str(value) for name, value in entry["metric"].items()}
        name = labels.pop("__name__", "")
        points = entry["values"] if "values" in entry else [entry["value"]]
        if name.lower() not in NAMES:
            rows += len(points)
            continue
        series = staging.number(name, labels)
        for moment, text in points:
            ts, value = round(moment * 1000), float(text)
            if (start is not None and ts < start) or (end is not None and ts >= end):
                continue
            rows += 1
            if math.isfinite(value):
                staging.add(series, ts, value)
                first = ts if first is None else min(first, ts)
                last = ts if last is None else max(last, ts)
    return rows, first, last
