"""Puts hand-made lines and samples into a real store: what a test wants to compute on paper, without an export file."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa

from data.load import Load
from data.sql import sql
from data.warehouse import Warehouse

TWELVE = Decimal("1e-12")
MONEY = (
    "billed_cost",
    "effective_cost",
    "contracted_cost",
    "list_cost",
    "x_promotion",
    "x_commitment_credit",
)


def line(start: datetime, hours: float = 1, **told: Any) -> dict[str, Any]:
    """One charge line with everything a line must have; `told` overrides. Costs given as text or Decimal."""
    cost = told.pop("cost", "0")
    row: dict[str, Any] = {
        "provider": "AWS",
        "billing_account_id": "100",
        "sub_account_id": "111",
        "billing_period": start.date().replace(day=1),
        "charge_period_start": start,
        "charge_period_end": start + timedelta(hours=hours),
        "charge_category": "Usage",
        "service_name": "Amazon Elastic Compute Cloud",
        "billing_currency": "USD",
        "billed_cost": cost,
        "effective_cost": cost,
        "contracted_cost": cost,
        "list_cost": cost,
    }
    return row | told


def machine_line(start: datetime, resource: str, cost: str, hours: float = 1, **told: Any) -> dict[str, Any]:
    """An hour (or `quantity` hours) of an accelerator machine; p5.4xlarge (one H100) unless told."""
    return line(
        start,
        hours,
        cost=cost,
        resource_id=resource,
        instance_type=told.pop("instance_type", "p5.4xlarge"),
        x_usage_type="BoxUsage:p5.4xlarge",
        consumed_quantity=told.pop("quantity", hours),
        consumed_unit="Hrs",
        **told,
    )


def load_lines(wh: Warehouse, lines: list[dict[str, Any]], source: str = "bill", usable: bool = True) -> None:
    """Loads charge lines as a billing source would, with invoice totals added up here in plain Python."""
    with wh.load(source, "focus", "cost") as load:
        file_id = load.add_file(f"memory://{source}", "etag", None, len(lines))
        wh.con.execute(sql("schema/cost"))
        _stage(load, lines, file_id)
        for period in sorted({row["billing_period"] for row in lines}):
            load.drop_cost_period(period)
            load.write_parquet(
                "cost", period, "FROM stage_cost WHERE billing_period = $period", {"period": period}
            )
        wh.con.execute("DROP TABLE temp.stage_cost")
        invoice(load, lines)
        if not usable:
            load.con.execute(
                "INSERT INTO unusable_effective "
                "SELECT DISTINCT load_id, provider, billing_account_id, billing_currency "
                "FROM invoice_total WHERE load_id = $load_id",
                {"load_id": load.load_id},
            ).fetchall()
        load.mark_dirty({row["charge_period_start"].date() for row in lines})
        load.finish(rows=len(lines), delivery_id="x")


def _stage(load: Load, lines: list[dict[str, Any]], file_id: str) -> None:
    for number, row in enumerate(lines, 1):
        told = {
            "source": load.source,
            "load_id": load.load_id,
            "file_id": file_id,
            "line_id": number,
            "line_no": number,
        }
        told |= {k: (_twelve(v) if k in MONEY else v) for k, v in row.items()}
        names = ", ".join(told)
        marks = ", ".join(f"${name}" for name in told)
        load.con.execute(f"INSERT INTO stage_cost ({names}) VALUES ({marks})", told)


def invoice(load: Load, lines: list[dict[str, Any]]) -> None:
    """Invoice totals by plain Python, per key, from the amounts as they were spelled."""
    sums: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in lines:
        key = (
            row["billing_period"],
            row["charge_period_start"].date(),
            row["provider"],
            row["billing_account_id"],
            row["sub_account_id"],
            row["billing_currency"],
        )
        sums[key]["lines"] += 1
        for name in ("billed", "contracted", "list"):
            value = row[f"{name}_cost"]
            if value is not None:
                sums[key][f"{name}_cost"] += Decimal(value)
                sums[key][f"{name}_rounding"] += _twelve(value) - Decimal(value)
    for key, total in sums.items():
        load.con.execute(
            "INSERT INTO invoice_total BY NAME "
            "SELECT $load_id AS load_id, $source AS source, $p AS billing_period, $d AS day, "
            "$v AS provider, $b AS billing_account_id, $s AS sub_account_id, $c AS billing_currency, $n AS lines, "
            "$billed AS billed_cost, $contracted AS contracted_cost, $list AS list_cost, "
            "$rb AS billed_rounding, $rc AS contracted_rounding, $rl AS list_rounding",
            dict(zip("pdvbsc", key, strict=True))
            | {
                "load_id": load.load_id,
                "source": load.source,
                "n": int(total["lines"]),
                "billed": total["billed_cost"],
                "contracted": total["contracted_cost"],
                "list": total["list_cost"],
                "rb": total["billed_rounding"],
                "rc": total["contracted_rounding"],
                "rl": total["list_rounding"],
            },
        ).fetchall()


def load_rows(
    wh: Warehouse, table: str, rows: list[dict[str, Any]], source: str = "dcgm", kind: str = "prometheus"
) -> None:
    """Puts rows of telemetry, traffic or mapping into the working file as a source would."""
    if not rows:
        return
    with wh.load(source, kind, "telemetry") as load:
        names = dict.fromkeys(
            name for row in rows for name in row
        )  # pyarrow takes the first row's names alone
        full = [{"source": source, "load_id": load.load_id} | {n: row.get(n) for n in names} for row in rows]
        seen = pa.Table.from_pylist(full)
        wh.con.register("seen_rows", seen)
        wh.con.execute(f"INSERT INTO {table} BY NAME FROM seen_rows").fetchall()
        wh.con.unregister("seen_rows")
        load.mark_dirty({row["hour"].date() for row in rows if "hour" in row})
        load.finish(rows=len(rows), delivery_id="x")


def device_hour(
    hour: datetime, device: str, node: str, busy: float, idle: float, **told: Any
) -> dict[str, Any]:
    """One device × hour × holder as seen, in seconds."""
    return {
        "hour": hour,
        "device_id": device,
        "parent_id": device,
        "device_kind": "gpu",
        "node": node,
        "observed_seconds": float(busy + idle),
        "busy_seconds": float(busy),
        "idle_seconds": float(idle),
        "signal": "gr_engine_active",
        "step_seconds": 30.0,
        "samples": int((busy + idle) / 30),
        "first_seen": hour,
        "last_seen": hour + timedelta(minutes=59, seconds=30),
    } | told


def _twelve(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(TWELVE, rounding=ROUND_HALF_UP)


def month(day: datetime | date) -> date:
    return date(day.year, day.month, 1)
