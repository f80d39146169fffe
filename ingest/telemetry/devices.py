"""Which device, machine and holder a device's series speaks of, by the labels of each exporter.

A device is never known by its whole set of labels: drivers are upgraded, pods change, Hostname became hostname.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingest.telemetry.gauges import OWN_SIGNAL, Exporter

Labels = Mapping[str, str]
Holder = tuple[str | None, str | None]  # namespace, pod

EXPORTER_POD = re.compile(
    r"dcgm[-_]?exporter|gpu-exporter|gpu-metrics-exporter|device-metrics-exporter|neuron-monitor",
    re.IGNORECASE,
)
DAEMONSET = "[bcdfghjklmnpqrstvwxz2456789]{5}"  # the letters of Kubernetes' random suffixes
SLICES = re.compile(r"(\d+)[gc]\.")
INDEX = re.compile(r"\D{0,8}\d{1,3}")  # 0, nvidia0, accel12: a place in a machine, not a name in the world
LETTERS = "abcdefghijklmnopqrstuvwxyz"
BUS = re.compile(
    r"[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]$"
)  # the domain has four or eight digits, so it is left out
INSTANCE = re.compile(r"i-[0-9a-f]{6,}")


@dataclass(frozen=True)
class Spot:
    """Where in its machine a device is, by which two names of one are joined. uuid_mask: LIKE pattern of a UUID that is
    told in part."""

    index: str | None = None
    pci_bus_id: str | None = None
    uuid_mask: str | None = None

    def agreed(self, other: Spot) -> Spot:
        """What two series of a device say alike, or one alone: an index that changed with a reboot is none."""
        return Spot(
            _agreed(self.index, other.index),
            _agreed(self.pci_bus_id, other.pci_bus_id),
            _agreed(self.uuid_mask, other.uuid_mask),
        )


@dataclass(frozen=True)
class Device:
    """gpu_util: what its utilisation is called in the store."""

    device_id: str
    parent_id: str
    mig_profile: str | None
    gpu_model: str | None
    kind: str = "gpu"
    gpu_util: str = "gpu_util"
    spot: Spot = Spot()

    @property
    def key(self) -> tuple[str, str | None]:
        """A GPU is cut anew without a new UUID, and an instance's number then names another slice of it."""
        return self.device_id, self.mig_profile

    @property
    def parent_key(self) -> tuple[str, str | None]:
        """The GPU that the device is a slice of; its own where it is none."""
        return (self.parent_id, None) if self.parent_id != self.device_id else self.key

    @property
    def slices(self) -> int:
        """Compute slices of a MIG profile such as 3g.20gb; 1 where the profile is not told."""
        told = SLICES.match(self.mig_profile or "")
        return int(told.group(1)) if told else 1


@dataclass(frozen=True)
class Places:
    """What other series of the load say about places.

    cores: NeuronCores per device of a machine. pods: (namespace, pod) → node. addresses: a pod's or host's IP → node.
    """

    cores: Mapping[str | None, int] = field(default_factory=dict)
    pods: Mapping[Holder, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


NOWHERE = Places()


def cores_per_device(hardware: Iterable[Labels]) -> dict[str | None, int]:
    """NeuronCores per device, machine by machine, from neuron_hardware_info. Machines that tell two are left out."""
    told: dict[str | None, set[int]] = {}
    for labels in hardware:
        count = labels.get("neuroncore_per_device_count", "")
        if count.isdigit() and int(count) > 0:
            told.setdefault(node_of("neuron", labels), set()).add(int(count))
    return {node: min(counts) for node, counts in told.items() if len(counts) == 1}


def device_of(exporter: Exporter, labels: Labels, places: Places = NOWHERE) -> Device | None:
    """The device of a series, None where the labels cannot tell it."""
    node = node_of(exporter, labels, places)
    if exporter in OWN_SIGNAL:
        name = labels["device"]
        return Device(
            name, name, None, labels.get("model"), "gpu", OWN_SIGNAL[exporter], _spot(labels, "index")
        )
    if exporter == "amd":
        return _amd(labels, node)
    if exporter == "neuron":
        return _neuron(labels, node, places)
    if exporter == "gke":
        return _gke(labels, node)
    return _nvidia(labels, node)


def _nvidia(labels: Labels, node: str | None) -> Device | None:
    """UUID, or UUID/GPU-instance for a MIG slice; host/index where no UUID is told. NVLink series say gpu_uuid."""
    uuid = labels.get("uuid") or labels.get("gpu_uuid") or _joined(node, labels.get("gpu"))
    if uuid is None:
        return None
    instance = labels.get("gpu_i_id")
    model = labels.get("modelname") or labels.get("model_name")
    profile = labels.get("gpu_i_profile") or None
    name = f"{uuid}/{instance}" if instance else uuid
    return Device(name, uuid, profile, model or None, spot=_spot(labels, "gpu"))


def _amd(labels: Labels, node: str | None) -> Device | None:
    name = labels.get("gpu_uuid") or labels.get("serial_number") or _joined(node, labels.get("gpu_id"))
    model = labels.get("card_series") or labels.get("card_model") or None
    return Device(name, name, None, model, spot=_spot(labels, "gpu_id")) if name else None


def _neuron(labels: Labels, node: str | None, places: Places) -> Device | None:
    """The device that a NeuronCore belongs to: a bill prices devices, and cores outnumber them."""
    core, cores = labels.get("neuroncore", ""), places.cores.get(node)
    if not core.isdigit() or cores is None:
        return None
    name = _joined(node, f"neuron{int(core) // cores}")
    return Device(name, name, None, None, "neuron") if name else None


def _gke(labels: Labels, node: str | None) -> Device | None:
    """accelerator_id is a GPU's UUID; where it is only an index, the node makes it a name."""
    told, model = labels.get("accelerator_id"), labels.get("model") or None
    spot = Spot()
    if told and INDEX.fullmatch(told):
        spot = Spot(told.lstrip(LETTERS))
        told = _joined(node, told)
    return Device(told, told, None, model, _gke_kind(labels), spot=spot) if told else None


def _gke_kind(labels: Labels) -> str:
    make, model = labels.get("make", "").lower(), labels.get("model", "").lower()
    if "tpu" in make or model.startswith(("tpu", "ct")):
        return "tpu"
    return "gpu" if make in ("nvidia", "amd") or model.startswith("nvidia") else "other"


def node_of(exporter: Exporter, labels: Labels, places: Places = NOWHERE) -> str | None:
    """The machine: Hostname, unless that is only the exporter's pod; then the node label, what kube-state-metrics says
    of that pod, else the scraped host. Neuron names the billed instance itself; Cloud Monitoring the node."""
    if exporter in OWN_SIGNAL:
        return labels.get("node")
    if exporter == "gke":
        return labels.get("node_name") or labels.get("node") or None
    if exporter == "neuron" and INSTANCE.fullmatch(labels.get("instance_id", "")):
        return labels["instance_id"]
    host, pod = labels.get("hostname"), labels.get("pod")
    if host and host != pod:
        return host
    address = _host(labels.get("instance"))
    known = places.pods.get((labels.get("namespace"), pod)) or places.addresses.get(address or "")
    return labels.get("node") or labels.get("kubernetes_node") or known or host or address


def holder_of(exporter: Exporter, labels: Labels, relabelled: bool) -> Holder | None:
    """Who holds a device, by the three label schemes seen in real fleets; None = nobody known.

    With honorLabels false the workload stands in exported_pod and `pod` is always the exporter's. With
    honorLabels true, or on a raw scrape, `pod` is the workload, but Prometheus fills in the exporter's own
    where the device is free. `relabelled`: the scraped target is known to be of the first kind.
    """
    if exporter in OWN_SIGNAL:
        pod, namespace = labels.get("pod"), labels.get("namespace")
    elif exporter == "gke":
        pod, namespace = labels.get("pod_name"), labels.get("namespace_name")
    elif relabelled or "exported_pod" in labels:
        pod, namespace = labels.get("exported_pod"), labels.get("exported_namespace")
    else:
        pod = labels.get("pod") or labels.get("pod_name")
        namespace = labels.get("namespace") or labels.get("pod_namespace")
        if _is_exporter(labels, pod):
            pod = None
    if not pod and (job := labels.get("hpc_job")):
        return "slurm", job  # dcgm-exporter's label of a batch job, where no pod holds the device
    return (namespace or None, pod) if pod else None


def _is_exporter(labels: Labels, pod: str | None) -> bool:
    container, job = labels.get("container") or labels.get("container_name") or "", labels.get("job") or ""
    if EXPORTER_POD.search(container) or EXPORTER_POD.search(pod or ""):
        return True
    own = re.fullmatch(re.escape(job) + "-" + DAEMONSET, pod or "") if job else None
    return bool(job and container == job) or own is not None


def _spot(labels: Labels, index: str) -> Spot:
    number, bus = labels.get(index, ""), BUS.search(labels.get("pci_bus_id", "").lower())
    return Spot(number if number.isdigit() else None, bus.group() if bus else None, labels.get("uuid_mask"))


def _agreed(one: str | None, other: str | None) -> str | None:
    if one is None or other is None or one == other:
        return one if other is None else other
    return ""


def _joined(*parts: str | None) -> str | None:
    return "/".join(part for part in parts if part) if all(parts) else None


def _host(instance: str | None) -> str | None:
    return instance.rsplit(":", 1)[0] if instance else None
