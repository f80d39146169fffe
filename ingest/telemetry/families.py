"""Which metric names mean what: DCGM's gauges, and the counters of model servers (servers/), in all their spellings.

Sources: NVIDIA/dcgm-exporter etc/*.csv (names, units); for servers see there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.telemetry import servers

BLANK_INT32 = 2147483632.0  # 0x7ffffff0; DCGM's FP64 blank (2^47) and int64 blanks lie above it
BLANK_INT64 = 9.2e18  # the energy counter alone may pass 2^47
Kind = Literal["gauge", "counter"]


@dataclass(frozen=True)
class Metric:
    """One metric name in lower case. Of several names for one role the lowest rank counts; they are never added."""

    name: str
    role: str
    kind: Kind
    rank: int = 0
    ceiling: float = BLANK_INT32


def _gauge(role: str, *names: str, ceiling: float = BLANK_INT32) -> list[Metric]:
    """Names of one role are maximised per device and instant, so they need no rank."""
    return [Metric(name, role, "gauge", 0, ceiling) for name in names]


METRICS = (
    *_gauge("sm_active", "dcgm_fi_prof_sm_active"),
    *_gauge("gr_active", "dcgm_fi_prof_gr_engine_active"),
    *_gauge("gpu_util", "dcgm_fi_dev_gpu_util", "dcgm_gpu_utilization"),
    *_gauge("dram_active", "dcgm_fi_prof_dram_active"),
    *_gauge("tensor", "dcgm_fi_prof_pipe_tensor_active"),
    *_gauge("memory", "dcgm_fi_dev_fb_used", "dcgm_fb_used"),
    *_gauge("power", "dcgm_fi_dev_power_usage", "dcgm_power_usage"),
    *_gauge(
        "energy",
        "dcgm_fi_dev_total_energy_consumption",
        "dcgm_fi_dev_total_energy_consumption_total",
        ceiling=BLANK_INT64,
    ),
    *[Metric(name, told.server.name, "counter", told.rank) for name, told in servers.COUNTERS.items()],
)

BY_NAME = {metric.name: metric for metric in METRICS}
WANTED = tuple(sorted({*BY_NAME, *servers.TWINS}))


def queries() -> dict[str, str]:
    """role, or server → a regular expression over every spelling of its names, for a selector on __name__.

    A gauge's usual name comes first. Exporters write DCGM's names in upper case, some distributions in lower; nothing
    else differs in case.
    """
    names: dict[str, list[str]] = {}
    for metric in METRICS:
        if metric.kind == "gauge":
            names.setdefault(metric.role, []).extend([metric.name.upper(), metric.name])
    return {**{role: "|".join(spelled) for role, spelled in names.items()}, **servers.queries()}


def without_data(roles: set[str]) -> str:
    """The gauges of roles that nobody reported, as people know them; devices or servers absent as a whole as one."""
    told, asked = queries(), servers.queries()
    absent = [names.split("|")[0] for role, names in told.items() if role in roles and role not in asked]
    said = ["any DCGM metric"] if len(absent) == len(told) - len(asked) else absent
    if roles.issuperset(asked):
        said = [*said, "any metric of a model server"]
    return ", ".join(said)
