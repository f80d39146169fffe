"""Tests each configured source without loading anything: what is good, what is doubtful, what must be mended first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.diagnosis.estate import Estate, estate
from ingest.diagnosis.finding import Finding, bad
from ingest.registry import REGISTRY
from ingest.settings import AnyOptions, Settings
from ingest.source import SourceError


@dataclass(frozen=True)
class Examined:
    """What was found of one source."""

    name: str
    kind: str
    findings: tuple[Finding, ...]


def examine(settings: Settings, home: Path) -> Iterator[Examined]:
    """One source after the other, in the file's order. Never raises for what a source does."""
    known = estate(home)
    for name, options in settings.sources.items():
        found = [*_same_place(name, options, settings), *_source(name, options, known)]
        yield Examined(name, options.kind, tuple(found))


def _source(name: str, options: AnyOptions, known: Estate) -> Iterator[Finding]:
    kind = REGISTRY[options.kind]
    try:
        source = kind.open(options)
        match kind.grain, options.kind:
            case "cost", _:
                from ingest.diagnosis import bills

                yield from bills.examine(name, source, known, datetime.now(UTC).date())
            case _, "requests":
                from ingest.diagnosis import logs

                yield from logs.examine(source)
            case _, "resources":
                from ingest.diagnosis import maps

                yield from maps.examine(source, known)
    except SourceError as error:
        yield bad(str(error))


def _same_place(name: str, options: AnyOptions, settings: Settings) -> Iterator[Finding]:
    """Two sources that read the same place would state everything twice."""
    for other, theirs in settings.sources.items():
        if other == name:
            return
        ours = options.model_dump(exclude={"kind"})
        if ours.get("location") and theirs.model_dump().get("location") == ours["location"]:
            yield bad(f"It reads {ours['location']}, as source '{other}' does.", "Take one of the two out.")
