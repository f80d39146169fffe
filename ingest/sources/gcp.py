"""GCP's detailed usage export as files: nested as BigQuery has it, NDJSON or Parquet, or flattened to CSV."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from ingest.files import Entry, Place, place, tables, whole
from ingest.layout import Layout
from ingest.manifests import touches
from ingest.raw import Column, columns
from ingest.source import Delivery, SourceError, SourceFile, Window
from ingest.sources import gcp_csv

MONTH_FOLDER = re.compile(
    r"(?:^|/)(?:invoice_month|billing_period)=([12]\d{3})-?(0[1-9]|1[0-2])(?=/)", re.IGNORECASE
)
RECORD = "STRUCT(id VARCHAR, description VARCHAR)"
# as text, so that an amount keeps its digits; JSON where a record may be one object or a list of them
JSON_COLUMNS = {
    "billing_account_id": "VARCHAR",
    "service": RECORD,
    "sku": RECORD,
    "usage_start_time": "VARCHAR",
    "usage_end_time": "VARCHAR",
    "project": "STRUCT(id VARCHAR, name VARCHAR)",
    "labels": "JSON",
    "system_labels": "JSON",
    "location": "STRUCT(location VARCHAR, country VARCHAR, region VARCHAR, zone VARCHAR)",
    "resource": "STRUCT(name VARCHAR, global_name VARCHAR)",
    "cost": "VARCHAR",
    "cost_at_list": "VARCHAR",
    "currency": "VARCHAR",
    "usage": "STRUCT(amount VARCHAR, unit VARCHAR, amount_in_pricing_units VARCHAR, pricing_unit VARCHAR)",
    "credits": "JSON",
    "invoice": "STRUCT(month VARCHAR)",
    "cost_type": "VARCHAR",
    "adjustment_info": "JSON",
    "subscription": "STRUCT(instance_id VARCHAR)",
    "export_time": "VARCHAR",
}
COLUMNS = (
    *columns("text", "billing_account_id currency cost_type"),
    *columns("money", "cost cost_at_list"),
    *columns("time", "usage_start_time usage_end_time"),
    *columns("json", "labels system_labels credits adjustment_info"),
    Column("service_description", names=("service.description",)),
    Column("sku_id", names=("sku.id",)),
    Column("sku_description", names=("sku.description",)),
    Column("project_id", names=("project.id",)),
    Column("project_name", names=("project.name",)),
    Column("location_region", names=("location.region",)),
    Column("resource_name", names=("resource.name",)),
    Column("resource_global_name", names=("resource.global_name",)),
    Column("usage_unit", names=("usage.unit",)),
    Column("usage_pricing_unit", names=("usage.pricing_unit",)),
    Column("usage_amount", "money", ("usage.amount",)),
    Column("usage_amount_in_pricing_units", "money", ("usage.amount_in_pricing_units",)),
    Column("invoice_month", names=("invoice.month",)),
    Column("subscription_id", names=("subscription.instance_id",)),
)
LAYOUT = Layout(
    columns=COLUMNS,
    required=("billing_account_id", "cost", "usage_start_time", "invoice.month"),
    staging=Path(__file__).with_suffix(".sql"),
    control="gcp",
    what="a GCP detailed usage export",
    json_columns=JSON_COLUMNS,
)


@dataclass(frozen=True)
class GcpExport:
    """Files of the detailed export: one, or a folder. Every invoice month that a delivery states is replaced whole.

    Folders named invoice_month=YYYYMM are one delivery each; all other files together are one.
    """

    location: str
    kind: ClassVar[str] = "gcp"
    layout: ClassVar[Layout] = LAYOUT

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """Yield the deliveries, oldest first. Raises SourceError."""
        there = place(str(self.location))
        by_month: defaultdict[date, list[Entry]] = defaultdict(list)
        for entry in tables(there, there.entries()):
            by_month[_month(entry.key) or date.min].append(entry)
        if not by_month:
            raise SourceError(
                f"{there.uri} holds no export files. Expected .ndjson, .ndjson.gz, .parquet or .csv."
            )
        with TemporaryDirectory(prefix="inferledger-") as staging:
            for month in sorted(by_month):
                if month == date.min or touches(month, window):
                    files = tuple(_file(there, entry, Path(staging)) for entry in by_month[month])
                    yield whole(files, None if month == date.min else month)


def _file(there: Place, entry: Entry, staging: Path) -> SourceFile:
    file = there.file(entry, staging)
    return gcp_csv.with_json_cells(file, staging) if gcp_csv.is_csv(file) else file


def _month(key: str) -> date | None:
    found = MONTH_FOLDER.search(key)
    return date(int(found[1]), int(found[2]), 1) if found else None
