"""A BigQuery emulator on loopback, and billing tables in it that grow as Google's do: by appending."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1 import BigQueryReadClient
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-bqemulator"
PROJECT = "billing-host"


def field(name: str, *members: Any, kind: str = "STRING", many: bool = False) -> bigquery.SchemaField:
    mode = "REPEATED" if many else "NULLABLE"
    return bigquery.SchemaField(name, "RECORD" if members else kind, mode=mode, fields=members)


def texts(names: str) -> list[bigquery.SchemaField]:
    return [field(name) for name in names.split()]


def numbers(names: str, kind: str = "FLOAT") -> list[bigquery.SchemaField]:
    return [field(name, kind=kind) for name in names.split()]


# Google's "Structure of Standard data export", shortened; some that nobody reads stand here to be left out
STANDARD = (
    *texts("billing_account_id cost_type currency transaction_type seller_name"),
    field("invoice", *texts("month publisher_type")),
    field("service", *texts("id description")),
    field("sku", *texts("id description")),
    field("project", *texts("id number name"), field("labels", *texts("key value"), many=True)),
    field("labels", *texts("key value"), many=True),
    field("system_labels", *texts("key value"), many=True),
    field("location", *texts("location country region zone")),
    field("usage", *numbers("amount amount_in_pricing_units"), *texts("unit pricing_unit")),
    field("credits", *texts("id name full_name type"), *numbers("amount"), many=True),
    field("adjustment_info", *texts("id description type mode")),
    field("tags", *texts("key value namespace"), many=True),
    *numbers("cost cost_at_list currency_conversion_rate"),
    *numbers("usage_start_time usage_end_time export_time", "TIMESTAMP"),
)
DETAILED = (
    *STANDARD,
    field("resource", *texts("name global_name")),
    field("subscription", *texts("instance_id")),
)
# the columns of a real native FOCUS export: no Tags, ServiceCategory, SkuMeter or commitments
NATIVE_FOCUS = (
    *texts(
        """AvailabilityZone BillingAccountId BillingCurrency ChargeCategory ChargeClass ChargeDescription ConsumedUnit
        PricingCategory PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName ServiceName
        SkuId SkuPriceId SubAccountId SubAccountName PricingCurrency BillingAccountType x_CostType x_Location
        x_ServiceId x_SubscriptionInstanceId x_ConsumptionModelId x_ConsumptionModelDescription"""
    ),
    *numbers(
        """BilledCost ConsumedQuantity ContractedCost ContractedUnitPrice ListCost ListUnitPrice PricingQuantity
        EffectiveCost PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice
        x_PriceEffectivePriceDefault x_PriceListPriceConsumptionModel x_CostAtEffectivePriceDefault
        x_CostAtListConsumptionModel""",
        "NUMERIC",
    ),
    *numbers(
        "BillingPeriodStart BillingPeriodEnd ChargePeriodStart ChargePeriodEnd x_ExportTime", "TIMESTAMP"
    ),
    *numbers("x_CurrencyConversionRate"),
    field("x_Credits", *texts("Name FullName Id Type"), *numbers("Amount", "NUMERIC"), many=True),
    field("x_Project", *texts("Id Number Name AncestryNumbers")),
    field("x_SystemLabels", *texts("Key Value"), many=True),
    field("x_Labels", *texts("Key Value"), many=True),
    field("x_ProjectLabels", *texts("Key Value"), many=True),
    field("x_Tags", *texts("Key Value x_Namespace"), many=True),
)
PRICING = (
    *texts("billing_account_id business_entity_name pricing_unit account_currency_code"),
    *numbers("export_time pricing_as_of_time", "TIMESTAMP"),
    field("service", *texts("id description")),
    field("sku", *texts("id description")),
    field("geo_taxonomy", *texts("type"), field("regions", many=True)),
    field(
        "list_price",
        field(
            "tiered_rates",
            *numbers(
                "pricing_unit_quantity start_usage_amount usd_amount account_currency_amount", "NUMERIC"
            ),
            many=True,
        ),
    ),
)


@dataclass(frozen=True)
class Dataset:
    """One dataset of the emulator."""

    client: bigquery.Client
    name: str
    endpoint_url: str
    grpc_port: int = 0

    def storage(self) -> BigQueryReadClient:
        """The Storage Read API of the emulator, which speaks gRPC without encryption."""
        channel = grpc.insecure_channel(
            f"127.0.0.1:{self.grpc_port}", [("grpc.max_receive_message_length", -1)]
        )
        return BigQueryReadClient(transport=BigQueryReadGrpcTransport(channel=channel))

    def create(self, table: str, schema: Iterable[Any], partitioned_by: str | None = "") -> str:
        """An empty table, partitioned by load time ('') or by a column; returns where `ingest gcp` finds it."""
        made = bigquery.Table(f"{PROJECT}.{self.name}.{table}", schema=list(schema))
        if partitioned_by is not None:
            made.time_partitioning = bigquery.TimePartitioning(field=partitioned_by or None)
        self.client.create_table(made)
        return f"bigquery://{PROJECT}.{self.name}.{table}"

    def append(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        content = "\n".join(json.dumps(row) for row in rows).encode()
        config = bigquery.LoadJobConfig(
            source_format="NEWLINE_DELIMITED_JSON", write_disposition="WRITE_APPEND"
        )
        name = f"{PROJECT}.{self.name}.{table}"
        self.client.load_table_from_file(io.BytesIO(content), name, job_config=config).result()

    def drop(self, table: str) -> None:
        self.client.delete_table(f"{PROJECT}.{self.name}.{table}")


@contextmanager
def emulator(folder: Path) -> Iterator[tuple[bigquery.Client, str, int]]:
    """Starts an emulator; yields a client, its address and its gRPC port, ends it. Skips where it is not installed."""
    program = ENVIRONMENT / "bin" / "bqemulator"
    if not program.exists():
        pytest.skip("no BigQuery emulator: make emulator")
    rest, rpc = _free_port(), _free_port()
    command = [program, "start", "--ephemeral", "--rest-port", str(rest), "--grpc-port", str(rpc)]
    environment = {**os.environ, "HOME": str(ENVIRONMENT / "home")}  # where its DuckDB extension lies
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as server,
    ):
        try:
            _wait(rest, server, folder / "log")
            url = f"http://127.0.0.1:{rest}"
            nobody = AnonymousCredentials()
            client = bigquery.Client(
                project=PROJECT, credentials=nobody, client_options={"api_endpoint": url}
            )
            yield client, url, rpc
            client.close()
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The BigQuery emulator did not start:\n{log.read_text()[-2000:]}")
