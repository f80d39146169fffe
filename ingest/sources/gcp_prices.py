"""GCP's list prices of GPU machines, from the Cloud Catalog: GPU SKUs, and the cores and memory that go with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.source import SourceError
from ingest.sources.gcp_answers import each

if TYPE_CHECKING:
    from ingest.sources.gcp_price_export import GcpPriceExport

COMPUTE_ENGINE = "services/6F81-5844-456A"
# The catalogue has no field for the device; its descriptions do. The first pattern that matches counts.
DEVICES = (
    (r"H100 (?:Mega 80GB|80GB Mega|80GB Plus|80GB)", "H100 80GB"),
    (r"H200 141GB", "H200 141GB"),
    (r"\bGB200\b", "GB200"),
    (r"\bB200\b", "B200"),
    (r"A100 80GB", "A100 80GB"),
    (r"A100\b", "A100 40GB"),
    (r"RTX (?:Pro )?6000", "RTX PRO 6000"),
    (r"\bL4 GPU", "L4"),
    (r"\bT4 GPU", "T4"),
    (r"\bV100 GPU", "V100 16GB"),
    (r"\bP100 GPU", "P100 16GB"),
    (r"\bP4 GPU", "P4"),
)
# "A3 Instance Core", "A3Plus Instance Core", "A3 Ultra Instance Ram", "DWS Defined Duration A4 Instance Core"
MACHINE_PARTS = re.compile(r"\b(?:A2|A3|A4X?|G2|G4)\w*(?: \w+)? Instance (?:Core|Ram)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Price:
    """One row of the relation `price` without its provenance."""

    sku_id: str
    description: str
    region_id: str
    usage_type: str
    device_model: str | None
    unit: str
    tier_start: Decimal
    unit_price: Decimal
    currency: str
    effective_from: datetime | None


def open_prices(
    *, table: str | None, project: str | None, region: str | None, endpoint_url: str | None
) -> GcpPrices | GcpPriceExport:
    """The public catalogue, or the pricing export that `table` names."""
    if table is None:
        return GcpPrices(endpoint_url)
    from ingest.sources.gcp_price_export import GcpPriceExport  # it needs this module's Price

    return GcpPriceExport(table, project, region, endpoint_url)


@dataclass(frozen=True)
class GcpPrices:
    """The public catalogue, or one that speaks like it at `endpoint` (http:// for a local one, without credentials)."""

    endpoint_url: str | None = None
    kind: ClassVar[str] = "prices-gcp"
    provider: ClassVar[str] = "GCP"
    note: ClassVar[str | None] = None

    @property
    def uri(self) -> str:
        return f"{self.endpoint_url or 'https://cloudbilling.googleapis.com'}/v1/{COMPUTE_ENGINE}/skus"

    def prices(self) -> Iterator[Price]:
        """Yield a price per SKU, region and tier. Raises SourceError."""
        from google.api_core.exceptions import GoogleAPIError  # here: the SDK takes a second to import
        from google.auth.exceptions import GoogleAuthError

        try:
            client = self._client()
            for sku in each(lambda: client.list_skus(parent=COMPUTE_ENGINE), self.uri):
                yield from _prices(sku)
        except GoogleAuthError as error:
            raise SourceError(
                f"The Cloud Catalog wants credentials: {error} Run: gcloud auth application-default login"
            ) from error
        except (GoogleAPIError, OSError) as error:
            raise SourceError(
                f"The Cloud Catalog at {self.endpoint_url or 'cloudbilling.googleapis.com'} did not answer: {error}"
            ) from error

    def _client(self) -> Any:  # noqa: ANN401 - the SDK ships no types
        from google.api_core.client_options import ClientOptions
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import billing_v1

        if not self.endpoint_url:
            return billing_v1.CloudCatalogClient(transport="rest")
        local = None
        if self.endpoint_url.startswith("http://"):
            local = AnonymousCredentials()  # type: ignore[no-untyped-call]
        return billing_v1.CloudCatalogClient(
            transport="rest", credentials=local, client_options=ClientOptions(api_endpoint=self.endpoint_url)
        )


def device_model(description: str) -> str | None:
    """The device that a GPU SKU's description names, in plain form; None if it is none that we know."""
    return next((plain for pattern, plain in DEVICES if re.search(pattern, description)), None)


def _prices(sku: Any) -> Iterator[Price]:  # noqa: ANN401 - the SDK ships no types
    device = device_model(sku.description) if sku.category.resource_group == "GPU" else None
    if not sku.pricing_info or not (device or MACHINE_PARTS.search(sku.description)):
        return
    current = sku.pricing_info[-1]
    expression = current.pricing_expression
    since = current.effective_time
    for region in sku.service_regions:
        for tier in expression.tiered_rates:
            money = tier.unit_price
            yield Price(
                sku_id=sku.sku_id,
                description=sku.description,
                region_id=region,
                usage_type=sku.category.usage_type,
                device_model=device,
                unit=expression.usage_unit,
                tier_start=Decimal(str(tier.start_usage_amount)),
                unit_price=Decimal(money.units) + Decimal(money.nanos).scaleb(-9),
                currency=money.currency_code,
                effective_from=since.astimezone(UTC).replace(tzinfo=None) if since else None,
            )
