"""GCP's detailed billing export as nested NDJSON, one gzipped file per invoice month.

A VM yields one row per SKU and hour: cores, memory, GPUs, disk. Months are Google's, in Pacific time, so an
invoice begins at 07:00 UTC; some rows arrive days late and fall into the next invoice.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from data.demo import stories
from data.demo.estate import GCP_BILLING_ACCOUNT, GCP_PROJECT, GCP_REGION, Shape
from data.demo.layout import Layout, Machine, short_hash
from data.demo.signal import Calendar, shape

PACIFIC_HOURS = 7  # behind UTC; summer time lasts to the end of the window
PROMOTION_SHARE = 0.2  # of the L4 machines' cost, from 1 September on, until the year is out
LATE_DAYS = ("2026-08-31", "2026-09-30")  # their storage rows reach the next invoice
GOODWILL = -250.0

COMPUTE = ("6F81-5844-456A", "Compute Engine")
KUBERNETES = ("CCD8-9BF1-090E", "Kubernetes Engine")
STORAGE = ("95FF-2EF5-5EA1", "Cloud Storage")
NETWORKING = ("E505-1604-58F8", "Networking")
SUPPORT = ("2062-016F-44A2", "Support")
BIGQUERY = ("24E6-581D-38E5", "BigQuery")


@dataclass(frozen=True)
class Sku:
    """One price: USD per pricing unit; base units (seconds, byte-seconds) per pricing unit."""

    service: tuple[str, str]
    description: str
    rate: float
    unit: str = "seconds"
    pricing_unit: str = "hour"
    base_units: float = 3600.0

    @property
    def id(self) -> str:
        digits = short_hash(self.description, length=12).upper()
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def _ram(description: str, rate: float) -> Sku:
    return Sku(COMPUTE, description, rate, "byte-seconds", "gibibyte hour", 2.0**30 * 3600)


def _per_gib_month(service: tuple[str, str], description: str, rate: float) -> Sku:
    return Sku(service, description, rate, "byte-seconds", "gibibyte month", 2.0**30 * 2_628_000)


BALANCED = _per_gib_month(COMPUTE, "Balanced PD Capacity in Netherlands", 0.11)
LOCAL_SSD = _per_gib_month(COMPUTE, "SSD backed Local Storage in Netherlands", 0.088)
SERIES = {
    "g2": (
        Sku(COMPUTE, "G2 Instance Core running in Netherlands", 0.02747),
        _ram("G2 Instance Ram running in Netherlands", 0.00322),
        Sku(COMPUTE, "Nvidia L4 GPU running in Netherlands", 0.61605),
        BALANCED,
    ),
    "a2": (
        Sku(COMPUTE, "A2 Instance Core running in Netherlands", 0.034806),
        _ram("A2 Instance Ram running in Netherlands", 0.004664),
        Sku(COMPUTE, "Nvidia Tesla A100 GPU running in Netherlands", 2.13),
        BALANCED,
    ),
    "a3": (
        Sku(COMPUTE, "A3 Instance Core running in Netherlands", 0.0309),
        _ram("A3 Instance Ram running in Netherlands", 0.0027),
        Sku(COMPUTE, "Nvidia H100 80GB GPU running in Netherlands", 5.88),
        LOCAL_SSD,
    ),
}


@dataclass(frozen=True)
class Row:
    """What all rows of one charge share: `quantity` pricing units per hour or day, or one fixed amount."""

    sku: Sku
    quantity: float
    every: Literal["hour", "day", "month", "once"] = "hour"
    cost_type: str = "regular"
    resource: tuple[str, str] | None = None  # name, global_name
    machine_type: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    project: bool = True
    promotion: bool = False
    late: bool = False
    day: float = 0
    shape: Shape | None = None
    adjustment: str | None = None


def rows(layout: Layout) -> Iterator[Row]:
    """Every charge of the billing account, in a fixed order."""
    for machine in layout.machines:
        if machine.pool.provider == "GCP":
            yield from _machine_rows(machine)
    yield from _beside_the_machines()
    yield from _account_rows()


def _machine_rows(machine: Machine) -> Iterator[Row]:
    kind, pool = machine.type, machine.pool
    cores, memory, gpus, disk = SERIES[kind.name[:2]]
    path = f"projects/{GCP_PROJECT}/instances/{machine.host}"
    labels = {"goog-k8s-cluster-name": "inference-eu"} | (
        {"team": pool.team, "env": "prod"} if pool.team else {}
    )
    amounts = ((cores, kind.vcpus), (memory, kind.memory_gib), (gpus, kind.gpus), (disk, kind.disk_gib / 730))
    for sku, amount in amounts:
        yield Row(
            sku,
            amount,
            resource=(path, machine.resource_id),
            machine_type=kind.name,
            labels=labels,
            promotion=kind.name.startswith("g2"),
        )


def _beside_the_machines() -> Iterator[Row]:
    cluster = (
        f"//container.googleapis.com/projects/{GCP_PROJECT}/locations/{GCP_REGION}/clusters/inference-eu"
    )
    bucket = f"//storage.googleapis.com/projects/_/buckets/{GCP_PROJECT}-weights"
    platform = {"team": "platform"}
    fee = Sku(KUBERNETES, "Regional Kubernetes Clusters", 0.10)
    yield Row(fee, 1, resource=("inference-eu", cluster), labels=platform)
    egress = Sku(
        NETWORKING, "Network Internet Data Transfer Out from Netherlands", 0.085, "bytes", "gibibyte", 2.0**30
    )
    yield Row(egress, 70, shape="retail", labels=platform)
    stored = _per_gib_month(STORAGE, "Standard Storage Europe Multi-region", 0.026)
    yield Row(
        stored, 38_000 / 30.4, "day", resource=(f"{GCP_PROJECT}-weights", bucket), labels=platform, late=True
    )
    analysis = Sku(BIGQUERY, "Analysis (europe-west4)", 6.25, "bytes", "tebibyte", 2.0**40)
    yield Row(analysis, 9.5, "day", labels={"team": "analytics"})


def _account_rows() -> Iterator[Row]:
    support = Sku(SUPPORT, "Enhanced Support", 1.0, "requests", "count", 1.0)
    yield Row(support, 9_800.0, "month", project=False)
    yield Row(Sku(SUPPORT, "VAT", 1.0, "requests", "count", 1.0), 2_058.0, "month", "tax", project=False)
    rounding = Sku(SUPPORT, "Rounding error", 1.0, "requests", "count", 1.0)
    yield Row(rounding, 0.000004, "month", "rounding_error", project=False)
    goodwill = Sku(COMPUTE, "Nvidia H100 80GB GPU running in Netherlands", GOODWILL)
    yield Row(goodwill, 1, "once", "adjustment", day=74, adjustment="GOODWILL")


def write_export(layout: Layout, calendar: Calendar, folder: Path) -> list[Path]:
    """Write one NDJSON.gz per invoice month; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    by_invoice: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows(layout):
        for invoice, line in _lines(row, calendar):
            by_invoice[invoice].append(line)
    account = GCP_BILLING_ACCOUNT.replace("-", "_")
    paths = []
    for invoice, lines in sorted(by_invoice.items()):
        paths.append(folder / f"gcp_billing_export_resource_v1_{account}-{invoice}.ndjson.gz")
        body = ("\n".join(lines) + "\n").encode()
        # mtime 0, or the same rows would give another file each time
        paths[-1].write_bytes(gzip.compress(body, compresslevel=1, mtime=0))
    return paths


def _lines(row: Row, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """(invoice month, JSON) of each row of a charge. The parts that never change are encoded once."""
    hours = _starts(row, calendar)
    length = 1 if row.every == "hour" else 24
    moving = shape(row.shape, hours.astype(float)) if row.shape else np.ones(len(hours))
    quantities = np.round(row.quantity * moving, 9)
    costs = np.round(quantities * row.sku.rate, 6)
    amounts = quantities * row.sku.base_units
    head = json.dumps(_constant(row))[:-1]
    units = f'"unit": "{row.sku.unit}", "pricing_unit": "{row.sku.pricing_unit}"'
    for hour, quantity, cost, amount in zip(
        hours.tolist(), quantities.tolist(), costs.tolist(), amounts.tolist(), strict=True
    ):
        invoice, when = _when(hour, length, row.late)
        usage = f'"amount": {amount:.15g}, "amount_in_pricing_units": {quantity}, {units}'
        money = f'"cost": {cost}, "cost_at_list": {cost}, "credits": {_credits(row, hour, cost)}'
        yield invoice, f'{head}, {when}, {money}, "usage": {{{usage}}}, "invoice": {{"month": "{invoice}"}}}}'


@cache
def _when(hour: int, length: int, may_be_late: bool) -> tuple[str, str]:
    """Invoice month and the three times of a row. A late row is exported three days on, into the next invoice."""
    start = _at(hour)
    late = may_be_late and f"{start:%Y-%m-%d}" in LATE_DAYS
    known = start + timedelta(days=3) if late else start
    times = {
        "usage_start_time": start,
        "usage_end_time": start + timedelta(hours=length),
        "export_time": known + timedelta(hours=5, minutes=17),
    }
    text = ", ".join(f'"{name}": "{time:%Y-%m-%d %H:%M:%S} UTC"' for name, time in times.items())
    return f"{known - timedelta(hours=PACIFIC_HOURS):%Y%m}", text


def _starts(row: Row, calendar: Calendar) -> np.ndarray[Any, np.dtype[np.int64]]:
    first, last = calendar.first_day * 24, stories.HOURS
    if row.every == "once":
        at = round(row.day * 24)
        return np.array([at] if first <= at < last else [], dtype=np.int64)
    if row.every == "month":  # drawn on the month's last day
        ends = [(day + timedelta(days=1)).day == 1 for day in _days(calendar)]
        return np.array([first + n * 24 for n, end in enumerate(ends) if end], dtype=np.int64)
    return np.arange(first, last, 1 if row.every == "hour" else 24, dtype=np.int64)


def _days(calendar: Calendar) -> list[datetime]:
    return [_at((calendar.first_day + n) * 24) for n in range(calendar.days)]


def _at(hour: int) -> datetime:
    return datetime.combine(stories.FIRST_DAY, datetime.min.time()) + timedelta(hours=hour)


def _credits(row: Row, hour: int, cost: float) -> str:
    if not row.promotion or hour < 29 * 24:
        return "[]"
    amount = -round(cost * PROMOTION_SHARE, 6)
    name = "L4 launch promotion"
    credit = {"id": "PROMO-L4-2026", "full_name": name, "type": "PROMOTION", "name": name, "amount": amount}
    return json.dumps([credit])


def _constant(row: Row) -> dict[str, Any]:
    project = {"id": GCP_PROJECT, "name": GCP_PROJECT, "number": "418273640021", "labels": []}
    system = {"compute.googleapis.com/machine_spec": row.machine_type} if row.machine_type else {}
    place = {"location": GCP_REGION, "country": "NL", "region": GCP_REGION, "zone": f"{GCP_REGION}-b"}
    told: dict[str, Any] = {
        "billing_account_id": GCP_BILLING_ACCOUNT,
        "service": dict(zip(("id", "description"), row.sku.service, strict=True)),
        "sku": {"id": row.sku.id, "description": row.sku.description},
        "project": project if row.project else None,
        "labels": _pairs(row.labels),
        "system_labels": _pairs(system),
        "location": place if row.project else None,
        "tags": [],
        "currency": "USD",
        "currency_conversion_rate": 1.0,
        "cost_type": row.cost_type,
        "adjustment_info": None,
        "resource": None,
    }
    if row.resource:
        told["resource"] = dict(zip(("name", "global_name"), row.resource, strict=True))
    if row.adjustment:
        told["adjustment_info"] = {"id": "ADJ-1", "type": row.adjustment, "mode": "MANUAL_ADJUSTMENT"}
    return told


def _pairs(labels: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(labels.items())]
