"""From label texts to integers: which device, holder, node or serving process each series speaks of.

Labels are read once per series, never once per sample.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ingest.telemetry.copies import Copy, copies_of
from ingest.telemetry.devices import (
    NOWHERE,
    Device,
    Holder,
    Labels,
    Places,
    cores_per_device,
    device_of,
    holder_of,
    node_of,
)
from ingest.telemetry.families import BY_NAME
from ingest.telemetry.gauges import EXPORTER, HARDWARE, SIGNALS
from ingest.telemetry.serving import CounterRow, Numbers, Process, counters_of, twins_of

MISSING = "<<<"  # DCGM's <<<NOT_SUPPORTED>>> and its like, where a label has no value


UNPLACED = {
    "dcgm": "DCGM series name no UUID and no GPU index: left out",
    "amd": "AMD series name no GPU: left out",
    "neuron": "NeuronCore series left out: no neuron_hardware_info says how many cores a device of that machine has",
    "gke": "accelerator series of GKE name neither a device nor the node that would make their index one: left out",
}


@dataclass
class Catalog:
    """Every series of a load, told apart. Rows of `gauges` and `counters` are shaped as the roll-up reads them."""

    devices: dict[tuple[str, str | None], Device] = field(default_factory=dict)
    device_numbers: Numbers[tuple[str, str | None]] = field(default_factory=Numbers)
    holders: Numbers[Holder] = field(default_factory=Numbers)
    nodes: Numbers[str] = field(default_factory=Numbers)
    processes: Numbers[Process] = field(default_factory=Numbers)
    gauges: list[tuple[int, int, int | None, int | None, str, float, float]] = field(default_factory=list)
    counters: list[CounterRow] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    by_minute: list[int] = field(default_factory=list)
    unplaced: dict[str, int] = field(default_factory=dict)

    def notes(self) -> list[str]:
        """What was left out: series whose labels name no device, and devices that nothing calls busy or idle."""
        left_out = [f"{count} {UNPLACED[exporter]}" for exporter, count in sorted(self.unplaced.items())]
        silent = len(self._silent())
        if silent:
            left_out.append(f"devices that report nothing of their activity, and stay unobserved: {silent}")
        copied = len(self.copies) - len({copy.kept for copy in self.copies})
        if copied:
            left_out.append(f"series that several scrapers tell, and count once: {copied}")
        return left_out

    def _silent(self) -> set[str]:
        """Devices without a signal. A MIG parent may be silent where its instances speak."""
        speaking = {gauge[1] for gauge in self.gauges if gauge[4] in SIGNALS}
        numbers = self.device_numbers.of
        loud = {device for key, device in self.devices.items() if numbers[key] in speaking}
        every = {device.device_id for device in self.devices.values()}
        return every - {d.device_id for d in loud} - {d.parent_id for d in loud}


def catalog(series: Iterable[tuple[int, str, Labels]], places: Places = NOWHERE) -> Catalog:
    """Sorts series (number, metric, labels) into gauges of devices, counters of servers, and what is neither.

    places: what kube-state-metrics says of pods and addresses.
    """
    told = [(number, metric.lower(), _lower(labels)) for number, metric, labels in series]
    places = replace(places, cores=cores_per_device(labels for _, name, labels in told if name == HARDWARE))
    gauges = [row for row in told if _kind(row[1]) == "gauge"]
    gauges.sort(
        key=lambda row: EXPORTER[row[1]] == "gke"
    )  # what a UUID is called, its own exporter knows best
    result = Catalog()
    relabelled = {_target(labels) for _, _, labels in gauges if "exported_pod" in labels} - {None}
    for number, name, labels in gauges:
        _add_gauge(result, number, name, labels, _target(labels) in relabelled, places)
    counters = [row for row in told if _kind(row[1]) == "counter"]
    held = {gauge[0]: gauge[1:3] for gauge in result.gauges}
    result.copies = copies_of(counters, gauges, held)
    result.counters = counters_of(counters, result.processes)
    result.twins = twins_of(told, {number for number, *_ in result.counters})
    return result


def _add_gauge(
    result: Catalog, number: int, name: str, labels: Labels, relabelled: bool, places: Places
) -> None:
    exporter, metric = EXPORTER[name], BY_NAME[name]
    device = device_of(exporter, labels, places)
    if device is None:
        result.unplaced[exporter] = result.unplaced.get(exporter, 0) + 1
        return
    _remember(result, device, exporter == "gke")
    if exporter == "gke":
        result.by_minute.append(number)
    holder, node = holder_of(exporter, labels, relabelled), node_of(exporter, labels, places)
    result.gauges.append(
        (
            number,
            result.device_numbers[device.key],
            result.holders[holder] if holder else None,
            result.nodes[node] if node else None,
            metric.role,
            metric.ceiling,
            metric.divisor,
        )
    )


def _remember(result: Catalog, device: Device, second_hand: bool) -> None:
    """Of several names for a device's model the last in the alphabet, so that the order of series does not matter."""
    known = result.devices.get(device.key)
    spot = known.spot.agreed(device.spot) if known else device.spot
    better = known is not None and not second_hand and (known.gpu_model or "") < (device.gpu_model or "")
    if known is None or better or (known.gpu_model is None and device.gpu_model):
        known = device
    result.devices[device.key] = known if known.spot == spot else replace(known, spot=spot)


def _kind(name: str) -> str | None:
    metric = BY_NAME.get(name)
    return metric.kind if metric else None


def _target(labels: Labels) -> tuple[str | None, str] | None:
    """The scrape target, where the labels tell it."""
    instance = labels.get("instance")
    return (labels.get("job"), instance) if instance else None


def _lower(labels: Labels) -> dict[str, str]:
    return {
        name.lower(): value
        for name, value in labels.items()
        if name != "__name__" and not value.startswith(MISSING)
    }
