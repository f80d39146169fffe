"""The shape in which a kind of model server is described: its labels, and its counters as families. Data only.

To add a server write a module beside this one and name it in __init__.py; nothing else knows any server by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, NamedTuple


class Names(NamedTuple):
    """What is asked for at once: a regular expression over names, and each name, for engines that take none."""

    pattern: str
    each: tuple[str, ...]


AddsTo = tuple[tuple[str, float], ...]
Ended = Literal["ok", "failed"]


class Layer(IntEnum):
    """How near the model a server stands. A request passes several; the nearest that counted it is believed."""

    ENGINE = 1  # computes the answer
    FRAMEWORK = 2  # serves a model in its process, which may be an engine with metrics of its own
    GATEWAY = 3  # passes requests on; its pod holds no model
    CLIENT = 4  # asks


@dataclass(frozen=True)
class Outcome:
    """How a request ended, where a label of the counter says so.

    failed: the values that mean failure; 'status' = HTTP codes from 400; 'any' = every value, and without one it was
    answered.
    """

    label: str
    failed: frozenset[str] | Literal["status", "any"]

    def of(self, value: str | None) -> Ended | None:
        """What a label's value means; None = it does not say."""
        if self.failed == "any":
            return "failed" if value else "ok"
        if value is None:
            return None
        if self.failed == "status":
            return ("failed" if int(value) >= 400 else "ok") if value.isdecimal() else None
        return "failed" if value in self.failed else "ok"


@dataclass(frozen=True)
class Family:
    """One quantity under all its spellings, best first: where a process has several, the first alone counts.

    adds: what its growth is added to, times which factor: the columns of traffic, or the measures of traffic_latency.
    unit: what one of its own is in seconds; for buckets that of their bounds.
    by_label: a label and what each of its values adds to, instead of `adds`; other values are left out.
    """

    names: tuple[str, ...]  # without the server's prefix
    adds: AddsTo = ()
    unit: float = 1.0
    buckets: bool = False
    outcome: Outcome | None = None
    by_label: tuple[str, Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Server:
    """A kind of server. Labels are named in lower case, several = the first that is told.

    name: as traffic.server has it.
    path: the label with the route, by which health checks and scrapes are told; aside: routes beside the usual ones.
    untold: versions that only say that none was asked for.
    skip: label → values of series that count again what others count.
    replicas: labels of ranks that work on the same requests: one of them speaks for all.
    """

    name: str
    layer: Layer
    families: tuple[Family, ...]
    prefixes: tuple[str, ...] = ("",)
    model: tuple[str, ...] = ("model_name", "model")
    version: tuple[str, ...] = ()
    endpoint: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    aside: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    skip: Mapping[str, frozenset[str]] = field(default_factory=dict)
    replicas: tuple[str, ...] = ()

    def spelled(self) -> Iterator[tuple[str, Family, int]]:
        """Every full name with its family and its rank among the family's names."""
        for family in self.families:
            every = [prefix + name for name in family.names for prefix in self.prefixes]
            yield from ((name, family, rank) for rank, name in enumerate(every))


def counter(adds_to: str, *stems: str, unit: float = 1.0) -> Family:
    """A counter, with and without the _total that OpenMetrics asks for."""
    return Family(_totals(stems), ((adds_to, unit),), unit)


def requests(*stems: str, outcome: Outcome) -> Family:
    """A request counter whose labels say how requests ended. Where they don't, all that finished count as answered."""
    return Family(_totals(stems), (("finished", 1.0),), outcome=outcome)


def taken_back(*stems: str) -> Family:
    """Failed requests that the counter of answered ones, or of all that finished, holds too."""
    return Family(_totals(stems), (("failed", 1.0), ("taken_back", 1.0)))


def total_of(adds_to: str, *stems: str, unit: float = 1.0) -> Family:
    """The sum of a histogram or summary."""
    return Family(tuple(f"{stem}_sum" for stem in stems), ((adds_to, unit),), unit)


def count_of(stem: str, outcome: Outcome | None = None) -> Family:
    """The observations of a histogram: requests that finished."""
    return Family((f"{stem}_count",), (("finished", 1.0),), outcome=outcome)


def buckets(measure: str, stem: str, unit: float = 1.0) -> Family:
    """A latency histogram; unit: seconds in one of its bounds."""
    return Family((f"{stem}_bucket",), ((measure, 1.0),), unit, buckets=True)


def seen(*names: str) -> Family:
    """Gauges that only prove that the server is there: its requests are unknown, not 0."""
    return Family(names, (("seen", 1.0),))


def _totals(stems: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for stem in stems for name in (f"{stem}_total", stem))
