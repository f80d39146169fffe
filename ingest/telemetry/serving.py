"""What the counter series of model servers add up to: which process they belong to, and what their growth means.

Labels are in lower case here. Prometheus moves a server's own label to exported_… where the scraped target has one of
that name (Kubernetes' `endpoint` and `pod` above all), so that one is believed first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Generic, NamedTuple, TypeVar

from ingest.telemetry.servers import COUNTERS, TWINS, Counter, stem
from ingest.telemetry.servers.family import AddsTo, Layer, Server

Labels = Mapping[str, str]
Told = tuple[int, str, Labels]  # series, name, labels
T = TypeVar("T")

REQUESTS = frozenset({"ok", "failed", "finished"})
SET_APART: AddsTo = (("aside", 1.0), ("ok", 0.0), ("failed", 0.0))
NOTHING = frozenset({"", "None", "null"})  # how clients spell a label without a value
ASIDE = frozenset(
    {
        *(
            "/health",
            "/healthz",
            "/health_generate",
            "/livez",
            "/readyz",
            "/live",
            "/ready",
            "/ping",
            "/metrics",
        ),
        *("/health/live", "/health/ready", "/health/liveness", "/health/liveliness", "/health/readiness"),
        *("/v2/health", "/v2/health/live", "/v2/health/ready", "/-/healthz", "/-/routes"),
        *("/v1/models", "/models", "/docs", "/openapi.json"),
    }
)  # health checks, scrapes and what describes a server: no inferences


class Numbers(Generic[T]):
    """Numbers things from 1 in the order of their first sight."""

    def __init__(self) -> None:
        self.of: dict[T, int] = {}

    def __getitem__(self, thing: T) -> int:
        return self.of.setdefault(thing, len(self.of) + 1)


class Process(NamedTuple):
    """Whose counters are added together: a server's model, version and endpoint in one pod."""

    server: str
    layer: int
    model: str | None
    version: str | None
    endpoint: str | None
    team: str | None
    namespace: str | None
    pod: str | None


class CounterRow(NamedTuple):
    """Growth of `series` times `factor` adds to `role` of `process`.

    le, histogram: of a bucket, its upper bound in seconds and the number of the histogram that it belongs to.
    """

    series: int
    process: int
    role: str
    le: float | None
    factor: float
    histogram: int | None


def counters_of(told: Sequence[Told], processes: Numbers[Process]) -> list[CounterRow]:
    """The rows of every series that counts. Of several names for one quantity and the same labels the best counts."""
    best: dict[tuple[object, ...], tuple[tuple[int, str], ...]] = {}
    for _, name, labels in told:
        key, place = _identity(name, labels), _place(name, labels)
        best[key] = min(place, best.get(key, place))
    rows, histograms = [], Numbers[tuple[object, ...]]()
    for number, name, labels in told:
        if _place(name, labels) > best[_identity(name, labels)] or _counted_elsewhere(name, labels):
            continue
        server = COUNTERS[name].server
        aside = _is_aside(server, labels)
        process = processes[process_of(server, labels, aside)]
        bound = _bound(name, labels)
        histogram = None if bound is None else histograms[_histogram(name, labels)]
        rows += [
            CounterRow(number, process, role, bound, factor, histogram)
            for role, factor in _meaning(COUNTERS[name], labels, aside, bound)
        ]
    return rows


def twins_of(told: Iterable[Told], kept: Set[int]) -> list[tuple[int, int]]:
    """(series of a _created gauge, series of its counter) for the counters that are kept."""
    series = list(told)
    born = {
        (name.removesuffix("_created"), frozenset(labels.items())): number
        for number, name, labels in series
        if name in TWINS
    }
    found = []
    for number, name, labels in series:
        if number in kept:
            plain = frozenset(item for item in labels.items() if item[0] != "le")
            twin = born.get((stem(name), plain))
            if twin is not None:
                found.append((twin, number))
    return found


def process_of(server: Server, labels: Labels, aside: bool) -> Process:
    """A serving process: the model as it calls itself, and its own pod (a server's target is the server).

    A gateway's or a client's pod holds no model and is none of its processes'. Calls set apart have no endpoint.
    """
    pod = namespace = None
    if server.layer < Layer.GATEWAY:
        pod = labels.get("exported_pod") or labels.get("pod") or None
        namespace = (
            labels.get("exported_namespace") if labels.get("exported_pod") else labels.get("namespace")
        )
    model, version = _first(labels, server.model), _first(labels, server.version)
    if not server.model and pod is None:
        model = labels.get("job") or labels.get("instance") or None
    return Process(
        server=server.name,
        layer=int(server.layer),
        model=model,
        version=None if version == model or version in server.untold else version,
        endpoint=None if aside else _first(labels, server.endpoint),
        team=_first(labels, server.team),
        namespace=namespace or None,
        pod=pod,
    )


def _meaning(counter: Counter, labels: Labels, aside: bool, bound: float | None) -> AddsTo:
    """What the series adds to, and times which factor. How requests ended also tells that none ended otherwise."""
    family = counter.family
    if aside:
        return SET_APART if any(role in REQUESTS for role, _ in family.adds) else ()
    if family.buckets:
        return family.adds if bound is not None else ()
    if family.by_label:
        label, roles = family.by_label
        role = roles.get(_own(labels, label) or "")
        return ((role, 1.0),) if role else ()
    ended = family.outcome.of(_own(labels, family.outcome.label)) if family.outcome else None
    if ended is None:
        return family.adds
    return ((ended, 1.0), ("failed" if ended == "ok" else "ok", 0.0))


def _identity(name: str, labels: Labels) -> tuple[object, ...]:
    counter = COUNTERS[name]
    plain = frozenset(item for item in labels.items() if item[0] not in counter.server.replicas)
    return counter.server.name, counter.family.names, plain


def _place(name: str, labels: Labels) -> tuple[tuple[int, str], ...]:
    """Sorts the series of one quantity: by the rank of the name, then the lowest of ranks that did the same work."""
    counter = COUNTERS[name]
    ranks = ((len(labels.get(label, "")), labels.get(label, "")) for label in counter.server.replicas)
    return ((counter.rank, ""), *ranks)


def _counted_elsewhere(name: str, labels: Labels) -> bool:
    skip = COUNTERS[name].server.skip
    return any(_own(labels, label) in values for label, values in skip.items())


def _is_aside(server: Server, labels: Labels) -> bool:
    path = _first(labels, server.path)
    return path is not None and (path in server.aside or (path.rstrip("/") or path) in ASIDE)


def _bound(name: str, labels: Labels) -> float | None:
    """The bucket's upper bound in seconds."""
    family = COUNTERS[name].family
    if not family.buckets:
        return None
    try:
        return float(labels.get("le", "")) * family.unit
    except ValueError:
        return None


def _histogram(name: str, labels: Labels) -> tuple[object, ...]:
    """What the buckets of one histogram share."""
    return name, frozenset(item for item in labels.items() if item[0] != "le")


def _first(labels: Labels, names: Sequence[str]) -> str | None:
    """The first of these labels that has a value."""
    return next((value for name in names if (value := _own(labels, name))), None)


def _own(labels: Labels, name: str) -> str | None:
    """The server's own label, None where it is empty."""
    value = labels.get(f"exported_{name}", labels.get(name))
    return None if value is None or value in NOTHING else value
