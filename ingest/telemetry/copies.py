"""Series that say the same because several scrape one page: replicas of a Prometheus, or two jobs on one target.

What each of them saw is true, and together they count everything twice: of the series that say the same one scraper's
samples are kept, hour by hour (thin_copies.sql). Labels are in lower case here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ingest.telemetry.servers import COUNTERS

Labels = Mapping[str, str]
Told = tuple[int, str, Labels]  # series, name, labels

COLLECTOR = ("prometheus_replica", "__replica__", "receive_replica")  # who scraped; no exporter writes them
REPLICA = "replica"  # Thanos' usual name for it, but Ray's for a replica of a deployment
TARGET = ("job", "prometheus", "service", "endpoint", "container")  # how the scraper found the page
RAY = ("ray_", "serve_")
COLLECTED = "gen_ai_"  # an OpenTelemetry collector's page tells many services, each by its job
MOVED = (
    "exported_"  # what Prometheus puts before a label of the metric's where the target has one of that name
)


class Copy(NamedTuple):
    """`series` says what `kept` says. place: its rank among those that do, whatever the order of reading."""

    series: int
    kept: int
    place: int


class _Seen(NamedTuple):
    """A series: who scraped it, and all other labels as the metric has them."""

    number: int
    scraper: tuple[str | None, ...]
    labels: dict[str, str]


def copies_of(counters: Sequence[Told], gauges: Sequence[Told]) -> list[Copy]:
    """Every series that has a copy, the kept one among them.

    Counters of one page (name and instance) are compared by the labels that all its scrapers give, since each adds what
    it likes of the pod. Of devices such labels tell the holder, so all of them must be equal.
    """
    return [*_copies(counters, _shared), *_copies(gauges, _whole)]


def _copies(told: Sequence[Told], compared: Callable[[Sequence[_Seen]], Sequence[object]]) -> Iterator[Copy]:
    pages: dict[tuple[str, str | None], list[_Seen]] = defaultdict(list)
    for number, name, labels in told:
        pages[name, labels.get("instance")].append(_seen(number, name, labels))
    for page in pages.values():
        if len({seen.scraper for seen in page}) == 1:
            continue
        groups: dict[object, list[_Seen]] = defaultdict(list)
        for seen, key in zip(page, compared(page), strict=True):
            groups[key].append(seen)
        for group in groups.values():
            # two series of one scraper are two things, whatever they have in common
            if 1 < len(group) == len({seen.scraper for seen in group}):
                ranked = sorted(group, key=lambda seen: (-len(seen.labels), *map(str, seen.scraper)))
                yield from (Copy(seen.number, ranked[0].number, n) for n, seen in enumerate(ranked))


def _seen(number: int, name: str, labels: Labels) -> _Seen:
    telling = set(COLLECTOR)
    if labels.get("instance") and not name.startswith(COLLECTED):
        telling |= {label for label in TARGET if not _is_own(name, label, labels)}
        telling |= set() if name.startswith(RAY) else {REPLICA}
    every = (*COLLECTOR, REPLICA, *TARGET)
    scraper = tuple(labels.get(label) if label in telling else None for label in every)
    own = {label: value for label, value in labels.items() if label not in telling}
    moved = {label.removeprefix(MOVED): value for label, value in own.items() if label.startswith(MOVED)}
    return _Seen(number, scraper, {**own, **moved})


def _is_own(name: str, label: str, labels: Labels) -> bool:
    """Whether the metric itself has the label: BentoML's endpoint, a device's container, until it was moved."""
    if f"{MOVED}{label}" in labels:
        return False
    counter = COUNTERS.get(name)
    return label == "container" if counter is None else label in counter.server.endpoint


def _shared(page: Sequence[_Seen]) -> list[object]:
    shared = frozenset.intersection(*(frozenset(seen.labels) for seen in page))
    return [frozenset((label, seen.labels[label]) for label in shared) for seen in page]


def _whole(page: Sequence[_Seen]) -> list[object]:
    return [frozenset(seen.labels.items()) for seen in page]
