"""Request logs: one row per request, as CSV, CSV.gz, JSON lines or Parquet, a file or a folder.

    python -m ingest requests AzureLLMInferenceTrace_conv.csv.gz --map model==gpt-4
    python -m ingest requests gateway.jsonl --map timestamp=started_at --map latency_ms=took

A mapping says `ours=theirs` (a column, `usage.prompt_tokens` for one inside a JSON object) or `ours==constant`. Ours:
timestamp (required; with a zone, else of the log's, else UTC; or seconds or milliseconds since 1970), model, version,
endpoint, mode ('batch', else real time), team, input_tokens, output_tokens, cached_tokens (part of input_tokens),
latency and time_to_first_token (seconds), latency_ms, or finished_at and first_token_at (times), status (an HTTP code
below 400, ok, success, stop, length … is answered; anything else failed; none at all is answered), path (health checks
and scrapes are told by it and count beside), request_id (one that comes again counts once, as it was told last). What
is not mapped is guessed: by what wrote the log (ingest/request_shapes.py), else by common names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ingest.files import Entry, place, whole
from ingest.raw import squash
from ingest.request_shapes import PLAIN, SHAPES, Shape
from ingest.source import Delivery, SourceError, Window
from ingest.zones import known_zone

GUESSES: Mapping[str, tuple[str, ...]] = {
    "timestamp": ("timestamp", "time", "ts", "@timestamp", "created_at", "start_time", "request_time"),
    "model": ("model", "model_name", "model_id", "served_model_name"),
    "version": ("version", "model_version"),
    "endpoint": ("endpoint", "endpoint_name", "route"),
    "mode": ("mode",),
    "team": ("team", "team_name"),
    "input_tokens": (
        "input_tokens", "prompt_tokens", "ContextTokens", "usage.prompt_tokens", "usage.input_tokens",
    ),
    "output_tokens": (
        "output_tokens", "completion_tokens", "GeneratedTokens", "generation_tokens", "usage.completion_tokens",
        "usage.output_tokens",
    ),
    "cached_tokens": ("cached_tokens", "cached_input_tokens", "cache_read_input_tokens"),
    "latency": ("latency", "latency_seconds", "latency_s", "duration_seconds", "e2e_latency_seconds"),
    "latency_ms": ("latency_ms", "duration_ms", "request_duration_ms", "response_time_ms"),
    "time_to_first_token": ("time_to_first_token", "ttft", "ttft_seconds", "time_to_first_token_seconds"),
    "status": ("status", "status_code", "http_status", "finish_reason", "finished_reason"),
    "finished_at": (),
    "first_token_at": (),
    "path": (),
    "request_id": ("request_id",),
}  # fmt: skip


@dataclass(frozen=True)
class RequestLog:
    """location: a file, a folder or s3://…; mapping: our name → their column, or '=constant'; shape: a name of
    ingest/request_shapes.py, or "auto" = by the columns; cluster: the one whose requests alone it tells; timezone: of
    times that name none, None = UTC, and said aloud."""

    location: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    shape: str = "auto"
    cluster: str | None = None
    timezone: str | None = None
    kind: str = "requests"

    def __post_init__(self) -> None:
        unknown = [name for name in self.mapping if name not in GUESSES]
        if unknown:
            raise SourceError(
                f"A request log has no '{unknown[0]}' to be mapped. There are: {', '.join(GUESSES)}."
            )

        if self.timezone is not None:
            known_zone(self.timezone)

    def columns(self, shape: Shape = PLAIN) -> dict[str, tuple[str, ...]]:
        """Our name → the columns to look for, in order. A mapped one is looked for alone; a constant has none."""
        told = {name: () if theirs.startswith("=") else (theirs,) for name, theirs in self.mapping.items()}
        return {**GUESSES, **shape.columns, **told}

    def shape_of(self, columns: Iterable[str]) -> Shape:
        """What wrote a file with these columns."""
        if self.shape != "auto":
            return SHAPES[self.shape]
        there = {squash(name) for name in columns}
        return next((shape for shape in SHAPES.values() if shape.fits(there)), PLAIN)

    def constants(self) -> dict[str, str]:
        return {name: theirs[1:] for name, theirs in self.mapping.items() if theirs.startswith("=")}

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """One delivery: all files together. Raises SourceError where there is none, or one lies there twice."""
        where = place(self.location)
        entries = [entry for entry in where.entries() if entry.is_table or _is_log(entry)]
        if not entries:
            raise SourceError(
                f"{self.location} holds no request log: CSV, CSV.gz, JSON lines, Parquet or .log."
            )
        with TemporaryDirectory(prefix="inferledger-") as staging:
            files = tuple(where.file(entry, Path(staging)) for entry in entries)
            delivery = whole(files)
            asked = (delivery.delivery_id, sorted(self.mapping.items()), self.shape, window.start, window.end)
            more = [part for part in (self.cluster, self.timezone) if part]
            yield Delivery("/".join(str(part) for part in (*asked, *more)), files)


def _is_log(entry: Entry) -> bool:
    """access.log, access.log.gz, and what rotation makes of it: access.log.2.gz, access.log-20261001."""
    name = PurePosixPath(entry.key).name.lower()
    return re.search(r"\.log(\.gz|[.-]\d+(\.gz)?)?$", name) is not None
