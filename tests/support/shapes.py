"""Real stores of the shapes that break pages: sixty models with long names, one model, one day, no telemetry, two
currencies, nothing at all. `python tests/support/shapes.py <shape> <folder>` makes one to look at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from small_store import device_hour, line, load_lines, load_rows, machine_line

from data.model.settings import ModelSettings
from data.warehouse import Warehouse

START = datetime(2026, 10, 5)
LONG = "Meta-Llama-3.1-405B-Instruct-FP8-dynamic-quantized-for-retrieval-augmented-customer-service"
TEAMS = ("search", "customer-service-and-retention-engineering", "ads", None)


def _estate(wh: Warehouse, names: list[str], days: int, *, seen: bool = True, euros: bool = False) -> None:
    """A machine of one GPU per model, each somewhat dearer and busier than the one before it."""
    hours = [START + timedelta(hours=h) for h in range(24 * days)]
    served = [
        {
            "namespace": "serve",
            "pod": f"pod-{n}",
            "model": name,
            "version": f"v{n % 3 + 1}",
            "team": TEAMS[n % 4],
        }
        for n, name in enumerate(names)
    ]
    load_rows(
        wh, "resource_map", [{"node": f"n{n}", "resource_id": f"i-{n}"} for n in range(len(names))], "estate"
    )
    load_rows(wh, "deployment_map", served, "names", "resources")
    load_lines(wh, list(_bill(len(names), days, euros=euros)))
    if seen:
        load_rows(wh, "device_hour", [d for n in range(len(names)) for d in _devices(n, hours)])
        load_rows(wh, "traffic", [t for n in range(len(names)) for t in _traffic(n, hours)], "vllm")
    wh.publish(ModelSettings())


def _bill(machines: int, days: int, *, euros: bool) -> Iterator[dict[str, Any]]:
    for day in (START + timedelta(days=d) for d in range(days)):
        for n in range(machines):
            yield machine_line(day, f"i-{n}", f"{24 * (1 + n / 7):.4f}", 24)
        yield line(day, 24, cost="31.25", x_usage_type="EBS:VolumeUsage.gp3", resource_id="vol-1")
        if euros:
            told = {"provider": "OVHcloud", "billing_account_id": "900", "sub_account_id": "901"}
            yield machine_line(day, "gpu-eu-1", "2400.5", 24, billing_currency="EUR", **told)


def _devices(n: int, hours: list[datetime]) -> Iterator[dict[str, Any]]:
    for place, hour in enumerate(hours):
        busy = 3600 * min(0.95, (0.05 + n / 80) * (1 + 0.3 * (place % 24 > 8)))
        yield device_hour(hour, f"GPU-{n}", f"n{n}", busy, 3600 - busy, namespace="serve", pod=f"pod-{n}")


def _traffic(n: int, hours: list[datetime]) -> Iterator[dict[str, Any]]:
    for place, hour in enumerate(hours):
        asked = (10 + 7 * n) * (1 + place % 24)
        each = {
            "input_tokens": 900,
            "cached_tokens": 300,
            "output_tokens": 120,
            "prefill_seconds": 0.2,
            "decode_seconds": 2,
        }
        told = {name: asked * value for name, value in each.items()}
        yield {
            "hour": hour,
            "namespace": "serve",
            "pod": f"pod-{n}",
            "requests_ok": asked,
            "requests_failed": 1,
        } | told


def _nothing(wh: Warehouse) -> None:
    wh.publish(ModelSettings())


SHAPES: dict[str, Callable[[Warehouse], None]] = {
    "sixty models": lambda wh: _estate(wh, [f"{LONG}-{n:02}" for n in range(60)], 14),
    "one model": lambda wh: _estate(wh, ["chat"], 14),
    "one day": lambda wh: _estate(wh, ["chat", "rank", "embed"], 1),
    "no telemetry": lambda wh: _estate(wh, ["chat", "rank", "embed"], 14, seen=False),
    "two currencies": lambda wh: _estate(wh, ["chat", "rank", "embed"], 14, euros=True),
    "nothing": _nothing,
}


def build(shape: str, home: Path) -> Path:
    """The store of that shape in a folder. Raises KeyError for a shape that there is not."""
    with Warehouse.open(home) as wh:
        SHAPES[shape](wh)
    return home


if __name__ == "__main__":
    print(build(sys.argv[1], Path(sys.argv[2])))
