"""AWS Data Exports: CUR 2.0 in Parquet, in the bucket layout that AWS delivers.

Each period has one manifest, which names the files of the latest execution; older executions stay in the
folder and must not be read. September has two: see stories.py.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from data.demo import stories
from data.demo.aws_meters import PLAN_ARN, Meter, meters
from data.demo.estate import ACCOUNT_NAMES, AWS_REGION, PAYER
from data.demo.layout import Layout, short_hash
from data.demo.signal import Calendar, Curve, shape

BUCKET, PREFIX, EXPORT = "pelagia-billing", "exports", "demo-cur"
CHUNK_ROWS = 45_000


@dataclass(frozen=True)
class Execution:
    """One delivery of one billing period. first: September as it was before AWS restated it."""

    period: date
    delivered: str
    invoice: str | None
    first: bool = False

    @property
    def id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{EXPORT}/{self.period}/{self.delivered}"))

    @property
    def folder(self) -> str:
        return f"{self.delivered}-{self.id}"


FIRST_SEPTEMBER = Execution(date(2026, 9, 1), "2026-10-02T06:11:09.482Z", None, first=True)
EXECUTIONS = (
    Execution(date(2026, 8, 1), "2026-09-11T05:48:51.117Z", "2319874401"),
    Execution(date(2026, 9, 1), "2026-10-12T07:02:33.906Z", "2341190257"),
    Execution(date(2026, 10, 1), "2026-11-01T08:27:14.035Z", None),
)


@dataclass(frozen=True)
class Lines:
    """The lines of one period: which meter each belongs to, and its numbers."""

    meter: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]  # hours since 2026-08-03 00:00
    hours: npt.NDArray[np.int64]
    quantity: Curve
    rate: Curve
    cost: Curve


def write_exports(layout: Layout, calendar: Calendar, root: Path) -> tuple[Path, Path]:
    """Write the bucket as it is today under root/s3, and as it was on 2 October under root/s3-first.

    Returns the two export folders. The older September execution lies in today's bucket too.
    """
    metered = meters(layout)
    today, earlier = (root / name / PREFIX / EXPORT for name in ("s3", "s3-first"))
    for execution in EXECUTIONS:
        _deliver(today, execution, metered, calendar)
    _deliver(earlier, FIRST_SEPTEMBER, metered, calendar)
    _leave_behind(earlier, today)
    return earlier, today


def _leave_behind(earlier: Path, today: Path) -> None:
    for path in sorted(earlier.glob("data/*/*/*.parquet")):
        twin = today / path.relative_to(earlier)
        twin.parent.mkdir(parents=True, exist_ok=True)
        twin.write_bytes(path.read_bytes())


def _deliver(folder: Path, execution: Execution, metered: Sequence[Meter], calendar: Calendar) -> None:
    lines = period_lines(metered, execution, calendar)
    if len(lines.meter) == 0:
        return
    partition = f"BILLING_PERIOD={execution.period:%Y-%m}"
    data = folder / "data" / partition / execution.folder
    data.mkdir(parents=True, exist_ok=True)
    table = _table(lines, metered, execution)
    names = []
    for number, at in enumerate(range(0, len(table), CHUNK_ROWS), start=1):
        names.append(f"{EXPORT}-{number:05}.snappy.parquet")
        pq.write_table(
            table.slice(at, CHUNK_ROWS), data / names[-1], compression="snappy", store_schema=False
        )
    _write_manifests(folder / "metadata" / partition, partition, execution, names)


def _write_manifests(folder: Path, partition: str, execution: Execution, names: Iterable[str]) -> None:
    """The manifest of the period, and its copy one level deeper, as AWS leaves them beside each other."""
    base = f"s3://{BUCKET}/{PREFIX}/{EXPORT}/data/{partition}/{execution.folder}"
    manifest = {
        "executionId": execution.id,
        "exportArn": f"arn:aws:bcm-data-exports:{AWS_REGION}:{PAYER}:export/{EXPORT}",
        "table": "COST_AND_USAGE_REPORT",
        "format": "PARQUET",
        "compression": "PARQUET",
        "createdAt": execution.delivered,
        "dataFiles": [f"{base}/{name}" for name in names],
    }
    for place in (folder, folder / execution.folder):
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{EXPORT}-Manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def period_lines(metered: Sequence[Meter], execution: Execution, calendar: Calendar) -> Lines:
    """All lines of the execution's period that fall into the calendar, by time."""
    month = _month_hours(execution.period)
    window = range(max(month.start, calendar.first_day * 24), min(month.stop, stories.HOURS))
    blocks = [
        _meter_lines(number, meter, execution, window)
        for number, meter in enumerate(metered)
        if not (meter.late and execution.first)
    ]
    joined = [
        np.concatenate([getattr(block, name) for block in blocks]) for name in Lines.__dataclass_fields__
    ]
    order = np.lexsort((joined[0], joined[1]))
    return Lines(*(column[order] for column in joined))


def _month_hours(first: date) -> range:
    following = (first + timedelta(days=32)).replace(day=1)
    return range((first - stories.FIRST_DAY).days * 24, (following - stories.FIRST_DAY).days * 24)


def _meter_lines(number: int, meter: Meter, execution: Execution, window: range) -> Lines:
    start = _line_starts(meter, window)
    daily = meter.every != "hour"
    moving = shape(meter.shape, start.astype(float)) if meter.shape else np.ones(len(start))
    quantity = np.round(meter.quantity * moving * (1 + meter.growth) ** (start / stories.HOURS), 6)
    rate = np.full(len(start), _rate(meter, execution))
    if meter.spot:
        rate = np.round(rate * (0.40 + 0.05 * np.sin(start // 24 * 0.9)), 4)
    return Lines(
        meter=np.full(len(start), number, dtype=np.int32),
        start=start,
        hours=np.full(len(start), 24 if daily else 1, dtype=np.int64),
        quantity=quantity,
        rate=rate,
        cost=np.round(quantity * rate, 10),
    )


def _line_starts(meter: Meter, window: range) -> npt.NDArray[np.int64]:
    """The hours at which the meter's lines begin; a monthly charge is drawn on the month's last day."""
    if meter.every == "month":
        return np.arange(max(window.stop - 24, window.start), window.stop, 24, dtype=np.int64)
    first, last = max(round(meter.start * 24), window.start), min(round(meter.end * 24), window.stop)
    if meter.every == "once":
        at = round(meter.start * 24)
        return np.array([at] if at in window else [], dtype=np.int64)
    return np.arange(first, last, 1 if meter.every == "hour" else 24, dtype=np.int64)


def _rate(meter: Meter, execution: Execution) -> float:
    return meter.wrong_rate if execution.first and meter.wrong_rate is not None else meter.rate


def _table(lines: Lines, metered: Sequence[Meter], execution: Execution) -> pa.Table:
    columns = (
        _bill_columns(lines, execution)
        | _text_columns(lines, metered)
        | _number_columns(lines, metered)
        | _map_columns(lines, metered)
    )
    return pa.table(dict(sorted(columns.items())))


def _bill_columns(lines: Lines, execution: Execution) -> dict[str, pa.Array]:
    rows = len(lines.meter)
    following = (execution.period + timedelta(days=32)).replace(day=1)
    start = _stamps(lines.start)
    end = _stamps(lines.start + lines.hours)
    spans, codes = np.unique(np.stack([lines.start, lines.hours]), axis=1, return_inverse=True)
    texts = [f"{_iso(a)}/{_iso(a + hours)}" for a, hours in spans.T.tolist()]
    prefix = execution.id[:8]
    return {
        "bill_bill_type": _constant("Anniversary", rows),
        "bill_billing_entity": _constant("AWS", rows),
        "bill_billing_period_start_date": _constant_time(execution.period, rows),
        "bill_billing_period_end_date": _constant_time(following, rows),
        "bill_invoice_id": _constant(execution.invoice, rows),
        "bill_payer_account_id": _constant(PAYER, rows),
        "bill_payer_account_name": _constant(ACCOUNT_NAMES[PAYER], rows),
        # Unique within one delivery only, and another in the next: as AWS documents it.
        "identity_line_item_id": pa.array(
            [f"{prefix}{row * 0x9E3779B97F4A7C15 % 2**64:016x}" for row in range(rows)]
        ),
        "identity_time_interval": _coded(codes.reshape(-1), texts),
        "line_item_usage_start_date": start,
        "line_item_usage_end_date": end,
    }


def _text_columns(lines: Lines, metered: Sequence[Meter]) -> dict[str, pa.Array]:
    """Columns in which all lines of a meter agree."""

    def column(texts: Iterable[str | None]) -> pa.Array:
        return _coded(lines.meter, list(texts))

    return {
        "line_item_availability_zone": column(f"{AWS_REGION}a" if m.instance_type else None for m in metered),
        "line_item_currency_code": column("USD" for _ in metered),
        "line_item_legal_entity": column("Amazon Web Services, Inc." for _ in metered),
        "line_item_line_item_description": column(m.description or m.usage_type for m in metered),
        "line_item_line_item_type": column(m.line_type for m in metered),
        "line_item_operation": column(m.operation or None for m in metered),
        "line_item_product_code": column(m.service.code for m in metered),
        "line_item_resource_id": column(m.resource for m in metered),  # '' where AWS names none
        "line_item_tax_type": column("USSalesTax" if m.line_type == "Tax" else None for m in metered),
        "line_item_usage_account_id": column(m.account for m in metered),
        "line_item_usage_account_name": column(ACCOUNT_NAMES[m.account] for m in metered),
        "line_item_usage_type": column(m.usage_type for m in metered),
        "pricing_currency": column("USD" for _ in metered),
        "pricing_term": column(
            "Spot" if m.spot else "OnDemand" if m.instance_type else None for m in metered
        ),
        "pricing_unit": column(m.unit or None for m in metered),
        "product_instance_type": column(m.instance_type or None for m in metered),
        "product_product_family": column(m.family or None for m in metered),
        "product_region_code": column(AWS_REGION for _ in metered),
        "product_servicecode": column(m.service.code for m in metered),
        "product_sku": column(short_hash(m.service.code, m.usage_type, length=16).upper() for m in metered),
        "savings_plan_offering_type": column("ComputeSavingsPlans" if m.plan else None for m in metered),
        "savings_plan_payment_option": column("No Upfront" if m.plan else None for m in metered),
        "savings_plan_purchase_term": column("1yr" if m.plan else None for m in metered),
        "savings_plan_savings_plan_a_r_n": column(PLAN_ARN if m.plan else None for m in metered),
    }


def _number_columns(lines: Lines, metered: Sequence[Meter]) -> dict[str, pa.Array]:
    unpriced = ("Tax", "Credit", "Refund", "SavingsPlanRecurringFee")  # AWS writes 0 for their public price
    public = np.array([0.0 if m.line_type in unpriced else m.rate for m in metered])[lines.meter]
    rates, codes = np.unique(lines.rate, return_inverse=True)
    rate_texts = _coded(codes, [f"{rate:.10g}" for rate in rates.tolist()])
    public_rates, public_codes = np.unique(public, return_inverse=True)
    covered, fee = (np.array([m.plan == kind for m in metered])[lines.meter] for kind in ("covered", "fee"))
    used = np.array([m.used for m in metered])[lines.meter]
    return {
        "line_item_usage_amount": pa.array(lines.quantity),
        "line_item_unblended_cost": pa.array(lines.cost),
        "line_item_unblended_rate": rate_texts,
        "line_item_blended_cost": pa.array(lines.cost),
        "line_item_blended_rate": rate_texts,
        "pricing_public_on_demand_cost": pa.array(np.round(lines.quantity * public, 10)),
        "pricing_public_on_demand_rate": _coded(
            public_codes, [f"{rate:.10g}" for rate in public_rates.tolist()]
        ),
        "reservation_effective_cost": pa.array(np.zeros(len(lines.meter))),
        "savings_plan_savings_plan_effective_cost": _where(
            covered, lines.quantity * float(stories.PLAN_RATE)
        ),
        "savings_plan_savings_plan_rate": _where(covered, np.full(len(covered), float(stories.PLAN_RATE))),
        "savings_plan_total_commitment_to_date": _where(fee, lines.cost),
        "savings_plan_recurring_commitment_for_billing_period": _where(fee, lines.cost),
        "savings_plan_used_commitment": _where(fee, used),
    }


def _map_columns(lines: Lines, metered: Sequence[Meter]) -> dict[str, pa.Array]:
    texts = pa.map_(pa.string(), pa.string())
    product = [{"product_name": m.service.name} | m.attributes for m in metered]
    row_meter = pa.array(lines.meter)
    return {
        "product": pa.array([list(one.items()) for one in product], texts).take(row_meter),
        "resource_tags": pa.array([sorted(m.tags.items()) for m in metered], texts).take(row_meter),
        "cost_category": pa.array([[] for _ in metered], texts).take(row_meter),
        "discount": pa.array([[] for _ in metered], pa.map_(pa.string(), pa.float64())).take(row_meter),
    }


def _where(mask: npt.NDArray[np.bool_], values: Curve) -> pa.Array:
    return pa.array(values, mask=~mask)


def _coded(codes: npt.NDArray[np.integer], texts: Sequence[str | None]) -> pa.Array:
    return pa.array(texts, pa.string()).take(pa.array(codes))


def _constant(text: str | None, rows: int) -> pa.Array:
    return pa.array([text], pa.string()).take(pa.array(np.zeros(rows, dtype=np.int32)))


def _constant_time(day: date, rows: int) -> pa.Array:
    return _stamps(np.full(rows, (day - stories.FIRST_DAY).days * 24, dtype=np.int64))


def _stamps(hours: npt.NDArray[np.int64]) -> pa.Array:
    base = np.datetime64(stories.FIRST_DAY, "ms")
    return pa.array(base + hours.astype("timedelta64[h]"))


def _iso(hours: int) -> str:
    return str(np.datetime64(stories.FIRST_DAY, "s") + np.timedelta64(hours, "h")) + "Z"
