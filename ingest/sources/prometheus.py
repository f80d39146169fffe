"""GPU and serving telemetry from Prometheus: a server, exposition text, recorded answers, or the Parquet dump.

    python -m ingest prometheus http://prometheus:9090 --since 2026-10-01
    python -m ingest prometheus telemetry/ --source gpu-fleet

One code behind three readers: what exporters say of devices (DCGM, AMD, Neuron, GKE) becomes device hours and idle
stretches, the counters of model servers (ingest/telemetry/servers) traffic, and kube-state-metrics tells which version
a pod runs and which billed machine a node is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ingest.source import Window
from ingest.telemetry.access import Access
from ingest.telemetry.files import file_batches
from ingest.telemetry.http import Export, Server, now_utc, server_batches
from ingest.telemetry.kubernetes import PodLabels
from ingest.telemetry.staging import Batch

GOOGLE = "monitoring.googleapis.com"


@dataclass(frozen=True)
class Prometheus:
    """location: http(s)://… of a server, or a file or folder.

    at: the instant of exposition text without timestamps (UTC), else the file's own time.
    matcher: more label matchers for a server, as in PromQL: `cluster="prod"`.
    access: how a server is spoken to. export: "victoriametrics" reads raw samples from its /api/v1/export.
    exact_names: metrics are asked for one by one, as Google's Managed Prometheus wants it; its address is known.
    accept_partial: what a server tells is loaded even where it says that some of its stores did not answer.
    pod_labels: which labels of a pod say what it runs.
    """

    location: str
    at: datetime | None = None
    matcher: str = ""
    access: Access = field(default_factory=Access)
    export: Export = "query"
    exact_names: bool = False
    accept_partial: bool = False
    pod_labels: PodLabels = field(default_factory=PodLabels)
    kind: str = "prometheus"

    def batches(self, window: Window, watermark: datetime | None) -> Iterator[Batch]:
        """What to load, oldest first, each in a transaction of its own. Raises SourceError.

        A server yields UTC days from the watermark (the end of what was loaded last), less two hours; files yield
        one batch.
        """
        if self.server is not None:
            yield from server_batches(self.server, window, watermark, now_utc(), self.pod_labels)
        else:
            yield from file_batches(self.location, window, self.at, self.pod_labels)

    @property
    def server(self) -> Server | None:
        """The server that the location names; None where it names files."""
        if not self.location.startswith(("http://", "https://")):
            return None
        exact = self.exact_names or urlsplit(self.location).hostname == GOOGLE
        return Server(self.location, self.access, self.matcher, self.export, exact, self.accept_partial)


def from_options(
    *,
    location: str,
    at: datetime | None,
    matcher: str,
    export: Export,
    exact_names: bool,
    accept_partial: bool,
    model_labels: tuple[str, ...] | None,
    version_labels: tuple[str, ...] | None,
    team_labels: tuple[str, ...] | None,
    cluster: str | None,
    **access: Any,  # noqa: ANN401 - the fields of Access, whatever their types
) -> Prometheus:
    """The source that a table of inferledger.toml describes: what PrometheusOptions has."""
    labels = {"model": model_labels, "version": version_labels, "team": team_labels}
    told = {name: names for name, names in labels.items() if names is not None}
    return Prometheus(
        location,
        at,
        matcher,
        Access(**access),
        export,
        exact_names,
        accept_partial,
        PodLabels(cluster=cluster, **told),
    )
