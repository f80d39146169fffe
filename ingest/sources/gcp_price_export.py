"""GCP's list prices of GPU machines from the pricing export in BigQuery, in the currency of the account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from ingest.bigquery import ask, asking, connect, find, name_of, parse, uri_of
from ingest.rejects import Unusable
from ingest.source import SourceError
from ingest.sources.gcp_prices import COMPUTE_ENGINE, MACHINE_PARTS, Price, device_model

DAYS = 7  # Google writes the whole list once a day: an older one is no longer the price
TWELVE = Decimal("1e-12")
DEVICE = re.compile(r"\bGPU\b|\bgpu slice\b")


@dataclass(frozen=True)
class GcpPriceExport:
    """The table cloud_pricing_export, or a view like it."""

    location: str
    project: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    kind: ClassVar[str] = "prices-gcp"
    provider: ClassVar[str] = "GCP"
    note: ClassVar[str | None] = None

    @property
    def uri(self) -> str:
        return self.location

    def prices(self) -> Iterator[Price | Unusable]:
        """Yield a price per SKU, region and tier, of the newest day. Raises SourceError."""
        project, dataset, name = parse(self.location)
        client = connect(self.project or project, self.region, self.endpoint_url)
        since = datetime.now(UTC) - timedelta(days=DAYS)
        told = {"service": COMPUTE_ENGINE.removeprefix("services/"), "since": since}
        table = find(client, project, dataset, name or "cloud_pricing_export")
        if "list_price" not in {column.name for column in table.schema}:
            raise SourceError(f"{uri_of(table)} is no pricing export: it has no column list_price.")
        with asking(self.location):
            for row in ask(client, _query(table), told).result():
                yield from prices_of(row)


def _query(table: Any) -> str:  # noqa: ANN401 - the SDK ships no types
    by = table.time_partitioning and (table.time_partitioning.field or "_PARTITIONTIME")
    text = Path(__file__).with_name("gcp_bigquery_prices.sql").read_text(encoding="utf-8")
    return text.format(table=name_of(table), loaded=f"{by or 'export_time'} >= @since")


def prices_of(row: Any) -> Iterator[Price | Unusable]:  # noqa: ANN401
    """A row of the export as a price, or why it is none; nothing where it is of no GPU machine."""
    device = device_model(row.description) if DEVICE.search(row.description) else None
    if not (device or MACHINE_PARTS.search(row.description)):
        return
    if row.amount is None or not row.quantity:
        said = f"SKU {row.sku_id} in {row.region_id}: no price, {row.amount} per {row.quantity} {row.unit}"
        yield Unusable(None, said, row.description)
    else:
        yield Price(
            sku_id=row.sku_id,
            description=row.description,
            region_id=row.region_id,
            usage_type=_usage_type(row.description),
            device_model=device,
            unit=row.unit,
            tier_start=Decimal(row.tier_start),
            unit_price=(Decimal(row.amount) / Decimal(row.quantity)).quantize(TWELVE),
            currency=row.currency,
            effective_from=None,  # the export says what holds on a day, not since when
        )


def _usage_type(description: str) -> str:
    """The export has no field for it; the catalogue's words for what the descriptions say."""
    if re.search(r"\b(Spot|Preemptible)\b", description):
        return "Preemptible"
    years = re.search(r"^Commitment\b.*\b(\d) Year", description)
    return f"Commit{years[1]}Yr" if years else "OnDemand"
