"""Two days of GCP's 40 H100s as OpenMetrics text, the signal every 30 seconds: a finer witness.

Every ten minutes the text says exactly what the dump says, memory and energy only then; between two samples the
signal wanders, but a rest stays a rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from data.demo.layout import Hold
from data.demo.signal import SEED, STEP_SECONDS, Curve, Signals
from data.demo.telemetry import ENERGY, MEMORY, SIGNAL, DeviceCurves, Stretch, device_labels

POOLS = ("chat-eu", "planner-eu")
FIRST_DAY, DAYS = 85, 2  # 2026-10-27 and 28
FINE = 30  # seconds
REST = 0.01


def write_text(signals: Signals, every: Sequence[Stretch], curves: DeviceCurves, path: Path) -> Path | None:
    """Write the file; None where the calendar does not reach back that far."""
    calendar = signals.calendar
    a, b = calendar.position(FIRST_DAY), calendar.position(FIRST_DAY + DAYS)
    cut = [
        stretch
        for stretch in every
        if signals.layout.devices[stretch.device].machine.pool.name in POOLS
        and stretch.start <= a
        and b < stretch.end
    ]
    if a == 0 or not cut:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as text:
        for part in _families(signals, cut, curves, a, b):
            text.write(part)
        text.write("# EOF\n")
    return path


def _families(
    signals: Signals, cut: Sequence[Stretch], curves: DeviceCurves, a: int, b: int
) -> Iterator[str]:
    rows = [stretch.device for stretch in cut]
    start = int(signals.calendar.times[a]) // 1_000_000
    labels = [_label_text(signals, stretch.device, stretch.hold) for stretch in cut]
    # Not declared counters and gauges: OpenMetrics wants `_total` on a counter, and DCGM's energy has none.
    for metric, step, values, digits in (
        (MEMORY, STEP_SECONDS, curves.memory[rows, a:b], 0),
        (ENERGY, STEP_SECONDS, curves.energy[rows, a:b], 0),
        (SIGNAL, FINE, fine_signal(curves.signal[rows, a : b + 1]), 4),
    ):
        yield f"# TYPE {metric} unknown\n"
        tails = [f" {start + n * step}\n" for n in range(values.shape[1])]
        for head, series in zip(labels, values, strict=True):
            written = [f"{value:.{digits}f}" for value in series.tolist()]
            yield "".join(f"{metric}{head} {value}{tail}" for value, tail in zip(written, tails, strict=True))


def fine_signal(anchors: Curve) -> Curve:
    """The signal each 30 s, through its ten-minute samples [device, step]; the last sample only bounds it."""
    per_step = STEP_SECONDS // FINE
    line = _between(anchors, per_step)
    noise = np.random.Generator(np.random.PCG64([SEED, 7])).standard_normal(line.shape)
    noise[:, ::per_step] = 0
    resting = np.minimum(anchors[:, :-1], anchors[:, 1:]) <= REST
    busy = np.clip(line * (1 + 0.06 * np.clip(noise, -2, 2)), REST + 0.001, 1)
    held = _held(anchors, per_step)
    fine = np.where(np.repeat(resting, per_step, axis=1), held, busy)
    fine[:, ::per_step] = anchors[:, :-1]
    return np.asarray(np.round(fine, 4))


def _between(anchors: Curve, per_step: int) -> Curve:
    """Straight lines from sample to sample, `per_step` points each."""
    along = np.arange(per_step) / per_step
    rise = np.diff(anchors, axis=1)
    return np.asarray((anchors[:, :-1, None] + rise[:, :, None] * along).reshape(len(anchors), -1))


def _held(anchors: Curve, per_step: int) -> Curve:
    return np.repeat(anchors[:, :-1], per_step, axis=1)


def _label_text(signals: Signals, device: int, hold: Hold | None) -> str:
    labels = device_labels(signals.layout.devices[device], hold)
    told = [f'{key}="{value}"' for key, value in labels.items() if key not in ("container", "gpu")]
    return "{" + ",".join(told) + "}"
