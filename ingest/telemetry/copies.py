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
SCRAPER = (*COLLECTOR, REPLICA, *TARGET)
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


def copies_of(counters: Sequence[Told], gauges: Sequence[Told], held: Mapping[int, object]) -> list[Copy]:
    """Every series that has a copy, the kept one among them.

    Counters of one page (name and instance) are compared by the labels that all its scrapers give, since each adds what
    it likes of the pod. Of devices such labels tell the holder, each scraper in its own way: held says of a gauge's
    series which device and holder they mean; one that it leaves out has no copy.
    """
    placed = [row for row in gauges if row[0] in held]
    return [
        *_copies(counters, _shared),
        *_copies(placed, lambda page: [held[seen.number] for seen in page]),
    ]


def _copies(told: Sequence[Told], compared: Callable[[Sequence[_Seen]], Sequence[object]]) -> Iterator[Copy]:
    pages: dict[tuple[str, str | None], list[Told]] = defaultdict(list)
    for row in told:
        pages[row[1], row[2].get("instance")].append(row)
    for page in pages.values():
        if len({_scraper(name, labels) for _, name, labels in page}) == 1:
            continue
        every = [_seen(*row) for row in page]
        groups: dict[object, list[_Seen]] = defaultdict(list)
        for seen, key in zip(every, compared(every), strict=True):
            groups[key].append(seen)
        for group in groups.values():
            # two series of one scraper are two things, whatever they have in common
            if 1 < len(group) == len({seen.scraper for seen in group}):
                ranked = sorted(group, key=lambda seen: (-len(seen.labels), *map(str, seen.scraper)))
                yield from (Copy(seen.number, ranked[0].number, n) for n, seen in enumerate(ranked))


def _scraper(name: str, labels: Labels) -> tuple[str | None, ...]:
    """The labels that tell who scraped, None where there is none or where it is the metric's own."""
    return tuple(
        labels[label] if label in labels and not _is_own(name, label, labels) else None for label in SCRAPER
    )


def _seen(number: int, name: str, labels: Labels) -> _Seen:
    scraper = _scraper(name, labels)
    telling = {label for label, value in zip(SCRAPER, scraper, strict=True) if value is not None}
    own = {label: value for label, value in labels.items() if label not in telling}
    moved = {label.removeprefix(MOVED): value for label, value in own.items() if label.startswith(MOVED)}
    return _Seen(number, scraper, {**own, **moved})


def _is_own(name: str, label: str, labels: Labels) -> bool:
    """Whether a label is none of the scraper's. A target is known by its instance alone; BentoML's endpoint and a
    device's container are the metric's, until they were moved."""
    if label in COLLECTOR:
        return False
    if not labels.get("instance") or name.startswith(COLLECTED):
        return True
    if label == REPLICA:
        return name.startswith(RAY)
    counter = COUNTERS.get(name)
    own = label == "container" if counter is None else label in counter.server.endpoint
    return own and f"{MOVED}{label}" not in labels


def _shared(page: Sequence[_Seen]) -> list[object]:
    shared = frozenset.intersection(*(frozenset(seen.labels) for seen in page))
    return [frozenset((label, seen.labels[label]) for label in shared) for seen in page]
