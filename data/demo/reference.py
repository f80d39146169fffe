"""What the company's platform team writes down by hand: which host is which billed machine, what runs in which pod."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from data.demo import stories
from data.demo.estate import LANES, ROUTER
from data.demo.layout import Layout, deployments

COLUMNS = (
    "kind",
    "node",
    "resource_id",
    "instance_type",
    "namespace",
    "pod",
    "model",
    "version",
    "endpoint",
    "mode",
    "team",
    "valid_from",
    "valid_to",
)


def write_reference(layout: Layout, path: Path) -> Path:
    """Write one CSV with a row per machine and per deployment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({"kind": "machine"} | row for row in _machines(layout))
        writer.writerows({"kind": "deployment"} | row for row in (*_pods(), *_cpu_machines(layout)))
    return path


def _machines(layout: Layout) -> Iterable[dict[str, object]]:
    """Every machine that runs an exporter; the one that nobody watches is not on the list either."""
    for machine in layout.machines:
        if machine.pool.seen:
            yield {
                "node": machine.host,
                "resource_id": machine.resource_id,
                "instance_type": machine.type.name,
            }


def _pods() -> Iterable[dict[str, object]]:
    """One pattern per deployment; the lanes of one version share it."""
    told: dict[str, dict[str, object]] = {}
    for lane in (*LANES, ROUTER):
        for deployment in deployments(lane):
            told.setdefault(
                deployment.name,
                {
                    "namespace": lane.model.team,
                    "pod": f"{deployment.name}-*",
                    "model": lane.model.name,
                    "version": deployment.version.name,
                    "endpoint": lane.endpoint,
                    "mode": lane.mode,
                    "team": lane.model.team,
                },
            )
    return told.values()


def _cpu_machines(layout: Layout) -> Iterable[dict[str, object]]:
    """The machines without accelerators that serve a model, version after version."""
    for deployment in deployments(ROUTER):
        for resource in layout.router_machines:
            yield {
                "resource_id": resource,
                "model": ROUTER.model.name,
                "version": deployment.version.name,
                "endpoint": ROUTER.endpoint,
                "mode": ROUTER.mode,
                "team": ROUTER.model.team,
                "valid_from": _moment(deployment.start),
                "valid_to": _moment(deployment.end),
            }


def _moment(day: float) -> str:
    start = datetime.combine(stories.FIRST_DAY, datetime.min.time())
    return (start + timedelta(days=day)).isoformat(sep=" ")
