"""From label texts to integers: which device, holder, node or serving process each series speaks of.

Labels are read once per series, never once per sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.telemetry.families import BY_NAME
from ingest.telemetry.serving import CounterRow, Labels, Numbers, Process, counters_of, twins_of

Holder = tuple[str | None, str | None]  # namespace, pod

EXPORTER = re.compile(
    r"dcgm[-_]?exporter|gpu-exporter|gpu-metrics-exporter|device-metrics-exporter", re.IGNORECASE
)
DAEMONSET = "[bcdfghjklmnpqrstvwxz2456789]{5}"  # the letters of Kubernetes' random suffixes
SLICES = re.compile(r"(\d+)[gc]\.")


@dataclass(frozen=True)
class Device:
    device_id: str
    parent_id: str
    mig_profile: str | None
    gpu_model: str | None

    @property
    def slices(self) -> int:
        """Compute slices of a MIG profile such as 3g.20gb; 1 where the profile is not told."""
        told = SLICES.match(self.mig_profile or "")
        return int(told.group(1)) if told else 1


@dataclass
class Catalog:
    """Every series of a load, told apart. Rows of `gauges` and `counters` are shaped as the roll-up reads them."""

    devices: dict[str, Device] = field(default_factory=dict)
    device_numbers: Numbers[str] = field(default_factory=Numbers)
    holders: Numbers[Holder] = field(default_factory=Numbers)
    nodes: Numbers[str] = field(default_factory=Numbers)
    processes: Numbers[Process] = field(default_factory=Numbers)
    gauges: list[tuple[int, int, int | None, int | None, str, float]] = field(default_factory=list)
    counters: list[CounterRow] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)


def catalog(series: Iterable[tuple[int, str, Labels]]) -> Catalog:
    """Sorts series (number, metric, labels) into gauges of devices, counters of servers, and what is neither."""
    told = [(number, metric.lower(), _lower(labels)) for number, metric, labels in series]
    gauges = [row for row in told if _kind(row[1]) == "gauge"]
    result = Catalog()
    relabelled = {_target(labels) for _, _, labels in gauges if "exported_pod" in labels} - {None}
    for number, name, labels in gauges:
        _add_gauge(result, number, name, labels, _target(labels) in relabelled)
    result.counters = counters_of([row for row in told if _kind(row[1]) == "counter"], result.processes)
    result.twins = twins_of(told, {number for number, *_ in result.counters})
    return result


def device_of(labels: Labels) -> Device | None:
    """The device of a DCGM series: UUID, or UUID/GPU-instance for a MIG slice; host/index where no UUID is told."""
    uuid = labels.get("uuid") or _joined(node_of(labels), labels.get("gpu"))
    if uuid is None:
        return None
    instance = labels.get("gpu_i_id")
    model = labels.get("modelname") or labels.get("model_name")
    profile = labels.get("gpu_i_profile") or None
    return Device(f"{uuid}/{instance}" if instance else uuid, uuid, profile, model or None)


def node_of(labels: Labels) -> str | None:
    """The machine: Hostname, unless that is only the exporter's pod; then the node label, else the scraped host."""
    host = labels.get("hostname")
    if host and host != labels.get("pod"):
        return host
    return labels.get("node") or labels.get("kubernetes_node") or host or _host(labels.get("instance"))


def holder_of(labels: Labels, relabelled: bool) -> Holder | None:
    """Who holds a device, by the three label schemes seen in real fleets; None = nobody known.

    With honorLabels false the workload stands in exported_pod and `pod` is always the exporter's. With
    honorLabels true, or on a raw scrape, `pod` is the workload, but Prometheus fills in the exporter's own
    where the device is free. `relabelled`: the scraped target is known to be of the first kind.
    """
    if relabelled or "exported_pod" in labels:
        pod, namespace = labels.get("exported_pod"), labels.get("exported_namespace")
    else:
        pod = labels.get("pod") or labels.get("pod_name")
        namespace = labels.get("namespace") or labels.get("pod_namespace")
        if _is_exporter(labels, pod):
            return None
    return (namespace or None, pod) if pod else None


def _add_gauge(result: Catalog, number: int, name: str, labels: Labels, relabelled: bool) -> None:
    device = device_of(labels)
    if device is None:
        return
    known = result.devices.get(device.device_id)
    if known is None or (known.gpu_model or "") < (device.gpu_model or ""):
        result.devices[device.device_id] = device
    holder, node, metric = holder_of(labels, relabelled), node_of(labels), BY_NAME[name]
    result.gauges.append(
        (
            number,
            result.device_numbers[device.device_id],
            result.holders[holder] if holder else None,
            result.nodes[node] if node else None,
            metric.role,
            metric.ceiling,
        )
    )


def _is_exporter(labels: Labels, pod: str | None) -> bool:
    container, job = labels.get("container") or labels.get("container_name") or "", labels.get("job") or ""
    if EXPORTER.search(container) or EXPORTER.search(pod or ""):
        return True
    own = re.fullmatch(re.escape(job) + "-" + DAEMONSET, pod or "") if job else None
    return bool(job and container == job) or own is not None


def _kind(name: str) -> str | None:
    metric = BY_NAME.get(name)
    return metric.kind if metric else None


def _target(labels: Labels) -> tuple[str | None, str] | None:
    """The scrape target, where the labels tell it."""
    instance = labels.get("instance")
    return (labels.get("job"), instance) if instance else None


def _lower(labels: Labels) -> dict[str, str]:
    return {name.lower(): value for name, value in labels.items() if name != "__name__"}


def _joined(*parts: str | None) -> str | None:
    return "/".join(part for part in parts if part) if all(parts) else None


def _host(instance: str | None) -> str | None:
    return instance.rsplit(":", 1)[0] if instance else None
