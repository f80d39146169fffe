"""What kube-state-metrics says of pods and nodes: which model version a pod runs, which billed machine a node is.

Everything is told hour by hour, because that is how holders are looked up: a pod's name is used again by the next pod
of a StatefulSet (only the uid tells them apart), a node's by the next machine. What contradicts itself within an hour
is reported and stays unknown; nothing is guessed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from ingest.telemetry.devices import Holder, Labels, Places

POD_NAMES = (
    "kube_pod_info",
    "kube_pod_owner",
    "kube_pod_container_info",
    "kube_pod_labels",
    "kube_pod_container_resource_requests",
    "kube_pod_status_phase",
)
NODE_NAME = "kube_node_info"
NAMES = (*POD_NAMES, NODE_NAME)
ACCELERATORS = (
    "nvidia_com_.*|amd_com_gpu|aws_amazon_com_neuron.*|google_com_tpu|habana_ai_gaudi|gpu_intel_com_.*"
)
ASKED = re.compile(ACCELERATORS)
FLOATING = re.compile(r"latest.*|stable|main|master|nightly|edge|dev", re.IGNORECASE)  # no version: it moves
REPLICA_SET = re.compile(r"(.+)-[bcdf0-9ghjklmnpqrstvwxz]{6,10}")
SHOWN = 3  # examples in a note
T = TypeVar("T")


@dataclass(frozen=True)
class PodLabels:
    """Which labels of a pod say what it runs, in order of preference; the first one present counts. And its cluster.

    As kube-state-metrics spells them (label_app_kubernetes_io_name); `workload` is the name of the Deployment or
    StatefulSet. A pod without a model label runs what its own server calls its only model; a pod without a version
    label the tag of its image. cluster: what the source calls the cluster of all its pods.
    """

    model: tuple[str, ...] = ("label_model", "label_model_name", "label_serving_kserve_io_inferenceservice")
    version: tuple[str, ...] = ("label_model_version", "label_version", "label_app_kubernetes_io_version")
    team: tuple[str, ...] = ("label_team",)
    cluster: str | None = None

    def placed(self, namespace: str | None) -> str | None:
        """A namespace as the store has it: cluster/namespace where the cluster is told, 'cluster/' without one."""
        return f"{self.cluster}/{namespace or ''}" if self.cluster else namespace


@dataclass(frozen=True)
class Runs:
    """A pod runs a model version in the hours [first, end), counted since 1970."""

    namespace: str | None
    pod: str
    model: str
    version: str | None
    team: str | None
    first: int
    end: int


@dataclass(frozen=True)
class Stands:
    """A node is a billed machine in the hours [first, end)."""

    node: str
    resource_id: str
    provider_id: str
    first: int
    end: int


@dataclass(frozen=True)
class Asked:
    """A running pod asks for accelerators on a node in an hour."""

    hour_no: int
    holder: Holder
    node: str
    devices: float


@dataclass
class Estate:
    """Everything that was told of the hours of a load."""

    runs: list[Runs] = field(default_factory=list)
    stands: list[Stands] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class _Pod:
    """One pod in one hour. A set with two members is a contradiction."""

    labels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tags: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # container → image tags
    asked: dict[str, float] = field(default_factory=dict)  # container → accelerators
    nodes: set[str] = field(default_factory=set)
    running: bool | None = None

    def first(self, names: Iterable[str]) -> set[str]:
        """The values of the first of these labels that is there."""
        return next((self.labels[name.lower()] for name in names if name.lower() in self.labels), set())

    def image_tags(self) -> set[str]:
        """The tags of the container that asks for accelerators, else of the only one."""
        using = [name for name in self.tags if self.asked.get(name)]
        chosen = using or (list(self.tags) if len(self.tags) == 1 else [])
        return {tag for name in chosen for tag in self.tags[name]}

    def join(self, other: _Pod) -> None:
        for mine, theirs in ((self.labels, other.labels), (self.tags, other.tags)):
            for name, values in theirs.items():
                mine[name] |= values
        self.asked |= other.asked
        self.nodes |= other.nodes
        self.running = other.running if self.running is None else self.running or other.running


class Cluster:
    """The series of kube-state-metrics in a load."""

    def __init__(self, series: Iterable[tuple[int, str, Labels]]) -> None:
        self._pods: dict[Holder, list[tuple[int, str, Labels]]] = defaultdict(list)
        self._nodes: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, metric, labels in series:
            name = metric.lower()
            if name == NODE_NAME and (node := _own(labels, "node")):
                self._nodes[node].append((number, labels.get("provider_id", "")))
            elif name in POD_NAMES and (pod := _own(labels, "pod")):
                self._pods[_own(labels, "namespace") or None, pod].append((number, name, labels))

    def __bool__(self) -> bool:
        return bool(self._pods or self._nodes)

    @cached_property
    def places(self) -> Places:
        """Pods and addresses that were on one node only."""
        pods: dict[Holder, set[str]] = defaultdict(set)
        addresses: dict[str, set[str]] = defaultdict(set)
        for holder, series in self._pods.items():
            for _, name, labels in series:
                node = _own(labels, "node")
                if name == "kube_pod_info" and node:
                    pods[holder].add(node)
                    for address in {labels.get("pod_ip"), labels.get("host_ip")} - {None, ""}:
                        addresses[str(address)].add(node)
        return Places(pods=_only(pods), addresses=_only(addresses))

    def series_of(self, holders: Iterable[Holder], nodes: Iterable[str]) -> list[int]:
        """The series that speak of these holders and of every pod that asks for accelerators, and of their nodes."""
        chosen = self._chosen(holders)
        numbers = [number for holder in chosen for number, *_ in self._pods[holder]]
        places = {*nodes, *(_own(told[2], "node") for holder in chosen for told in self._pods[holder])}
        return numbers + [
            number for node, series in self._nodes.items() if node in places for number, _ in series
        ]

    def _chosen(self, holders: Iterable[Holder]) -> list[Holder]:
        known = set(holders)
        return [
            holder
            for holder, series in self._pods.items()
            if holder in known or any(ASKED.fullmatch(labels.get("resource", "")) for *_, labels in series)
        ]

    def estate(
        self, seen: Iterable[tuple[int, int, float]], served: Mapping[Holder, set[str]], labels: PodLabels
    ) -> Estate:
        """seen: (series, hour, value); served: what the servers in a pod call their models."""
        hours: dict[int, dict[int, float]] = defaultdict(dict)
        for number, hour_no, value in seen:
            hours[number][hour_no] = value
        result = Estate()
        conflicts: list[str] = []
        for holder, series in self._pods.items():
            if any(number in hours for number, *_ in series):
                _add_pod(
                    result, conflicts, holder, _by_hour(series, hours), served.get(holder, set()), labels
                )
        self._add_nodes(result, conflicts, hours)
        result.notes += self._unlabelled(hours)
        result.notes += _noted(conflicts, "what kube-state-metrics says twice stays unknown in those hours")
        return result

    def _unlabelled(self, hours: Mapping[int, object]) -> list[str]:
        """kube_pod_labels is there, and empty: its default."""
        told = [
            labels
            for series in self._pods.values()
            for number, name, labels in series
            if name == "kube_pod_labels" and number in hours
        ]
        if not told or any(label.lower().startswith("label_") for labels in told for label in labels):
            return []
        return [
            "kube_pod_labels carries no labels, so no pod says which model it runs: start kube-state-metrics with "
            "--metric-labels-allowlist=pods=[…]"
        ]

    def _add_nodes(
        self, result: Estate, conflicts: list[str], hours: Mapping[int, Mapping[int, float]]
    ) -> None:
        for node, series in self._nodes.items():
            told: dict[int, set[str]] = defaultdict(set)
            for number, provider_id in series:
                for hour_no in hours.get(number, ()):
                    if resource_id_of(provider_id):
                        told[hour_no].add(provider_id)
            if any(len(ids) > 1 for ids in told.values()):
                conflicts.append(f"node {node} is {_either(set().union(*told.values()))}")
            sure = {hour_no: ids for hour_no, ids in told.items() if len(ids) == 1}
            for first, end, (provider_id,) in _stretches(sure):
                result.stands.append(Stands(node, resource_id_of(provider_id) or "", provider_id, first, end))


def resource_id_of(provider_id: str) -> str | None:
    """A node's providerID as the bill spells it; None where it names no billed machine.

    aws:///us-east-1a/i-0abc → i-0abc · gce://project/zone/name → the instance's full resource name ·
    azure:///subscriptions/… → /subscriptions/…
    """
    scheme, _, rest = provider_id.partition("://")
    parts = [part for part in rest.split("/") if part]
    if scheme == "aws" and parts and re.fullmatch(r"m?i-[0-9a-f]+", parts[-1]):
        return parts[-1]
    if scheme == "gce" and len(parts) == 3:
        return "//compute.googleapis.com/projects/{}/zones/{}/instances/{}".format(*parts)
    if scheme == "azure" and parts and parts[0].lower() == "subscriptions":
        return "/" + "/".join(parts)
    return None


def tag_of(image: str) -> str | None:
    """The tag of an image, None where it has none or one that moves (latest): that is no version."""
    name = image.partition("@")[0].rpartition("/")[2]
    tag = name.partition(":")[2]
    return tag if tag and not FLOATING.fullmatch(tag) and not image.startswith("sha256:") else None


def _add_pod(
    result: Estate,
    conflicts: list[str],
    holder: Holder,
    pods: Mapping[int, _Pod],
    served: set[str],
    labels: PodLabels,
) -> None:
    namespace, name = holder
    told: dict[int, tuple[str, str | None, str | None]] = {}
    for hour_no, pod in pods.items():
        models = pod.first(labels.model) or (served if len(served) == 1 else set())
        versions = pod.first(labels.version) or pod.image_tags()
        if len(models) > 1:
            conflicts.append(f"{_named(holder)} runs {_either(models)}")
        model = _single(models)
        if model:
            if len(versions) > 1:
                conflicts.append(f"{_named(holder)} runs version {_either(versions)}")
            told[hour_no] = (model, _single(versions), _single(pod.first(labels.team)))
        node, asked = _single(pod.nodes), sum(pod.asked.values())
        if asked and node and pod.running is not False:
            result.asked.append(Asked(hour_no, holder, node, asked))
    for first, end, (model, version, team) in _stretches(told):
        result.runs.append(Runs(namespace, name or "", model, version, team, first, end))


def _by_hour(
    series: Sequence[tuple[int, str, Labels]], hours: Mapping[int, Mapping[int, float]]
) -> dict[int, _Pod]:
    """What each hour's pod of this name was."""
    reach: dict[str, tuple[int, int]] = {}
    pods: dict[int, dict[str, _Pod]] = defaultdict(lambda: defaultdict(_Pod))
    for number, name, labels in series:
        uid = labels.get("uid", "")
        for hour_no, value in hours.get(number, {}).items():
            first, last = reach.get(uid, (hour_no, hour_no))
            reach[uid] = (min(first, hour_no), max(last, hour_no))
            _tell(pods[hour_no][uid], name, labels, value)
    result: dict[int, _Pod] = defaultdict(_Pod)
    for hour_no, told in pods.items():
        for uid in [*_staying(hour_no, {uid: reach[uid] for uid in told if uid}), ""]:
            if uid in told:
                result[hour_no].join(told[uid])
    return result


def _staying(hour_no: int, reach: Mapping[str, tuple[int, int]]) -> list[str]:
    """Of the uids of one pod name in an hour those that count: where one pod follows another, the one that goes on.

    Two that go on side by side are pods of two clusters: both count, and where they differ nobody knows.
    """
    going_on = [uid for uid, (_, last) in reach.items() if last > hour_no]
    begun = [uid for uid, (first, _) in reach.items() if first == hour_no]
    return going_on or begun or list(reach)


def _tell(pod: _Pod, name: str, labels: Labels, value: float) -> None:
    """Adds what one series says."""
    if name == "kube_pod_labels":
        for label, said in labels.items():
            if label.lower().startswith("label_") and said:
                pod.labels[label.lower()].add(said)
    elif name == "kube_pod_info":
        pod.nodes |= {node for node in (_own(labels, "node"),) if node}
        _add_workload(pod, labels.get("created_by_kind", ""), labels.get("created_by_name", ""))
    elif name == "kube_pod_owner":
        _add_workload(pod, labels.get("owner_kind", ""), labels.get("owner_name", ""))
    elif name == "kube_pod_container_info":
        tag = tag_of(labels.get("image_spec", "")) or tag_of(labels.get("image", ""))
        pod.tags[_own(labels, "container") or ""] |= {tag} if tag else set()
    elif name == "kube_pod_status_phase":
        if labels.get("phase") == "Running":
            pod.running = value > 0
    elif ASKED.fullmatch(labels.get("resource", "")):
        pod.asked[_own(labels, "container") or ""] = value


def _add_workload(pod: _Pod, kind: str, name: str) -> None:
    """A ReplicaSet is its Deployment's, whose name it carries with a hash."""
    if kind and name and kind not in ("<none>", "Node"):
        owned = REPLICA_SET.fullmatch(name) if kind == "ReplicaSet" else None
        pod.labels["workload"].add(owned.group(1) if owned else name)


def unheld(estate: Estate, held: set[tuple[int, Holder]], seen: set[tuple[int, str]]) -> list[str]:
    """A note on pods that ask for accelerators on nodes whose devices name another holder or none.

    held: (hour, holder) of the devices; seen: (hour, node or billed machine) with any device. Which device such a pod
    has, nobody says: it stays without a holder, free while idle and 'holder unknown' while busy.
    """
    machines = {
        (hour_no, told.node): told.resource_id
        for told in estate.stands
        for hour_no in range(told.first, told.end)
    }
    missing = [
        row
        for row in estate.asked
        if (row.hour_no, row.holder) not in held
        and {(row.hour_no, row.node), (row.hour_no, machines.get((row.hour_no, row.node), row.node))} & seen
    ]
    hours = sum(row.devices for row in missing)
    pods = sorted({f"{_named(row.holder)} on {row.node}" for row in missing})
    said = (
        f"no device names them as its holder ({hours:g} device-hours asked for), so theirs count as nobody's"
    )
    return _noted(pods, said)


def _noted(things: Iterable[str], said: str) -> list[str]:
    named = sorted(set(things))
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return [f"{', '.join(named[:SHOWN])}{more}: {said}"] if named else []


def _stretches(told: Mapping[int, T]) -> list[tuple[int, int, T]]:
    """(first, end, value) of every unbroken stretch of hours with one value."""
    result: list[tuple[int, int, T]] = []
    for hour_no in sorted(told):
        if result and result[-1][1] == hour_no and result[-1][2] == told[hour_no]:
            result[-1] = (result[-1][0], hour_no + 1, told[hour_no])
        else:
            result.append((hour_no, hour_no + 1, told[hour_no]))
    return result


def _own(labels: Labels, name: str) -> str | None:
    """What the metric itself says, where Prometheus moved it aside for the target's own label."""
    return labels.get(f"exported_{name}") or labels.get(name) or None


def _only(told: Mapping[T, set[str]]) -> dict[T, str]:
    return {key: min(values) for key, values in told.items() if len(values) == 1}


def _single(values: set[str]) -> str | None:
    return min(values) if len(values) == 1 else None


def _either(values: Iterable[str]) -> str:
    return " and ".join(sorted(values))


def _named(holder: Holder) -> str:
    return "/".join(part for part in holder if part)
