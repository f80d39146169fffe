"""Oracle Cloud cost reports: the CSV.gz files that OCI writes every few hours, from a copy of its bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from ingest.files import Entry, place, tables, whole
from ingest.layout import Layout
from ingest.raw import Column
from ingest.source import Delivery, SourceError, Window

COLUMNS = (
    Column("tenant_id", names=("lineItem/tenantId",)),
    Column("starts", "time", ("lineItem/intervalUsageStart",)),
    Column("ends", "time", ("lineItem/intervalUsageEnd",)),
    Column("is_correction", names=("lineItem/isCorrection",)),
    Column("service", names=("product/service",)),
    Column("subscription_id", names=("cost/subscriptionId",)),
    Column("compartment_name", names=("product/compartmentName",)),
    Column("region", names=("product/region",)),
    Column("resource_id", names=("product/resourceId",)),
    Column("description", names=("product/Description",)),
    Column("sku", names=("cost/productSku",)),
    Column("quantity", "money", ("usage/billedQuantity",)),
    Column("unit", names=("cost/skuUnitDescription", "cost/billingUnitReadable")),
    Column("cost", "money", ("cost/myCost",)),
    Column("currency", names=("cost/currencyCode",)),
    Column("tags", "tags", ("tags",), from_prefix="tags"),
)
LAYOUT = Layout(
    columns=COLUMNS,
    required=("cost/myCost", "lineItem/intervalUsageStart", "lineItem/tenantId"),
    staging=Path(__file__).with_suffix(".sql"),
    complete=Path(__file__).with_name("oci_complete.sql"),
    completed=Path(__file__).with_name("oci_completed.sql"),
    control="oci",
    what="an OCI cost report",
)


@dataclass(frozen=True)
class Oci:
    """A folder with every report file of the months to load, or a bucket with S3's interface.

    A file holds some hours; no manifest says which files make a month. Each month that the folder states is replaced
    whole, so all its files must be there.
    """

    location: str
    endpoint_url: str | None = None
    kind: ClassVar[str] = "oci"
    layout: ClassVar[Layout] = LAYOUT

    def fetch(self, window: Window) -> Iterator[Delivery]:  # noqa: ARG002 - only the rows tell their months
        """Yield all report files as one delivery. Raises SourceError."""
        there = place(str(self.location), self.endpoint_url)
        entries = tables(there, there.entries())
        found = [entry for entry in entries if not _is_other(entry)]
        if not found:
            focus = any("focus reports/" in entry.key.lower() for entry in entries)
            hint = " It holds FOCUS reports: load them with python -m ingest focus." if focus else ""
            raise SourceError(f"{there.uri} holds no OCI cost reports (reports/cost-csv/*.csv.gz).{hint}")
        with TemporaryDirectory(prefix="inferledger-") as staging:
            yield whole(tuple(there.file(entry, Path(staging)) for entry in found))


def _is_other(entry: Entry) -> bool:
    """The same bucket holds usage reports, which have no cost, and the same bill once more as FOCUS."""
    return any(f"{folder}/" in entry.key.lower() for folder in ("usage-csv", "focus reports"))
