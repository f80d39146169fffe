"""The demo estate as files: what AWS, GCP and Prometheus would hand to a company like Pelagia."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from data.demo.business import write_business
from data.demo.cur import write_exports
from data.demo.gcp import write_export
from data.demo.layout import Layout
from data.demo.openmetrics import write_text
from data.demo.reference import write_reference
from data.demo.signal import Calendar, Signals
from data.demo.telemetry import device_curves, device_series, serving_series, stretches, write_dump


@dataclass(frozen=True)
class Written:
    """Where the files lie. aws_first: the bucket as it was before September was restated.

    telemetry_30s is None where the calendar is too short for those two days."""

    aws_first: Path
    aws: Path
    gcp: Path
    resources: Path
    telemetry: Path
    telemetry_30s: Path | None
    business: Path


@dataclass(frozen=True)
class Demo:
    """Writes below <home>/demo, the same bytes every time (Parquet: the same rows).

    days: the last days of the 90, ending 2026-10-31; scale: part of each pool's machines. Smaller than the defaults,
    the planted stories' numbers no longer hold.
    """

    home: Path
    days: int = 90
    scale: float = 1.0

    @property
    def folder(self) -> Path:
        return self.home / "demo"

    @cached_property
    def layout(self) -> Layout:
        return Layout(self.scale)

    @cached_property
    def signals(self) -> Signals:
        return Signals(self.layout, Calendar(self.days))

    def write(self, tell: Callable[[str, float], None] = lambda _text, _done: None) -> Written:
        """Write everything; `tell` hears what is being written and which part of the work is done (0..1)."""
        calendar, folder = self.signals.calendar, self.folder
        shutil.rmtree(folder, ignore_errors=True)  # files of another length or scale must not stay between
        tell("AWS: CUR 2.0 with manifests", 0.0)
        first, today = write_exports(self.layout, calendar, folder)
        tell("GCP: detailed export", 0.3)
        write_export(self.layout, calendar, folder / "gcp")
        tell("Platform team: machines and deployments", 0.45)
        told = write_reference(self.layout, folder / "estate.csv")
        business = write_business(self.signals, folder / "business.csv")
        tell("Prometheus: devices and servers", 0.46)
        cut = stretches(self.layout, calendar)
        curves = device_curves(self.signals, cut)
        series = [*device_series(self.signals, cut, curves), *serving_series(self.signals)]
        write_dump(series, calendar, folder / "telemetry")
        tell("Prometheus: two days at 30 s", 0.9)
        fine = write_text(self.signals, cut, curves, folder / "telemetry-30s" / "gke-h100.om")
        tell("Demo files written", 1.0)
        return Written(first, today, folder / "gcp", told, folder / "telemetry", fine, business)
