"""AWS's on-demand prices of machines with accelerators: from the Price List, else from the table that we ship.

A price is of a whole machine and hour (Linux, shared tenancy); `description` is its instance type, by which
data/reference/accelerators.csv knows its devices. So `device_model` stays empty: it is the price of no single device.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from data.model.build import REFERENCE
from ingest.rejects import Unusable
from ingest.source import SourceError
from ingest.sources.gcp_prices import Price

SHIPPED = REFERENCE / "accelerators.csv"
SHIPPED_REGION = "us-east-1"
API_REGION = "us-east-1"  # the Price List answers in three regions, for all of them
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
DENIED = ("AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException")
MACHINES = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
}


@dataclass
class AwsPrices:
    """The Price List of one region, or one that speaks like it at `endpoint_url`; `shipped` asks nobody."""

    region: str = SHIPPED_REGION
    shipped: bool = False
    endpoint_url: str | None = None
    kind: ClassVar[str] = "prices-aws"
    provider: ClassVar[str] = "AWS"

    def __post_init__(self) -> None:
        self._note: str | None = None

    @property
    def uri(self) -> str:
        """Where the prices come from that were yielded last."""
        if self._note is not None:
            return SHIPPED.name
        return f"{self.endpoint_url or f'https://api.pricing.{API_REGION}.amazonaws.com'}/AmazonEC2/{self.region}"

    @property
    def note(self) -> str | None:
        """Where the prices come from, and of which day, if not from the Price List."""
        return self._note

    def prices(self) -> Iterator[Price | Unusable]:
        """Yield a price per machine type. Raises SourceError, but for a refusal: then the shipped table answers."""
        self._note = None
        if self.shipped:
            yield from self._shipped("as asked")
            return
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            NoCredentialsError,
        )  # here: the SDK is slow to import

        try:
            found = list(self._listed())
        except NoCredentialsError:
            yield from self._shipped("there are no AWS credentials")
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            if code not in DENIED:
                raise SourceError(f"The AWS Price List answered {code}: {error}") from error
            yield from self._shipped(f"the Price List refused ({code}; it wants pricing:GetProducts)")
        except BotoCoreError as error:
            raise SourceError(
                f"The AWS Price List could not be asked: {error}. Try again, or use --shipped for the dated table."
            ) from error
        else:
            yield from found

    def _listed(self) -> Iterator[Price | Unusable]:
        import boto3

        client = boto3.client("pricing", region_name=API_REGION, endpoint_url=self.endpoint_url)
        known = {row["instance_type"] for row in _reference()}
        wanted = MACHINES | {"regionCode": self.region}
        filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]
        pages = client.get_paginator("get_products").paginate(
            ServiceCode="AmazonEC2", Filters=filters, FormatVersion="aws_v1"
        )
        for text in self._products(pages):
            try:
                yield from list(_on_demand(json.loads(text, parse_float=Decimal), known))
            except UNREADABLE as error:
                yield Unusable(None, f"a product that cannot be read: {error!r}", str(text))

    def _products(self, pages: Iterable[Any]) -> Iterator[Any]:
        """The products of each page, as they came. Raises SourceError where a page is none, as of a proxy."""
        from botocore.parsers import ResponseParserError

        try:
            for page in pages:
                yield from page["PriceList"]
        except (ResponseParserError, *UNREADABLE) as error:
            raise SourceError(
                f"{self.uri} gave an answer that cannot be read ({error!r}). Check the endpoint, and whether a proxy "
                "answers in its place, or use --shipped for the dated table."
            ) from error

    def _shipped(self, why: str) -> Iterator[Price]:
        if self.region != SHIPPED_REGION:
            raise SourceError(
                f"No prices of {self.region}: {why}, and the shipped table is of {SHIPPED_REGION}. "
                f"Allow pricing:GetProducts, or leave --region out for prices of {SHIPPED_REGION}."
            )
        rows = [row for row in _reference() if row["usd_per_hour"]]
        dates = sorted({row["as_of"] for row in rows})
        self._note = f"prices of {SHIPPED_REGION} as of {', '.join(dates)}, from the shipped table: {why}"
        for row in rows:
            yield Price(
                sku_id=row["instance_type"],
                description=row["instance_type"],
                region_id=SHIPPED_REGION,
                usage_type="OnDemand",
                device_model=None,
                unit="Hrs",
                tier_start=Decimal(0),
                unit_price=Decimal(row["usd_per_hour"]),
                currency="USD",
                effective_from=datetime.fromisoformat(row["as_of"]),
            )


def _reference() -> list[dict[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as table:
        return [row for row in csv.DictReader(table) if row["provider"] == "AWS"]


def _on_demand(product: Mapping[str, Any], known: Container[str]) -> Iterator[Price]:
    told = product["product"]["attributes"]
    # a type that is newer than our table says itself that it has GPUs
    if told.get("instanceType") not in known and told.get("gpu", "NA") in ("NA", "0"):
        return
    for term in product["terms"].get("OnDemand", {}).values():
        since = datetime.fromisoformat(term["effectiveDate"]).astimezone(UTC).replace(tzinfo=None)
        for dimension in term["priceDimensions"].values():
            for currency, amount in dimension["pricePerUnit"].items():
                if not Decimal(
                    amount
                ):  # listed, but not for sale on demand: no price, and not a free machine
                    continue
                yield Price(
                    sku_id=product["product"]["sku"],
                    description=told["instanceType"],
                    region_id=told["regionCode"],
                    usage_type="OnDemand",
                    device_model=None,
                    unit=dimension["unit"],
                    tier_start=Decimal(dimension["beginRange"]),
                    unit_price=Decimal(amount),
                    currency=currency,
                    effective_from=since,
                )
