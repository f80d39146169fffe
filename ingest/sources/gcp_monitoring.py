"""Accelerators of GKE from Cloud Monitoring, in saved answers of timeSeries.list (JSON, one page a file).

    python -m ingest gcp-monitoring answers/

Metrics kubernetes.io/node/accelerator/… and kubernetes.io/container/accelerator/…; what they mean is known from
Managed Prometheus, which answers the same ones under other names. Monitoring's API itself is not asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from ingest.raw import text_stream
from ingest.source import SourceError, SourceFile, Window
from ingest.telemetry.families import BY_NAME
from ingest.telemetry.file_batch import file_batch
from ingest.telemetry.staging import Batch, ReadFile, Staging, to_ms

ENDINGS = (".json", ".json.gz")
ACCELERATOR = re.compile(r"kubernetes\.io/(node|container)/accelerator/([a-z_]+)")


@dataclass(frozen=True)
class GcpMonitoring:
    location: str
    kind: ClassVar[str] = "gcp-monitoring"

    def batches(self, window: Window, watermark: datetime | None) -> Iterator[Batch]:  # noqa: ARG002 - the protocol's
        """One batch: every answer of the location. Raises SourceError."""
        yield from file_batch(self.location, window, ENDINGS, read_series)


def read_series(staging: Staging, file: SourceFile, window: Window) -> None:
    """Stages the points of one answer that end in the window. Raises SourceError where the file is something else."""
    moments, rows = list[int](), 0
    for entry in _entries(file):
        try:
            name, labels = _named(entry)
            points = [_point(point) for point in entry.get("points", ())]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceError(
                f"{file.uri}: a time series cannot be read ({error!r}). Save the answer of timeSeries.list unchanged, "
                "not aligned over several series."
            ) from None
        rows += len(points)
        if name not in BY_NAME:
            continue
        for moment, value in points:
            if (window.start and moment < window.start) or (window.end and moment >= window.end):
                continue
            moments.append(to_ms(moment))
            staging.add(staging.number(name, labels), to_ms(moment), value)
    span = (min(moments), max(moments)) if moments else (None, None)
    staging.files.append(ReadFile(file.uri, file.etag, file.bytes, rows, *span))


def _entries(file: SourceFile) -> list[Mapping[str, Any]]:
    """The series of {"timeSeries": […]}, or of the bare list that gcloud prints."""
    try:
        with text_stream(file.path) as text:
            told = json.load(text)
        found = told["timeSeries"] if isinstance(told, dict) and told else told
    except (ValueError, KeyError, OSError, EOFError):
        found = None
    if found == {}:  # how Google answers that there is nothing
        return []
    if not isinstance(found, list):
        raise SourceError(
            f"{file.uri} is no answer of Cloud Monitoring's timeSeries.list (an object with timeSeries)."
        )
    return found


def _named(entry: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The name that Managed Prometheus has for the metric, and the labels of metric and resource."""
    told = ACCELERATOR.fullmatch(entry["metric"]["type"])
    labels = {**entry["resource"].get("labels", {}), **entry["metric"].get("labels", {})}
    name = f"kubernetes_io:{told[1]}_accelerator_{told[2]}" if told else entry["metric"]["type"]
    return name, {key: str(value) for key, value in labels.items()}


def _point(point: Mapping[str, Any]) -> tuple[datetime, float]:
    """A gauge's instant is the end of its interval. int64Value is text."""
    value = point["value"]
    number = float(value["int64Value"] if "int64Value" in value else value["doubleValue"])
    moment = datetime.fromisoformat(point["interval"]["endTime"])
    return moment.astimezone(UTC).replace(tzinfo=None), number
