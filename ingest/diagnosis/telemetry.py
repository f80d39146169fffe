"""Prometheus: does it answer, is its clock ours, does it know our metrics, do its hosts map to billed machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from ingest.diagnosis.estate import Estate
from ingest.diagnosis.finding import Finding, bad, doubtful, good, some
from ingest.source import SourceError, Window
from ingest.sources.prometheus import Prometheus
from ingest.telemetry.access import TooMuch, read_json
from ingest.telemetry.families import queries, without_data
from ingest.telemetry.http import Server
from ingest.telemetry.series import Catalog, catalog
from ingest.telemetry.staging import to_ms

LOOK_BACK = 10 * 60_000  # milliseconds
SKEW = 60.0  # seconds by which two clocks may differ before hours are told wrong
SILENT = 5 * 60_000  # milliseconds: several scrapes that did not come


@dataclass
class _Seen:
    """What a server told of the last minutes."""

    series: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    newest: int = 0

    def add(self, role: str, found: list[dict[str, Any]]) -> None:
        if not found:
            self.absent.add(role)
        for entry in found:
            labels = {name: str(value) for name, value in entry["metric"].items()}
            self.series.append((len(self.series), labels.pop("__name__", ""), labels))
            self.newest = max(self.newest, round(max(moment for moment, _ in entry["values"]) * 1000))


def examine(source: Prometheus, estate: Estate, now: datetime) -> Iterator[Finding]:
    """Of a server, reads the last ten minutes; of files, which there are. `now`: UTC without zone."""
    try:
        server = source.server
        if server is None:
            yield from _files(source)
            return
        yield from _clock(server, now)
        seen = _look(server, to_ms(now))
    except SourceError as error:
        yield bad(str(error))
        return
    yield from _metrics(seen, to_ms(now))
    told = catalog(seen.series)
    yield from hosts(told, estate)


def _files(source: Prometheus) -> Iterator[Finding]:
    (batch,) = source.batches(Window(), None)
    yield good(f"{len(getattr(batch, 'files', ()))} telemetry files")


def _clock(server: Server, now: datetime) -> Iterator[Finding]:
    told = server.access.get(server.url, "/api/v1/query", {"query": "time()"}, partial(read_json, server.url))
    skew = float(told["data"]["result"][1]) - to_ms(now) / 1000
    if abs(skew) > SKEW:
        side = "ahead of" if skew > 0 else "behind"
        yield doubtful(
            f"Its clock is {abs(skew):,.0f} s {side} ours: hours would meet the wrong lines of a bill.",
            "Set both clocks by NTP.",
        )
    else:
        yield good("It answers, and its clock is ours")


def _look(server: Server, now: int) -> _Seen:
    seen = _Seen()
    for role, names in queries().items():
        try:
            seen.add(role, server.range(names, now - LOOK_BACK, now)[0])
        except TooMuch:
            continue  # there is plenty of it
    return seen


def _metrics(seen: _Seen, now: int) -> Iterator[Finding]:
    if not seen.series:
        yield bad(
            "It has no metric that we know of the last 10 minutes.",
            "Check that it scrapes dcgm-exporter and the model servers, and that the matcher fits.",
        )
        return
    if missing := without_data(seen.absent):
        yield doubtful(
            f"It knows nothing of {missing}.", "Nothing, if you have none of these; else let it scrape them."
        )
    if (silent := now - seen.newest) > SILENT:
        yield doubtful(
            f"Its newest sample is {silent // 60_000} minutes old.",
            "Check the targets' health in Prometheus.",
        )


def hosts(told: Catalog, estate: Estate) -> Iterator[Finding]:
    """Whether devices can be priced: by the names of billed machines that the newest snapshot knows."""
    if not told.devices:
        return
    hosts = sorted(told.nodes.of)
    yield good(f"{len(told.devices):,} devices on {len(hosts):,} hosts")
    unknown = [host for host in hosts if host not in estate.hosts]
    if estate.has_bills and unknown:
        yield doubtful(
            f"{len(unknown)} of {len(hosts)} hosts are on no bill: {some(unknown)}. Their GPU-hours have no price.",
            "Say which billed machine each is with python -m ingest resources, or let kube-state-metrics be scraped.",
        )
