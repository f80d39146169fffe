"""GPU and serving telemetry from Prometheus: a server, exposition text, recorded answers, or the Parquet dump.

    python -m ingest prometheus http://prometheus:9090 --since 2026-10-01
    python -m ingest prometheus telemetry/ --source gpu-fleet

One code behind three readers: dcgm-exporter's gauges become device hours and idle stretches, the counters of model
servers (ingest/telemetry/servers) traffic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest.source import Window
from ingest.telemetry.files import file_batches
from ingest.telemetry.http import Server, now_utc, server_batches
from ingest.telemetry.staging import Batch

TOKEN = "INFERLEDGER_PROMETHEUS_TOKEN"


@dataclass(frozen=True)
class Prometheus:
    """location: http(s)://… of a server, or a file or folder.

    at: the instant of exposition text without timestamps (UTC), else the file's own time.
    matcher: more label matchers for a server, as in PromQL: `cluster="prod"`.
    token_env: the environment variable that holds a bearer token; unset = none is sent.
    headers: sent with each request (Mimir's X-Scope-OrgID, say).
    """

    location: str
    at: datetime | None = None
    matcher: str = ""
    token_env: str = TOKEN
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "prometheus"

    def batches(self, window: Window, watermark: datetime | None) -> Iterator[Batch]:
        """What to load, oldest first, each in a transaction of its own. Raises SourceError.

        A server yields UTC days from the watermark (the end of what was loaded last), less two hours; files yield
        one batch.
        """
        if self.location.startswith(("http://", "https://")):
            server = Server(self.location, self.token_env, self.headers, self.matcher)
            yield from server_batches(server, window, watermark, now_utc())
        else:
            yield from file_batches(self.location, window, self.at)
