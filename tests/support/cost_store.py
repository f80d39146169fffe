"""Loads billing exports into a real store and reads back what a test compares."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from data.warehouse import Warehouse
from ingest.load_cost import load_deliveries
from ingest.source import Window

# one line of CUR 2.0 as a test wants it: only what it says is in the file
CUR_LINE = {
    "bill_payer_account_id": "000000000001",
    "bill_billing_period_start_date": "2026-10-01T00:00:00Z",
    "line_item_usage_account_id": "000000000011",
    "line_item_line_item_type": "Usage",
    "line_item_usage_start_date": "2026-10-02T00:00:00Z",
    "line_item_usage_end_date": "2026-10-02T01:00:00Z",
    "line_item_product_code": "AmazonEC2",
    "line_item_usage_type": "BoxUsage:p5.48xlarge",
    "line_item_resource_id": "i-1",
    "line_item_usage_amount": "1",
    "line_item_currency_code": "USD",
    "line_item_unblended_cost": "55.04",
    "pricing_public_on_demand_cost": "98.32",
    "pricing_unit": "Hrs",
}
FOCUS_LINE = {
    "ProviderName": "AWS",
    "BillingAccountId": "0001",
    "SubAccountId": "0011",
    "BillingPeriodStart": "2026-10-01T00:00:00Z",
    "ChargePeriodStart": "2026-10-02T00:00:00Z",
    "ChargePeriodEnd": "2026-10-02T01:00:00Z",
    "ChargeCategory": "Usage",
    "ResourceId": "i-1",
    "BilledCost": "10",
    "EffectiveCost": "10",
    "ContractedCost": "10",
    "ListCost": "12",
    "BillingCurrency": "USD",
}
GCP_LINE: dict[str, Any] = {
    "billing_account_id": "01AAAA-BBBBBB-CCCCCC",
    "service": {"id": "6F81-5844-456A", "description": "Compute Engine"},
    "sku": {"id": "S-1", "description": "A2 Instance Core running in Americas"},
    "usage_start_time": "2026-10-02T00:00:00Z",
    "usage_end_time": "2026-10-02T01:00:00Z",
    "project": {"id": "p", "name": "p"},
    "labels": [],
    "system_labels": [],
    "location": {"region": "us-central1"},
    "cost": 3.5,
    "currency": "USD",
    "usage": {"amount": 3600, "unit": "seconds", "amount_in_pricing_units": 1, "pricing_unit": "hour"},
    "credits": [],
    "invoice": {"month": "202610"},
    "cost_type": "regular",
}


def load(wh: Warehouse, source: Any, name: str | None = None) -> list[Any]:
    return load_deliveries(wh, name or source.kind, source, Window())


def rows(wh: Warehouse, query: str, name: str | None = None) -> list[tuple[Any, ...]]:
    """Answers a query over the view `cost`: the live lines of one source, or of all."""
    files = [str(path) for path in wh.live_files("cost", name)]
    wh.con.read_parquet(files, union_by_name=True).create_view("cost", replace=True)
    answer = wh.con.execute(query).fetchall()
    wh.con.execute("DROP VIEW cost")
    return answer


def sums(wh: Warehouse, name: str | None = None) -> list[tuple[Any, ...]]:
    """(billing period, lines, billed, effective), by period."""
    query = """SELECT strftime(billing_period, '%Y-%m'), count(*), sum(billed_cost), sum(effective_cost)
        FROM cost GROUP BY 1 ORDER BY 1"""
    return rows(wh, query, name)


def invoiced(wh: Warehouse) -> dict[str, Decimal]:
    """Invoice total by billing period, as stored lines must sum to it: exact + what rounding adds."""
    query = "SELECT strftime(billing_period, '%Y-%m'), sum(billed_cost + billed_rounding) FROM invoice_total GROUP BY 1"
    return dict(wh.con.execute(query).fetchall())


def store_state(wh: Warehouse) -> tuple[Any, ...]:
    """What a failed load must leave as it was."""
    return (
        wh.con.execute("SELECT * FROM parquet_file ORDER BY ALL").fetchall(),
        wh.con.execute("SELECT * FROM invoice_total ORDER BY ALL").fetchall(),
        wh.con.execute("SELECT * FROM dirty_month ORDER BY ALL").fetchall(),
        wh.con.execute("SELECT * FROM reject ORDER BY ALL").fetchall(),
        sorted(path for path in wh.home.joinpath("parquet").rglob("*") if path.is_file()),
    )


def write_csv(path: Path, lines: Sequence[Mapping[str, str]], header: Sequence[str] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, header or list(dict.fromkeys(key for line in lines for key in line)))
    writer.writeheader()
    writer.writerows(lines)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def write_ndjson(path: Path, lines: Sequence[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def write_parquet(path: Path, query: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def manifest(folder: Path, report: str, body: Mapping[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{report}-Manifest.json"
    path.write_text(json.dumps(body))
    return path
