"""List prices through the real client, from a catalogue that answers over local HTTP in pages."""

from __future__ import annotations

import json
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import pytest
from local_server import listening

from ingest.load_prices import load_prices
from ingest.rejects import Unusable
from ingest.source import SourceError, Window
from ingest.sources.gcp_price_export import prices_of
from ingest.sources.gcp_prices import GcpPrices, device_model


def sku(name, description, units, nanos, group="GPU", usage="OnDemand", regions=("us-central1",)):
    price = {"currencyCode": "USD", "units": str(units), "nanos": nanos}
    return {
        "name": f"services/6F81-5844-456A/skus/{name}",
        "skuId": name,
        "description": description,
        "category": {"resourceFamily": "Compute", "resourceGroup": group, "usageType": usage},
        "serviceRegions": list(regions),
        "pricingInfo": [
            {
                "effectiveTime": "2026-11-01T00:00:00Z",
                "pricingExpression": {
                    "usageUnit": "h",
                    "tieredRates": [{"startUsageAmount": 0, "unitPrice": price}],
                },
            }
        ],
    }


PAGES = [
    [
        sku("A-1", "Nvidia Tesla A100 80GB GPU running in Americas", 3, 673_000_001),
        sku(
            "L-1",
            "Nvidia L4 GPU attached to Spot Preemptible VMs running in Belgium",
            0,
            224_000_000,
            usage="Preemptible",
        ),
        sku("S-1", "Storage PD Capacity", 0, 40_000_000, group="PDStandard"),
    ],
    [
        sku("H-1", "H100 80GB Mega GPU running in Iowa", 9, 0, regions=("us-central1", "us-east4")),
        sku("C-1", "A3 Instance Core running in Americas", 0, 29_000_000, group="CPU"),
        sku("N-1", "N1 Predefined Instance Core running in Americas", 0, 31_000_000, group="N1Standard"),
    ],
]


class Catalogue(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlparse(self.path)
        page = int(parse_qs(url.query).get("pageToken", ["0"])[0])
        found = url.path == "/v1/services/6F81-5844-456A/skus"
        following = str(page + 1) if page + 1 < len(self.server.pages) else ""
        body = json.dumps({"skus": self.server.pages[page], "nextPageToken": following}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """Quiet."""


@pytest.fixture
def catalogue():
    with listening(Catalogue, pages=PAGES) as server:
        yield server


def source(catalogue):
    return GcpPrices(f"http://127.0.0.1:{catalogue.server_port}")


def test_gpu_machines_of_all_pages_twice(wh, catalogue):
    (first,) = load_prices(wh, "prices-gcp", source(catalogue), Window())
    assert (first.status, first.rows) == ("loaded", 5)
    query = "SELECT sku_id, region_id, usage_type, device_model, unit, unit_price, currency FROM price ORDER BY ALL"
    told = [
        ("A-1", "us-central1", "OnDemand", "A100 80GB", "h", Decimal("3.673000001"), "USD"),
        ("C-1", "us-central1", "OnDemand", None, "h", Decimal("0.029"), "USD"),
        ("H-1", "us-central1", "OnDemand", "H100 80GB", "h", Decimal(9), "USD"),
        ("H-1", "us-east4", "OnDemand", "H100 80GB", "h", Decimal(9), "USD"),
        ("L-1", "us-central1", "Preemptible", "L4", "h", Decimal("0.224"), "USD"),
    ]
    assert wh.con.execute(query).fetchall() == told
    (second,) = load_prices(wh, "prices-gcp", source(catalogue), Window())
    assert second.status == "unchanged"
    assert wh.con.execute(query).fetchall() == told


def test_a_new_price_replaces_the_old_one(wh, catalogue):
    load_prices(wh, "prices-gcp", source(catalogue), Window())
    catalogue.pages = [[sku("A-1", "Nvidia Tesla A100 80GB GPU running in Americas", 3, 0)]]
    load_prices(wh, "prices-gcp", source(catalogue), Window())
    assert wh.con.execute("SELECT sku_id, unit_price FROM price").fetchall() == [("A-1", Decimal(3))]


def test_an_empty_catalogue_changes_nothing(wh, catalogue):
    load_prices(wh, "prices-gcp", source(catalogue), Window())
    catalogue.pages = [[]]
    with pytest.raises(SourceError, match="lists no GPU machine"):
        load_prices(wh, "prices-gcp", source(catalogue), Window())
    assert wh.con.execute("SELECT count(*) FROM price").fetchall() == [(5,)]


@pytest.mark.parametrize(
    ("description", "model"),
    [
        ("Nvidia Tesla A100 GPU running in Americas", "A100 40GB"),
        ("Nvidia Tesla A100 80GB GPU running in Iowa", "A100 80GB"),
        ("Nvidia H100 80GB GPU running in Iowa", "H100 80GB"),
        ("H100 80GB Plus GPU attached to Spot Preemptible VMs", "H100 80GB"),
        ("Nvidia H100 Mega 80GB GPU running in Iowa", "H100 80GB"),
        ("H200 141GB GPU running in Iowa", "H200 141GB"),
        ("A4 Nvidia B200 (1 gpu slice) running in Iowa", "B200"),
        ("H100 80GB Mega GPU attached to Spot Preemptible VMs running in Iowa", "H100 80GB"),
        ("Nvidia H100 80GB Mega GPU running in Iowa", "H100 80GB"),
        ("Nvidia B200 (1 gpu slice) attached to Spot Preemptible VMs running in Iowa", "B200"),
        ("A4X Nvidia GB200 (1 gpu slice) running in Iowa", "GB200"),
        ("Commitment v1: Nvidia Tesla A100 80GB GPU running in Americas for 1 Year", "A100 80GB"),
        ("RTX 6000 96GB running in Iowa", "RTX PRO 6000"),
        ("Nvidia L4 GPU running in Iowa", "L4"),
        ("Nvidia L4 GPU attached to Spot Preemptible VMs running in Belgium", "L4"),
        ("Nvidia Tesla T4 GPU running in Iowa", "T4"),
        ("Something new", None),
    ],
)
def test_devices_are_told_by_the_description(description, model):
    assert device_model(description) == model


@pytest.mark.parametrize(
    ("description", "listed"),
    [
        ("A2 Instance Core running in Americas", True),
        ("A3Plus Instance Ram running in Iowa", True),
        ("DWS Defined Duration A3 Ultra Instance Core running in Iowa", True),
        ("Spot Preemptible A4 Instance Core running in Iowa", True),
        ("G2 Instance Ram running in Belgium", True),
        ("N2 Instance Core running in Americas", False),
        ("C3 Instance Ram running in Iowa", False),
        ("E2 Instance Core running in Iowa", False),
    ],
)
def test_cores_and_memory_of_gpu_machines_are_priced_and_others_are_not(wh, catalogue, description, listed):
    catalogue.pages = [
        [sku("X-1", description, 1, 0, group="CPU"), sku("L-1", "Nvidia L4 GPU running in Iowa", 1, 0)]
    ]
    load_prices(wh, "prices-gcp", source(catalogue), Window())
    assert (
        wh.con.execute("SELECT sku_id FROM price ORDER BY 1").fetchall() == [("L-1",)] + [("X-1",)] * listed
    )


@pytest.mark.parametrize(
    ("amount", "quantity"), [(None, Decimal(1)), (Decimal(1), Decimal(0)), (Decimal(1), None)]
)
def test_a_price_that_the_pricing_export_leaves_out_is_a_reject_and_not_left_out(amount, quantity):
    """What BigQuery answers for a row; it has no server here."""
    told = {"sku_id": "L-1", "description": "Nvidia L4 GPU running in Iowa", "region_id": "us-central1"}
    row = SimpleNamespace(
        **told, unit="h", tier_start=Decimal(0), currency="USD", amount=amount, quantity=quantity
    )
    (found,) = prices_of(row)
    assert isinstance(found, Unusable)
    assert found.reason == f"SKU L-1 in us-central1: no price, {amount} per {quantity} h"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"units": "-1"}, r"-1\.0+ from 0\.0 h on is no price"),
        ({"currencyCode": ""}, "'' is no currency of three letters, such as USD"),
    ],
)
def test_a_price_that_is_none_stops_a_short_list(wh, catalogue, wrong, reason):
    odd = sku("A-1", "Nvidia Tesla A100 80GB GPU running in Americas", 3, 0)
    odd["pricingInfo"][-1]["pricingExpression"]["tieredRates"][0]["unitPrice"].update(wrong)
    catalogue.pages = [[odd]]
    with pytest.raises(
        SourceError, match=rf"1 of 1 lines cannot be used .*\n  skus: SKU A-1 in us-central1: {reason}"
    ):
        load_prices(wh, "prices-gcp", source(catalogue), Window())
