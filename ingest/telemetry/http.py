"""Prometheus over HTTP, or anything that speaks its query API (Thanos, Mimir, VictoriaMetrics).

Range selectors in instant queries (`metric[6h]` at a time) answer the raw samples with their own times; query_range
would make samples up across gaps. Prometheus 2 closes a range at both ends, Prometheus 3 opens it on the left: so a
range is asked one second longer than needed, and only [start, end) is kept. Nothing comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from ingest.source import SourceError, Window
from ingest.telemetry.access import Access, TooMuch, read_json, read_json_lines
from ingest.telemetry.answer import stage_result
from ingest.telemetry.families import queries, without_data
from ingest.telemetry.kubernetes import ACCELERATORS, NAMES, PodLabels
from ingest.telemetry.servers.family import Names
from ingest.telemetry.staging import HOUR_MS, ReadFile, Staging, from_ms, to_ms

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LEAD = HOUR  # read before the window: the sample that still speaks, the counter's last value
TAIL = HOUR  # read after it: the next sample
AGAIN = 2 * HOUR  # before the watermark: hours that were young when they were read
FIRST_DAYS = 15  # Prometheus' own default retention
CHUNK_MS = 6 * HOUR_MS
SMALLEST_MS = 30_000
MANY = 1_000_000  # samples in one answer: ask for less next time
Export = Literal["query", "victoriametrics"]


@dataclass(frozen=True)
class Server:
    """url: the base, with any prefix (Mimir: …/prometheus). matcher: more label matchers, as in PromQL.

    export: how raw samples are asked for. "victoriametrics" takes them from its /api/v1/export, which has no limit on
    samples per query; everything else stays with the query API. exact_names: the engine takes no regular expression for
    a metric's name (Google's Managed Prometheus), so each is asked for alone. accept_partial: load what an answer tells
    that its server calls incomplete.
    """

    url: str
    access: Access = field(default_factory=Access)
    matcher: str = ""
    export: Export = "query"
    exact_names: bool = False
    accept_partial: bool = False

    def range(self, names: Names, start: int, end: int) -> tuple[list[dict[str, Any]], list[str]]:
        """Series with their samples in (start − 1 s, end], and the answer's warnings. Raises SourceError, TooMuch."""
        if not self.exact_names:
            return self._range(f'__name__=~"{names.pattern}"', start, end)
        told = [self._range(f'__name__="{name}"', start, end) for name in names.each]
        return [entry for found, _ in told for entry in found], [text for _, said in told for text in said]

    def _range(self, names: str, start: int, end: int) -> tuple[list[dict[str, Any]], list[str]]:
        selector = self.selector(names)
        if self.export == "victoriametrics":
            span = {"match[]": selector, "start": f"{start / 1000:.3f}", "end": f"{end / 1000:.3f}"}
            if not self.accept_partial:
                span["deny_partial_response"] = "1"  # its lines cannot say that some are missing
            return self.access.get(self.url, "/api/v1/export", span, partial(read_json_lines, self.url)), []
        return self.query(f"{selector}[{end - start + 1000}ms]", end)

    def query(self, query: str, at: int) -> tuple[list[dict[str, Any]], list[str]]:
        """The result of an instant query, and the answer's warnings. An answer that lacks what some store behind the
        server holds is an error, since it would replace whole hours. Raises SourceError, TooMuch."""
        asked = {"query": query, "time": f"{at / 1000:.3f}"}
        answer = self.access.get(self.url, "/api/v1/query", asked, partial(read_json, self.url))
        missing = [
            *answer.get("warnings", ()),
            *(["the answer is partial"] if answer.get("isPartial") else []),
        ]
        if missing and not self.accept_partial:
            raise SourceError(
                f"{self.url} answers in part: {'; '.join(missing)}. Such hours would replace whole ones, so nothing "
                "of this day was loaded. Try again when all its stores are up, or take what it tells with "
                "--accept-partial."
            )
        return answer["data"]["result"], [*missing, *answer.get("infos", ())]

    def selector(self, *matchers: str) -> str:
        return "{" + ",".join([*matchers, *([self.matcher] if self.matcher else [])]) + "}"


@dataclass(frozen=True)
class Hours:
    """One load's worth of a server: the hours to replace, read with a margin on both sides."""

    server: Server
    hours: Window
    pod_labels: PodLabels = field(default_factory=PodLabels)
    delivery_id: None = None

    @property
    def read_from(self) -> datetime | None:
        return self.hours.start - LEAD if self.hours.start else None

    def stage(self, staging: Staging) -> None:
        """Reads every metric, chunk by chunk. A metric without series is noted: that is no error."""
        assert self.hours.start is not None
        assert self.hours.end is not None
        start, end = to_ms(self.hours.start - LEAD), to_ms(self.hours.end + TAIL)
        staging.pod_labels = self.pod_labels
        rows, absent, warned = 0, set[str](), set[str]()
        for role, names in queries().items():
            told = 0
            for result, warnings in _chunks(self.server, names, start, end):
                told += stage_result(staging, result.series, result.start, result.end)[0]
                warned.update(warnings)
            rows += told
            if not told:
                absent.add(role)
        for moment, pods, warnings in _pods(self.server, to_ms(self.hours.start), to_ms(self.hours.end)):
            rows += _stage_pods(staging, pods, moment)
            warned.update(warnings)
        staging.flush()
        staging.files.append(ReadFile(self.server.url, None, None, rows))
        if missing := without_data(absent):
            staging.notes.append(f"no data for {missing}")
        staging.notes.extend(f"the server warns: {text}" for text in sorted(warned))


@dataclass(frozen=True)
class _Chunk:
    series: list[dict[str, Any]]
    start: int
    end: int


def _pods(server: Server, start: int, end: int) -> Iterator[tuple[int, list[dict[str, Any]], list[str]]]:
    """What kube-state-metrics said last in each hour, with the hour's start: what a pod runs is looked up by hours, and
    every sample of every pod of a cluster would be a thousand times as much. Nothing where there is none.
    """
    if not _has_pods(server, start, end):
        return
    for hour in range(start, end, HOUR_MS):
        told, warnings = _hour_of_pods(server, hour + HOUR_MS - 1)
        yield hour, told, warnings


def _has_pods(server: Server, start: int, end: int) -> bool:
    each = [server.selector(f'__name__="{name}"') for name in ("kube_pod_info", "kube_node_info")]
    query = " or ".join(f"count(last_over_time({one}[{end - start}ms]))" for one in each)
    try:
        return bool(server.query(query, end)[0])
    except TooMuch:
        return True  # too much is not nothing


def _hour_of_pods(server: Server, at: int) -> tuple[list[dict[str, Any]], list[str]]:
    """One question for all metrics; one for each where that is too much, or where the engine drops their names."""
    each = {name: f"last_over_time({_pod_selector(server, name)}[{HOUR_MS - 1}ms])" for name in NAMES}
    try:
        told, warnings = server.query(" or ".join(each.values()), at)
        if all("__name__" in entry["metric"] for entry in told):
            return told, warnings
    except TooMuch:
        pass
    told, warnings = [], []
    for name, query in each.items():
        try:
            found, warned = server.query(query, at)
        except TooMuch as problem:
            raise SourceError(
                f"{server.url} refuses {name} for one hour ({problem}). Narrow the source with a matcher."
            ) from None
        told += [{**entry, "metric": {**entry["metric"], "__name__": name}} for entry in found]
        warnings += warned
    return told, warnings


def _pod_selector(server: Server, name: str) -> str:
    """Of phases only 'Running', of requests only those for accelerators: the rest would be most of the answer."""
    narrow = {
        "kube_pod_status_phase": ['phase="Running"'],
        "kube_pod_container_resource_requests": [f'resource=~"{ACCELERATORS}"'],
    }
    return server.selector(f'__name__="{name}"', *narrow.get(name, ()))


def _stage_pods(staging: Staging, told: list[dict[str, Any]], hour: int) -> int:
    """Stages an hour's answers at its start; returns how many."""
    at_hour = [{**entry, "value": [hour / 1000, entry["value"][1]]} for entry in told]
    return stage_result(staging, at_hour)[0]


def _chunks(server: Server, names: Names, start: int, end: int) -> Iterator[tuple[_Chunk, list[str]]]:
    """The samples in [start, end), in pieces that the server is willing to answer and that fit into memory."""
    width = CHUNK_MS
    while start < end:
        until = min(start + width, end)
        try:
            series, warnings = server.range(names, start, until)
        except TooMuch as problem:
            if width <= SMALLEST_MS:
                raise SourceError(
                    f"{server.url} refuses even {SMALLEST_MS // 1000} s of {names.pattern} ({problem}). Narrow the "
                    "source with a matcher, or raise the server's --query.max-samples."
                ) from None
            width = max(min(width, until - start) // 2, SMALLEST_MS)
            continue
        yield _Chunk(series, start, until), warnings
        start = until
        if sum(len(entry["values"]) for entry in series) > MANY:
            width = max(width // 2, SMALLEST_MS)


def server_batches(
    server: Server,
    window: Window,
    watermark: datetime | None,
    now: datetime,
    pod_labels: PodLabels = PodLabels(),  # noqa: B008 - it cannot change
) -> Iterator[Hours]:
    """One batch per UTC day, oldest first."""
    for hours in days(window, watermark, now):
        yield Hours(server, hours, pod_labels)


def days(window: Window, watermark: datetime | None, now: datetime) -> Iterator[Window]:
    """UTC days of what is to be read, oldest first, so that an interrupted run goes on where it stopped.

    Without a start: two hours before the watermark, since the last hours were young when they were read; without a
    watermark: 15 days back. Without an end: the hour that runs now.
    """
    end = _hour_up(min(window.end or now, now))
    start = window.start or (watermark - AGAIN if watermark else end - FIRST_DAYS * DAY)
    start = _hour_down(start)
    while start < end:
        midnight = start.replace(hour=0) + DAY
        yield Window(start, min(midnight, end))
        start = midnight


def now_utc() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _hour_down(moment: datetime) -> datetime:
    return from_ms(to_ms(moment) // HOUR_MS * HOUR_MS)


def _hour_up(moment: datetime) -> datetime:
    return from_ms(-(-to_ms(moment) // HOUR_MS) * HOUR_MS)
