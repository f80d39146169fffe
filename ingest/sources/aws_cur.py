"""AWS Cost and Usage Reports: the legacy report and CUR 2.0, from a bucket or a copy of it, by their manifests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ingest import manifests
from ingest.files import Entry, Place, place
from ingest.layout import Layout, Split
from ingest.raw import Column, columns
from ingest.source import Delivery, SourceError, Window

COLUMNS = (
    *columns(
        "text",
        """bill_payer_account_id bill_payer_account_name bill_invoice_id line_item_usage_account_id
        line_item_usage_account_name line_item_line_item_type line_item_line_item_description line_item_product_code
        line_item_usage_type line_item_operation line_item_resource_id line_item_currency_code product_product_family
        product_sku pricing_unit savings_plan_savings_plan_a_r_n reservation_reservation_a_r_n
        split_line_item_parent_resource_id line_item_iam_principal""",
    ),
    *columns(
        "money",
        """line_item_usage_amount line_item_unblended_cost line_item_net_unblended_cost pricing_public_on_demand_cost
        reservation_effective_cost reservation_net_effective_cost savings_plan_savings_plan_effective_cost
        savings_plan_net_savings_plan_effective_cost savings_plan_total_commitment_to_date
        savings_plan_used_commitment savings_plan_recurring_commitment_for_billing_period
        savings_plan_net_recurring_commitment_for_billing_period
        savings_plan_amortized_upfront_commitment_for_billing_period
        savings_plan_net_amortized_upfront_commitment_for_billing_period
        split_line_item_split_cost split_line_item_unused_cost
        split_line_item_net_split_cost split_line_item_net_unused_cost""",
    ),
    Column("unused_upfront", "money", ("reservation_unused_amortized_upfront_fee_for_billing_period",)),
    Column(
        "net_unused_upfront", "money", ("reservation_net_unused_amortized_upfront_fee_for_billing_period",)
    ),
    Column("unused_recurring", "money", ("reservation_unused_recurring_fee",)),
    Column("net_unused_recurring", "money", ("reservation_net_unused_recurring_fee",)),
    *columns("time", "bill_billing_period_start_date line_item_usage_start_date line_item_usage_end_date"),
    # CUR 2.0 moved the sparse product columns into a map
    Column("product_product_name", names=("product_product_name", "product.product_name")),
    Column("product_instance_type", names=("product_instance_type", "product.instance_type")),
    Column("product_region_code", names=("product_region_code", "product_region", "product.region")),
    Column("capacity_reservation_id", names=("capacity_reservation_capacity_reservation_arn",)),
    Column("capacity_reservation_status", names=("capacity_reservation_capacity_reservation_status",)),
    Column("tags", "tags", ("resource_tags", "tags"), from_prefix="resource_tags"),
    # those of accounts and callers too, where the export selects both columns
    Column("more_tags", "tags", ("tags",)),
    Column("cost_categories", "tags", ("cost_category",), from_prefix="cost_category"),
)
LAYOUT = Layout(
    columns=COLUMNS,
    required=("lineItem/UnblendedCost", "lineItem/UsageStartDate", "lineItem/LineItemType"),
    staging=Path(__file__).with_suffix(".sql"),
    complete=Path(__file__).with_name("aws_cur_complete.sql"),
    completed=Path(__file__).with_name("aws_cur_completed.sql"),
    split=Split(
        Path(__file__).with_name("aws_cur_split.sql"), Path(__file__).with_name("aws_cur_split_parent.sql")
    ),
    control="aws_cur",
    what="an AWS Cost and Usage Report",
    line_key=("identity/LineItemId", "bill/BillingPeriodStartDate"),
)


@dataclass(frozen=True)
class AwsCur:
    """A report as AWS delivers it: s3://bucket/prefix/report, or a copy of that folder; or bare report files."""

    location: str
    endpoint_url: str | None = None
    kind: ClassVar[str] = "aws-cur"
    layout: ClassVar[Layout] = LAYOUT

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """Yield one delivery per billing period that the manifests tell; bare files are one. Raises SourceError."""
        yield from manifests.fetch(
            place(str(self.location), self.endpoint_url),
            window,
            "neither a manifest nor report files (.csv, .csv.gz, .parquet, .zip)",
            _check_bare,
        )


def _check_bare(there: Place, found: list[Entry]) -> None:
    """Report files may be handed over without their manifest, but not a delivery's own folder. Raises SourceError."""
    laid_out = [entry.key for entry in found if manifests.period_of(entry.key)]
    if laid_out:
        raise SourceError(
            f"{there.uri} holds report files, such as {laid_out[0]}, but no manifest. AWS writes it last, and "
            "without it nobody can tell which files are the current delivery. Copy the folder with its "
            "*-Manifest.json, point at the folder above it, or name one delivery's files or folder directly."
        )
