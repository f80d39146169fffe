"""Loading and publishing: one source, or all of inferledger.toml. One that fails does not stop the others."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from data.excess import Excess, device_excess
from data.model.settings import ModelSettings
from data.pointer import Snapshot
from data.preview import Preview
from data.warehouse import Warehouse
from ingest import log
from ingest.options import AnyOptions
from ingest.progress import Progress
from ingest.registry import REGISTRY
from ingest.source import LoadResult, SourceError, Window


@dataclass(frozen=True)
class Outcome:
    """What a command did: every load, and the snapshot that holds what came of it; None after a rehearsal, which
    shows the first rows as they would land instead. excess: machines with more devices than billed, as published."""

    results: tuple[LoadResult, ...]
    snapshot: Snapshot | None
    previews: tuple[Preview, ...] = ()
    excess: tuple[Excess, ...] = ()

    @property
    def failed(self) -> bool:
        return any(result.status == "failed" for result in self.results)


def run(
    warehouse: Warehouse,
    sources: Iterable[tuple[str, AnyOptions]],
    window: Window,
    model: ModelSettings,
    progress: Progress,
) -> Outcome:
    """Loads the sources in order, then publishes once, unless the warehouse rehearses. A failed source is a result
    with its message.

    A name may come twice: the demo's first delivery of a month, then the one that restates it.
    """
    results: list[LoadResult] = []
    for name, options in sources:
        started = time.monotonic()
        loaded = _load(warehouse, name, options, window, progress)
        for result in loaded:
            log.load(result, seconds=time.monotonic() - started, rehearsed=warehouse.mode.rehearse)
        results.extend(loaded)
    if warehouse.mode.rehearse:
        return Outcome(tuple(results), None, tuple(warehouse.previews))
    progress("publish")
    snapshot = warehouse.publish(model)
    log.published(snapshot)
    excess = _excess(snapshot, {result.source for result in results})
    for machine in excess:
        log.excess(machine)
    return Outcome(tuple(results), snapshot, excess=excess)


def _excess(snapshot: Snapshot, sources: set[str]) -> tuple[Excess, ...]:
    """Machines on which one of the sources that were loaded takes part in showing too many devices."""
    with duckdb.connect(str(snapshot.path), read_only=True) as con:
        return tuple(machine for machine in device_excess(con) if sources.intersection(machine.sources))


def _load(
    warehouse: Warehouse, name: str, options: AnyOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    progress(f"{name}: start")
    kind = REGISTRY[options.kind]
    try:
        return kind.load(warehouse, name, options, window, progress)
    except Exception as error:  # a bug in one source must not keep the others from loading
        if _is_ctrl_c(error):
            raise KeyboardInterrupt from error
        warehouse.record_failure(name, options.kind, kind.grain, error)
        message = str(error) if isinstance(error, SourceError) else _place(error)
        return [LoadResult(source=name, kind=options.kind, status="failed", rows=0, message=message)]


def _is_ctrl_c(error: Exception) -> bool:
    """DuckDB makes one of these of it while it is at work."""
    return isinstance(error, duckdb.InterruptException) or str(error) == "Query interrupted"


def _place(error: Exception) -> str:
    """What an unforeseen error was, and where."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
