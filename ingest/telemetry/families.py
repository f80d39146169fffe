"""Which metric names mean what: devices' gauges (gauges.py), model servers' counters (servers/), however spelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.telemetry import servers
from ingest.telemetry.gauges import (
    BLANK_INT32,
    GAUGES,
    HARDWARE,
    STAGED,
    devices_without_data,
    spellings,
)
from ingest.telemetry.kubernetes import NAMES as KUBERNETES
from ingest.telemetry.servers.family import Names

Kind = Literal["gauge", "counter", "info"]


@dataclass(frozen=True)
class Metric:
    """One metric name in lower case. Names of one role are maximised per device and instant, so none is preferred."""

    name: str
    role: str
    kind: Kind
    ceiling: float = BLANK_INT32
    divisor: float = 1.0


METRICS = (
    *[Metric(name, g.role, "gauge", g.ceiling, g.divisor) for g in (*GAUGES, *STAGED) for name in g.names],
    Metric(HARDWARE, "hardware", "info"),
    *[Metric(name, told.server.name, "counter") for name, told in servers.COUNTERS.items()],
)

BY_NAME = {metric.name: metric for metric in METRICS}
WANTED = tuple(sorted({*BY_NAME, *servers.TWINS, *KUBERNETES}))


def queries() -> dict[str, Names]:
    """role, or server → every spelling of its names, the usual one of a gauge first."""
    names: dict[str, list[str]] = {}
    for gauge in GAUGES:
        names.setdefault(gauge.role, []).extend(spellings(gauge))
    names["hardware"] = [HARDWARE]
    return {**{role: Names("|".join(told), tuple(told)) for role, told in names.items()}, **servers.queries()}


def without_data(roles: set[str]) -> str:
    """The metrics of roles that nobody reported, as people know them; servers absent as a whole as one."""
    said = devices_without_data(roles)
    if roles.issuperset(servers.queries()):
        said = [*said, "any metric of a model server"]
    return ", ".join(said)
