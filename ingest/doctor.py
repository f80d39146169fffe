"""Tests each configured source without loading anything: what is good, what is doubtful, what must be mended first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.excess import NEXT_STEP
from ingest.diagnosis import across
from ingest.diagnosis.estate import Estate, estate
from ingest.diagnosis.finding import Finding, bad, doubtful
from ingest.options import (
    CONFIG_FILE,
    AnyOptions,
    BusinessOptions,
    FxOptions,
    GcpOptions,
    PrometheusOptions,
    RequestsOptions,
    ResourcesOptions,
)
from ingest.registry import REGISTRY
from ingest.settings import Settings
from ingest.source import SourceError

BIGQUERY = "bigquery://"
LIVE = frozenset({"cloudwatch"})  # what answers about now, and not from files


@dataclass(frozen=True)
class Examined:
    """What was found of one source."""

    name: str
    kind: str
    findings: tuple[Finding, ...]


def examine(settings: Settings, home: Path) -> Iterator[Examined]:
    """One source after the other, in the file's order, then what is wrong between them. Never raises for a source."""
    known = estate(home)
    for name, options in settings.sources.items():
        found = [
            *_same_place(name, options, settings),
            *_source(name, options, known, settings),
            *_excess(name, known),
        ]
        yield Examined(name, options.kind, tuple(found))
    if together := tuple(across.examine(settings, known)):
        yield Examined(settings.file.name if settings.file else CONFIG_FILE, "settings", together)


def _source(name: str, options: AnyOptions, known: Estate, settings: Settings) -> Iterator[Finding]:
    """By the module that knows the grain; each is imported for its own, since some bring a cloud's SDK."""
    now = datetime.now(UTC).replace(tzinfo=None)
    try:
        source = REGISTRY[options.kind].open(options)
        match REGISTRY[options.kind].grain, options:
            case "cost", GcpOptions() if options.location.startswith(BIGQUERY):
                from ingest.diagnosis import tables

                yield from tables.examine(options, now)
            case "cost", GcpOptions():
                from ingest.diagnosis import bills
                from ingest.sources.gcp import GcpExport

                yield from bills.examine(name, GcpExport(options.location), known, now.date())
            case "cost", _:
                from ingest.diagnosis import bills

                yield from bills.examine(name, source, known, now.date())
            case _, PrometheusOptions():
                from ingest.diagnosis import telemetry

                yield from telemetry.examine(source, known, now)
            case "telemetry", _:
                from ingest.diagnosis import samples

                yield from samples.examine(source, options.kind in LIVE, known, now)
            case _, RequestsOptions():
                from ingest.diagnosis import logs

                yield from logs.examine(source, now)
            case _, FxOptions():
                from ingest.diagnosis import rates

                yield from rates.examine(source, known, now.date(), settings.model.rate_max_age_days)
            case _, BusinessOptions():
                from ingest.diagnosis import outputs

                yield from outputs.examine(source)
            case _, ResourcesOptions():
                from ingest.diagnosis import maps

                yield from maps.examine(source, known)
            case _:
                from ingest.diagnosis import references

                yield from references.examine(source)
    except SourceError as error:
        yield bad(str(error))
    except Exception as error:
        yield bad(f"It could not be looked at: {type(error).__name__}: {error}.", "Try it with --dry-run.")


def _excess(name: str, known: Estate) -> Iterator[Finding]:
    """Machines of the newest snapshot on which this source and others together show more devices than are billed."""
    for machine in known.excess:
        if name in machine.sources:
            yield doubtful(f"{machine}.", NEXT_STEP)


def _same_place(name: str, options: AnyOptions, settings: Settings) -> Iterator[Finding]:
    """Two sources that read the same place would state everything twice."""
    for other, theirs in settings.sources.items():
        if other == name:
            return
        place = _place(options)
        if place is not None and place == _place(theirs):
            yield bad(f"It reads {place}, as source '{other}' does.", "Take one of the two out.")


def _place(options: AnyOptions) -> str | None:
    """Where a source reads, so that ./bill.csv and bill.csv are one place."""
    location = getattr(options, "location", None)
    return location if location is None or "://" in location else str(Path(location).expanduser().resolve())
