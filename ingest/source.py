"""What a source is: time in, batches out. It knows its format and nothing of the store, the model or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from data.restatement import Restatement

Grain = Literal["cost", "telemetry", "traffic", "reference"]


@dataclass(frozen=True)
class Window:
    """Hours [start, end), UTC without zone; None = as far as the source reaches."""

    start: datetime | None = None
    end: datetime | None = None

    def whole_hours(self) -> Window:
        """The window with the hours that it begins and ends in, whole."""
        start = self.start and self.start.replace(minute=0, second=0, microsecond=0)
        end = self.end and self.end.replace(minute=0, second=0, microsecond=0)
        return Window(start, end + timedelta(hours=1) if end and end != self.end else end)


@dataclass(frozen=True)
class SourceFile:
    """One file as fetched: where it came from, where it lies now, and what names its content."""

    uri: str
    path: Path
    digest: Callable[[], str]  # asked once, and only where the name is needed: it may read the whole file
    bytes: int
    bring: Callable[[], None] | None = None  # fetches the content to `path`; None where it lies there already
    # what the source knows beside the content, as columns of `raw`: which of two datasets of one bill this is
    facts: Mapping[str, str | bool] = field(default_factory=dict, hash=False)

    @cached_property
    def etag(self) -> str:
        """The server's ETag, else a hash of the content; '' where nobody names it."""
        return self.digest()


@dataclass(frozen=True)
class Delivery:
    """What a billing source yields: the files that together state one or more billing periods, whole.

    billing_period is None where only the rows tell; delivery_id is the provider's (assemblyId, executionId) and the
    manifest's hash, else a hash over the files' hashes: equal ids mean equal content.
    """

    delivery_id: str
    files: tuple[SourceFile, ...]
    billing_period: date | None = None
    notes: tuple[str, ...] = ()  # what a reader should know of it
    made_at: datetime | None = None  # when the provider says that it made it; without zone = UTC


class CostSource(Protocol):
    """A billing export; ingest/load_cost.py stages what it yields into rows shaped as data/schema/cost.sql."""

    @property
    def kind(self) -> str: ...

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """Yield deliveries that touch the window, oldest first. Raises SourceError."""
        ...


class SourceError(Exception):
    """A source could not be read. Says what, with which value, what there is instead, and what to do next."""


@dataclass(frozen=True)
class LoadResult:
    """What one load did, for the command line and for `run`."""

    source: str
    kind: str
    status: Literal["loaded", "unchanged", "failed"]
    rows: int
    rejected: int = 0
    billing_period: date | None = None
    window: Window | None = None
    message: str | None = None
    replaced: tuple[Restatement, ...] = ()
