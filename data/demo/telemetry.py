"""The dump of a Prometheus: DCGM of every observed GPU each ten minutes, vLLM counters each half hour.

Its columns are metric, labels (JSON object), ts (UTC) and value; one file per ISO week, sorted in that order.
On AWS the scrape keeps the exporter's own pod in `pod` and the workload in `exported_pod`; on GCP `pod` is
the workload's, and the exporter's where a device is free: the two schemes that real fleets show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.demo import stories
from data.demo.estate import ROUTER, Model
from data.demo.layout import Device, Hold, Layout, short_hash
from data.demo.signal import STEP_SECONDS, STEPS_PER_DAY, Calendar, Curve, Signals, Times, micros

SIGNAL = "DCGM_FI_PROF_GR_ENGINE_ACTIVE"
MEMORY = "DCGM_FI_DEV_FB_USED"
ENERGY = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
LATENCY = "vllm:e2e_request_latency_seconds"
PREFILL, DECODE = "vllm:request_prefill_time_seconds_sum", "vllm:request_decode_time_seconds_sum"
BUCKETS = (0.3, 1.0, 2.5, 5.0, 10.0, 30.0)
SERVING_STEPS = 3  # a pod's counters are scraped at the last second of every third step
RESET_DAY = 43.0  # one driver reload and one restart of a server: counters begin again at 0
RESET_DEVICE_POOL, RESET_POD = "ads", "search-rerank-7b-v1-9"
ABORTED, CUT_SHORT = 0.004, 0.06  # shares of requests that end so


@dataclass(frozen=True)
class Series:
    """One Prometheus series: times in microseconds since 1970, ascending, and as many values."""

    metric: str
    labels: str
    times: Times
    values: Curve


@dataclass(frozen=True)
class Stretch:
    """A device between two changes of its holder, in steps."""

    device: int
    start: int
    end: int
    hold: Hold | None


def as_labels(labels: dict[str, str]) -> str:
    return json.dumps(dict(sorted(labels.items())), separators=(",", ":"))


def stretches(layout: Layout, calendar: Calendar) -> list[Stretch]:
    """Each observed device's life, cut where its holder changes; free stretches included."""
    held: dict[int, list[Hold]] = {}
    for hold in layout.holds:
        for row in hold.devices:
            held.setdefault(row, []).append(hold)
    cut: list[Stretch] = []
    for row, device in enumerate(layout.devices):
        pool = device.machine.pool
        if pool.seen:
            life = (calendar.position(pool.start), calendar.position(pool.end))
            cut.extend(_cut(row, life, sorted(held.get(row, []), key=lambda hold: hold.start), calendar))
    return cut


def _cut(row: int, life: tuple[int, int], holds: Sequence[Hold], calendar: Calendar) -> Iterator[Stretch]:
    at, end = life
    for hold in holds:
        a, b = calendar.position(hold.start), calendar.position(hold.end)
        if at < a:
            yield Stretch(row, at, a, None)
        if a < b:
            yield Stretch(row, a, b, hold)
        at = max(at, b)
    if at < end:
        yield Stretch(row, at, end, None)


def device_labels(device: Device, hold: Hold | None) -> dict[str, str]:
    """DCGM's labels with the holder as the cluster's scrape leaves it: scheme 2 on AWS, scheme 1 on GCP."""
    exporter = {
        "pod": f"nvidia-dcgm-exporter-{short_hash(device.machine.host)}",
        "namespace": "gpu-operator",
        "container": "nvidia-dcgm-exporter",
    }
    workload = (
        {} if hold is None else {"pod": hold.pod, "namespace": hold.namespace, "container": hold.container}
    )
    if device.machine.pool.provider == "AWS":
        holder = exporter | {f"exported_{key}": value for key, value in workload.items()}
    else:
        holder = workload or exporter
    return {
        "UUID": device.uuid,
        "Hostname": device.machine.host,
        "gpu": str(device.slot),
        "modelName": device.machine.type.gpu.name,
        **holder,
    }


@dataclass(frozen=True)
class DeviceCurves:
    """The three DCGM series of every device: [device, step]."""

    signal: Curve
    memory: Curve
    energy: Curve


def device_curves(signals: Signals, cut: Sequence[Stretch]) -> DeviceCurves:
    """Memory in MiB follows the holder, energy in mJ the work; one counter starts again on RESET_DAY."""
    layout, calendar = signals.layout, signals.calendar
    signal = signals.device_signal
    memory = np.zeros_like(signal)
    for stretch in cut:
        gpu = layout.devices[stretch.device].machine.type.gpu
        wobble = int(short_hash(stretch.device, stretch.start), 16) % 700
        held = round(gpu.memory_mib * 0.9) - wobble if stretch.hold else 0
        memory[stretch.device, stretch.start : stretch.end] = held
    gpus = [device.machine.type.gpu for device in layout.devices]
    idle = np.array([gpu.idle_watts for gpu in gpus])[:, None]
    full = np.array([gpu.full_watts for gpu in gpus])[:, None]
    loaded = np.where(memory > 0, 0.08 * (full - idle), 0)
    watts = np.minimum(idle + loaded + (full - idle) * signal, full)
    since_boot = np.array([int(device.uuid[4:10], 16) for device in layout.devices])[:, None] * 1000.0
    energy = np.floor(since_boot + np.cumsum(watts * STEP_SECONDS * 1000, axis=1))
    reset = calendar.position(RESET_DAY)
    row = next(i for i, device in enumerate(layout.devices) if device.machine.pool.name == RESET_DEVICE_POOL)
    if 0 < reset < calendar.steps:
        energy[row, reset:] -= energy[row, reset - 1]
    return DeviceCurves(signal, memory, energy)


def device_series(signals: Signals, cut: Sequence[Stretch], curves: DeviceCurves) -> Iterator[Series]:
    for stretch in cut:
        labels = as_labels(device_labels(signals.layout.devices[stretch.device], stretch.hold))
        life = slice(stretch.start, stretch.end)
        times = signals.calendar.times[life]
        for metric, curve in ((SIGNAL, curves.signal), (MEMORY, curves.memory), (ENERGY, curves.energy)):
            yield Series(metric, labels, times, curve[stretch.device, life])


def serving_series(signals: Signals) -> Iterator[Series]:
    """vLLM's counters of every serving pod, also of the model that runs on CPUs."""
    serving = (hold for hold in signals.layout.holds if hold.deployment)
    for hold in (*serving, *signals.layout.lane_holds(ROUTER)):
        if signals.calendar.position(hold.start) < signals.calendar.position(hold.end):
            yield from _pod_series(signals, hold)


def _pod_series(signals: Signals, hold: Hold) -> Iterator[Series]:
    """One pod's counters: 0 at its start, or amid its life where it ran before the window."""
    assert hold.deployment is not None, f"{hold.pod} serves nothing"
    model = hold.deployment.lane.model
    labels = {"model_name": model.name, "engine": "0", "pod": hold.pod, "namespace": hold.namespace}
    start, end = signals.calendar.position(hold.start), signals.calendar.position(hold.end)
    scrapes = np.arange(0, end - start + 1, SERVING_STEPS)
    times = signals.calendar.times[start] + scrapes * STEP_SECONDS * 1_000_000
    times[1:] -= 1_000_000
    restart = _restart(hold, signals.calendar)
    for metric, extra, grown in _counters(
        model, signals.replica_requests(hold), signals.replica_activity(hold)
    ):
        values = grown[scrapes] + (0.0 if start else np.floor(9.7 * grown[min(STEPS_PER_DAY, end)]))
        if restart is not None:
            values[restart + 1 :] -= values[restart]
        yield Series(metric, as_labels(labels | extra), times, values)


def _restart(hold: Hold, calendar: Calendar) -> int | None:
    """The scrape after which this pod's server began again at 0; nothing is lost between the two."""
    start, at = calendar.position(hold.start), calendar.position(RESET_DAY)
    if hold.pod.startswith(RESET_POD) and hold.replica == 0 and start < at < calendar.position(hold.end):
        return (at - start) // SERVING_STEPS
    return None


def _counters(model: Model, requests: Curve, load: Curve) -> Iterator[tuple[str, dict[str, str], Curve]]:
    """What a server has counted at each step since it started: (metric, extra labels, cumulative values)."""
    total = _count(requests)
    aborted = np.floor(total * (ABORTED if model.output_tokens else 0))
    cut_short = np.floor((total - aborted) * (CUT_SHORT if model.output_tokens else 0))
    finished = "vllm:request_success_total"
    yield finished, {"finished_reason": "stop"}, total - aborted - cut_short
    yield "vllm:prompt_tokens_total", {}, total * model.prompt_tokens
    if model.output_tokens:
        yield finished, {"finished_reason": "abort"}, aborted
        yield finished, {"finished_reason": "length"}, cut_short
        yield "vllm:generation_tokens_total", {}, (total - aborted) * model.output_tokens
        yield "vllm:prompt_tokens_cached_total", {}, np.floor(total * model.prompt_tokens * model.cached)
    median = model.latency * (0.8 + 0.6 * load)  # a busier server answers more slowly
    seconds = np.concatenate([[0.0], np.cumsum(requests * median * 1.32)])
    if model.output_tokens:
        prefill = _prefill_share(model)
        yield PREFILL, {}, np.round(seconds * prefill, 3)
        yield DECODE, {}, np.round(seconds * (1 - prefill), 3)
    for le in BUCKETS:
        below = 1 / (1 + (median / le) ** 2.6)  # a log-logistic tail, close to what servers show
        yield f"{LATENCY}_bucket", {"le": str(le)}, _count(requests * below)
    yield f"{LATENCY}_bucket", {"le": "+Inf"}, total
    yield f"{LATENCY}_count", {}, total
    yield f"{LATENCY}_sum", {}, np.round(seconds, 3)


def _prefill_share(model: Model) -> float:
    """Of a request's seconds, those until its first token: what the cache did not answer is computed."""
    computed = model.prompt_tokens * (1 - model.cached)
    at_once = 8 + 3 * model.gpus  # prompt tokens read in the time of one token written; more GPUs read more
    return computed / (computed + at_once * model.output_tokens)


def _count(per_step: Curve) -> Curve:
    """Whole events since the start, before each step and after the last."""
    # Rounded before it is floored, or a sum of 1,500,000 reads 1,499,999.
    return np.asarray(np.floor(np.round(np.concatenate([[0.0], np.cumsum(per_step)]), 6)))


def write_dump(series: Sequence[Series], calendar: Calendar, folder: Path) -> list[Path]:
    """Write one Parquet file per ISO week, sorted by metric, labels and ts; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(series, key=lambda one: (one.metric, one.labels, int(one.times[0])))
    files = []
    for start, end in _weeks(calendar):
        year, week, _ = (stories.FIRST_DAY + timedelta(days=start)).isocalendar()
        path = folder / f"{year}-W{week:02}.parquet"
        table = _week_table(ordered, micros(start), micros(end))
        pq.write_table(
            table,
            path,
            compression="zstd",
            compression_level=1,
            use_dictionary=["metric", "labels", "ts"],
            store_schema=False,
            row_group_size=500_000,
        )
        files.append(path)
    return files


def _weeks(calendar: Calendar) -> Iterator[tuple[int, int]]:
    day = calendar.first_day
    while day < stories.DAYS:
        end = min(day - day % 7 + 7, stories.DAYS)
        yield day, end
        day = end


def _week_table(ordered: Sequence[Series], start: int, end: int) -> pa.Table:
    cuts = [(one, *np.searchsorted(one.times, (start, end))) for one in ordered]
    inside = [(one, a, b) for one, a, b in cuts if a < b]
    lengths = [b - a for _, a, b in inside]
    times = np.concatenate([one.times[a:b] for one, a, b in inside])
    return pa.table(
        [
            _repeated([one.metric for one, _, _ in inside], lengths),
            _repeated([one.labels for one, _, _ in inside], lengths),
            pa.array(times, type=pa.timestamp("us")),
            pa.array(np.concatenate([one.values[a:b] for one, a, b in inside])),
        ],
        names=["metric", "labels", "ts", "value"],
    )


def _repeated(texts: Sequence[str], lengths: Sequence[int]) -> pa.DictionaryArray:
    distinct = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    codes = np.repeat(np.array([distinct[text] for text in texts], dtype=np.int32), lengths)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(distinct)))
