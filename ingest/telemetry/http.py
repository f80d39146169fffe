"""Prometheus over HTTP, or anything that speaks its query API (Thanos, Mimir, VictoriaMetrics).

Range selectors in instant queries (`metric[6h]` at a time) answer the raw samples with their own times; query_range
would make samples up across gaps. Prometheus 2 closes a range at both ends, Prometheus 3 opens it on the left: so a
range is asked one second longer than needed, and only [start, end) is kept. Nothing comes twice.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import stamina

from ingest.source import SourceError, Window
from ingest.telemetry.answer import stage_result
from ingest.telemetry.families import queries, without_data
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
TIMEOUT = 150.0  # seconds; the server's own query timeout is two minutes by default


class _TooMuch(Exception):
    """The server will not answer so much at once (422), or not in time (503)."""


class _Passing(Exception):
    """An error that may be gone at the next attempt."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, req: urllib.request.Request, *answer: object, **named: object) -> None:
        target = [*answer, *named.values()][-1]
        raise SourceError(f"{req.full_url.partition('?')[0]} redirects to {target}. Give that address.")


@dataclass(frozen=True)
class Server:
    """url: the base, with any prefix (Mimir: …/prometheus). matcher: more label matchers, as in PromQL."""

    url: str
    token_env: str
    headers: Mapping[str, str]
    matcher: str = ""

    def range(self, names: str, start: int, end: int) -> tuple[list[dict[str, Any]], list[str]]:
        """Series with their samples in (start − 1 s, end], and the answer's warnings. Raises SourceError, _TooMuch."""
        more = f",{self.matcher}" if self.matcher else ""
        query = f'{{__name__=~"{names}"{more}}}[{end - start + 1000}ms]'
        answer = self._get("/api/v1/query", {"query": query, "time": f"{end / 1000:.3f}"})
        warnings = [*answer.get("warnings", ()), *answer.get("infos", ())]
        if answer.get("isPartial"):
            warnings.append("the answer is partial")
        return answer["data"]["result"], warnings

    def _get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        address = f"{self.url.rstrip('/')}{path}?{urllib.parse.urlencode(params)}"
        headers = {"Accept": "application/json", **self.headers}
        if token := os.environ.get(self.token_env):
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(address, headers=headers)
        try:
            for attempt in stamina.retry_context(on=_Passing, attempts=5, timeout=TIMEOUT * 2):
                with attempt:
                    return self._once(request)
        except _Passing as problem:
            raise SourceError(
                f"{self.url} cannot be read: {problem}. Is it up, and is the address right?"
            ) from None
        raise AssertionError("retry_context neither returned nor raised")

    def _once(self, request: urllib.request.Request) -> dict[str, Any]:
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=TIMEOUT) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error.code, _said(error)) from None
        except json.JSONDecodeError:
            raise SourceError(
                f"{self.url} does not answer in JSON. Is it a Prometheus? Give its base address."
            ) from None
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise _Passing(str(getattr(error, "reason", error))) from None
        if not isinstance(answer, dict) or answer.get("status") != "success":
            raise SourceError(f"{self.url} answers without success: {json.dumps(answer)[:300]}")
        return answer

    def _refused(self, code: int, said: str) -> Exception:
        if code in (422, 503):
            return _TooMuch(f"{code}: {said}")
        if code in (401, 403):
            return SourceError(
                f"{self.url} refuses us ({code}). Put a bearer token that may query into {self.token_env}."
            )
        if code == 429 or code >= 500:
            return _Passing(f"{code}: {said}")
        return SourceError(f"{self.url} refuses the query ({code}): {said}")


@dataclass(frozen=True)
class Hours:
    """One load's worth of a server: the hours to replace, read with a margin on both sides."""

    server: Server
    hours: Window
    delivery_id: None = None

    @property
    def read_from(self) -> datetime | None:
        return self.hours.start - LEAD if self.hours.start else None

    def stage(self, staging: Staging) -> None:
        """Reads every metric, chunk by chunk. A metric without series is noted: that is no error."""
        assert self.hours.start is not None
        assert self.hours.end is not None
        start, end = to_ms(self.hours.start - LEAD), to_ms(self.hours.end + TAIL)
        rows, absent, warned = 0, set[str](), set[str]()
        for role, names in queries().items():
            told = 0
            for result, warnings in _chunks(self.server, names, start, end):
                told += stage_result(staging, result.series, result.start, result.end)[0]
                warned.update(warnings)
            rows += told
            if not told:
                absent.add(role)
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


def _chunks(server: Server, names: str, start: int, end: int) -> Iterator[tuple[_Chunk, list[str]]]:
    """The samples in [start, end), in pieces that the server is willing to answer and that fit into memory."""
    width = CHUNK_MS
    while start < end:
        until = min(start + width, end)
        try:
            series, warnings = server.range(names, start, until)
        except _TooMuch as problem:
            if width <= SMALLEST_MS:
                raise SourceError(
                    f"{server.url} refuses even {SMALLEST_MS // 1000} s of {names} ({problem}). Narrow the source "
                    "with a matcher, or raise the server's --query.max-samples."
                ) from None
            width = max(min(width, until - start) // 2, SMALLEST_MS)
            continue
        yield _Chunk(series, start, until), warnings
        start = until
        if sum(len(entry["values"]) for entry in series) > MANY:
            width = max(width // 2, SMALLEST_MS)


def server_batches(
    server: Server, window: Window, watermark: datetime | None, now: datetime
) -> Iterator[Hours]:
    """One batch per UTC day, oldest first, so that an interrupted run goes on where it stopped.

    Without a start: two hours before the watermark, since the last hours were young when they were read; without a
    watermark: 15 days back. Without an end: the hour that runs now.
    """
    end = _hour_up(min(window.end or now, now))
    start = window.start or (watermark - AGAIN if watermark else end - FIRST_DAYS * DAY)
    start = _hour_down(start)
    while start < end:
        midnight = start.replace(hour=0) + DAY
        yield Hours(server, Window(start, min(midnight, end)))
        start = midnight


def now_utc() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _hour_down(moment: datetime) -> datetime:
    return from_ms(to_ms(moment) // HOUR_MS * HOUR_MS)


def _hour_up(moment: datetime) -> datetime:
    return from_ms(-(-to_ms(moment) // HOUR_MS) * HOUR_MS)


def _said(error: urllib.error.HTTPError) -> str:
    body = error.read().decode("utf-8", "replace")
    try:
        return str(json.loads(body)["error"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return body.strip()[:300] or str(error.reason)
