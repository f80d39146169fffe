"""FOCUS, the open billing format: 1.0 to 1.4 of any provider, told apart by the columns that are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ingest import manifests
from ingest.files import place
from ingest.layout import Layout
from ingest.raw import Column, columns
from ingest.source import Delivery, Window

COLUMNS = (
    *columns(
        "text",
        """billing_account_id billing_account_name sub_account_id sub_account_name charge_category charge_class
        charge_frequency charge_description service_name sku_id resource_id
        region_id pricing_category pricing_unit consumed_unit billing_currency
        commitment_discount_id commitment_discount_category commitment_discount_type
        capacity_reservation_id invoice_id x_usage_type x_operation
        x_line_item_type x_consumed_unit x_pricing_unit x_commitment_discount_category x_commitment_discount_type
        x_team x_dataset x_load_id""",
    ),
    *columns(
        "money",
        """pricing_quantity consumed_quantity billed_cost effective_cost contracted_cost list_cost x_promotion
        x_commitment_credit x_billed_cost x_consumed_quantity x_pricing_quantity""",
    ),
    *columns("time", "billing_period_start charge_period_start charge_period_end"),
    Column("tags", "tags", ("Tags", "x_Labels")),  # GCP's native export has no Tags
    # 1.3 renamed ProviderName, 1.4 took it out; GCP's preview of 1.2 has both
    Column("provider_name", names=("ProviderName", "ServiceProviderName")),
    # our own export names what nobody knows, and keeps what the specification has no place for: a service of two
    # categories, a status without id, a meter without SKU
    Column("x_unknown", names=("x_Unknown", "x_UnknownCosts")),
    Column("sku_meter", names=("SkuMeter", "x_SkuMeter")),
    Column("resource_name", names=("ResourceName", "x_ResourceName")),
    Column("resource_type", names=("ResourceType", "x_ResourceType")),
    Column("service_category", names=("x_ServiceCategory", "ServiceCategory")),
    Column("commitment_discount_status", names=("x_CommitmentDiscountStatus", "CommitmentDiscountStatus")),
    Column("capacity_reservation_status", names=("x_CapacityReservationStatus", "CapacityReservationStatus")),
    Column(
        "instance_type_detail",
        names=(
            "SkuPriceDetails.InstanceType",
            "x_InstanceType",
            # Azure keeps its meter's details under names of its own
            "SkuPriceDetails.x_ServiceType",
            "x_SkuDetails.ServiceType",
        ),
    ),
    Column("gpu_count", names=("SkuPriceDetails.GpuCount",)),
    # 1.3: a provider's own split of a charge. Its lines take the charge's place, so that they sum to the invoice
    *columns("text", "allocated_resource_id allocated_resource_name allocated_method_id"),
    Column("allocated_tags", "tags"),
    Column("x_cost_categories", "tags"),
    # what GCP's native export says in columns of its own, where FOCUS has one and it leaves that out
    *columns("json", "x_credits x_system_labels"),
    Column("x_subscription_instance_id"),
)
LAYOUT = Layout(
    columns=COLUMNS,
    required=("BilledCost", "ChargePeriodStart", "BillingPeriodStart"),
    staging=Path(__file__).with_suffix(".sql"),
    complete=Path(__file__).with_name("gpu_csv_complete.sql"),  # our own export of such a bill
    control="focus",
    what="a FOCUS export",
)


@dataclass(frozen=True)
class Focus:
    """A FOCUS file, a folder of them, or an AWS data export with its manifests; local or s3://."""

    location: str
    endpoint_url: str | None = None
    kind: ClassVar[str] = "focus"
    layout: ClassVar[Layout] = LAYOUT

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """Yield what lies there as one delivery, or one per period where manifests tell. Raises SourceError."""
        yield from manifests.fetch(
            place(str(self.location), self.endpoint_url),
            window,
            "no FOCUS files. Expected .csv, .csv.gz or .parquet, alone or in a folder",
        )
