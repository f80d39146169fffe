"""Logs of nvidia-smi, as a cron line or `-l` writes them.

python -m ingest nvidia-smi gpu.csv --timezone Europe/Berlin --host gpu-7
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

from ingest.source import SourceFile, Window
from ingest.telemetry.file_batch import file_batch
from ingest.telemetry.nvidia_smi import NvidiaSmiLog
from ingest.telemetry.staging import Batch, Staging
from ingest.zones import known_zone

ENDINGS = (".csv", ".csv.gz", ".log", ".log.gz")


@dataclass(frozen=True)
class NvidiaSmi:
    """timezone: of the log's times, which name none; None = UTC, and said aloud. host: the machine that wrote it."""

    location: str
    timezone: str | None = None
    host: str | None = None
    kind: ClassVar[str] = "nvidia-smi"

    def batches(self, window: Window, watermark: datetime | None) -> Iterator[Batch]:  # noqa: ARG002 - the protocol's
        """One batch: every log of the location. Raises SourceError."""
        log = NvidiaSmiLog(known_zone(self.timezone or "UTC"), self.host)
        read = partial(self._read, log)
        yield from file_batch(self.location, window, ENDINGS, read, (self.timezone, self.host))

    def _read(self, log: NvidiaSmiLog, staging: Staging, file: SourceFile, window: Window) -> None:
        log.read(staging, file, window)
        if len(staging.files) == 1:
            staging.notes += self._assumed()

    def _assumed(self) -> list[str]:
        told = []
        if self.timezone is None:
            told.append("times of nvidia-smi name no zone: taken as UTC; --timezone says better")
        if self.host is None:
            told.append("no machine is known for these GPUs: --host says which one wrote the log")
        return told
