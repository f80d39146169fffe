"""AWS prices through the real client, from a Price List that answers over local HTTP; else the shipped table."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler

import boto3
import pytest
from click.testing import CliRunner
from local_server import listening

from ingest.__main__ import main
from ingest.load_prices import load_prices
from ingest.source import SourceError, Window
from ingest.sources.aws_prices import AwsPrices


def product(sku, instance_type, amount, gpu="8", currency="USD", region="us-east-1"):
    """As get_products answers it: JSON text, prices as text, terms by offer code."""
    offer, rate = f"{sku}.JRTCKXETXF", f"{sku}.JRTCKXETXF.6YS6EN2CT7"
    attributes = {
        "instanceType": instance_type,
        "regionCode": region,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
    }
    dimension = {
        "unit": "Hrs",
        "beginRange": "0",
        "endRange": "Inf",
        "rateCode": rate,
        "description": f"${amount} per On Demand Linux {instance_type} Instance Hour",
        "appliesTo": [],
        "pricePerUnit": {currency: amount},
    }
    term = {
        "sku": sku,
        "offerTermCode": "JRTCKXETXF",
        "effectiveDate": "2026-11-01T00:00:00Z",
        "priceDimensions": {rate: dimension},
        "termAttributes": {},
    }
    return json.dumps(
        {
            "serviceCode": "AmazonEC2",
            "version": "20261101000000",
            "publicationDate": "2026-11-01T00:00:00Z",
            "product": {
                "sku": sku,
                "productFamily": "Compute Instance",
                "attributes": attributes | ({"gpu": gpu} if gpu else {}),
            },
            "terms": {"OnDemand": {offer: term}},
        }
    )


PAGES = [
    [product("H", "p5.48xlarge", "55.0400000000"), product("C", "m5.large", "0.0960000000", gpu=None)],
    [
        product("T", "trn1.2xlarge", "1.3437500000", gpu=None),  # no GPU, but our table knows its devices
        product("N", "p9.48xlarge", "99.0000000000", gpu="8"),  # newer than our table
        product("Z", "p5e.48xlarge", "0.0000000000"),  # listed, and not sold on demand
    ],
]


class PriceList(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.headers["X-Amz-Target"], asked))
        if self.server.refuses:
            self._answer(
                400,
                {"__type": self.server.refuses, "Message": "not authorized"},
            )
            return
        page = int(asked.get("NextToken", "0"))
        following = {"NextToken": str(page + 1)} if page + 1 < len(PAGES) else {}
        self._answer(200, {"FormatVersion": "aws_v1", "PriceList": PAGES[page]} | following)

    def _answer(self, status, told):
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """Quiet."""


@pytest.fixture
def price_list(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with listening(PriceList, asked=[], refuses=None) as server:
        yield server


def loaded(wh, source):
    (result,) = load_prices(wh, "prices-aws", source, Window())
    return result


def test_machines_with_accelerators_of_all_pages_twice(wh, price_list):
    first = loaded(wh, AwsPrices(endpoint_url=price_list.url))
    assert (first.status, first.rows, first.message) == ("loaded", 3, None)
    query = "SELECT sku_id, description, region_id, unit, unit_price, currency, effective_from FROM price ORDER BY 1"
    told = [
        ("H", "p5.48xlarge", "us-east-1", "Hrs", Decimal("55.04"), "USD", datetime(2026, 11, 1)),
        ("N", "p9.48xlarge", "us-east-1", "Hrs", Decimal(99), "USD", datetime(2026, 11, 1)),
        ("T", "trn1.2xlarge", "us-east-1", "Hrs", Decimal("1.34375"), "USD", datetime(2026, 11, 1)),
    ]
    assert wh.con.execute(query).fetchall() == told
    assert loaded(wh, AwsPrices(endpoint_url=price_list.url)).status == "unchanged"


def test_what_is_asked_is_one_price_of_each_machine(wh, price_list):
    """Without these filters a machine has a price for each operating system, tenancy and licence."""
    loaded(wh, AwsPrices(region="eu-west-1", endpoint_url=price_list.url))
    target, asked = price_list.asked[0]
    assert (target, asked["ServiceCode"]) == ("AWSPriceListService.GetProducts", "AmazonEC2")
    assert {told["Field"]: told["Value"] for told in asked["Filters"]} == {
        "regionCode": "eu-west-1",
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }


@pytest.mark.parametrize("refusal", ["AccessDeniedException", None])
def test_where_the_price_list_refuses_the_shipped_table_answers_and_says_so(
    wh, price_list, monkeypatch, refusal
):
    price_list.refuses = refusal
    if refusal is None:  # nobody is logged in
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which remembers who was
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    result = loaded(wh, AwsPrices(endpoint_url=price_list.url))
    assert result.message.startswith("prices of us-east-1 as of 2026-07-20, from the shipped table: ")
    assert (refusal or "no AWS credentials") in result.message
    kept = "SELECT unit_price, effective_from FROM price WHERE description = 'p5.48xlarge'"
    assert wh.con.execute(kept).fetchall() == [(Decimal("55.04"), datetime(2026, 7, 20))]


def test_another_failure_is_told_and_changes_nothing(wh, price_list):
    loaded(wh, AwsPrices(endpoint_url=price_list.url))
    price_list.refuses = "InvalidParameterException"
    with pytest.raises(SourceError, match="answered InvalidParameterException"):
        loaded(wh, AwsPrices(endpoint_url=price_list.url))
    assert wh.con.execute("SELECT count(*) FROM price").fetchall() == [(3,)]


def test_the_shipped_table_is_of_one_region(wh):
    with pytest.raises(
        SourceError, match=r"No prices of eu-west-1: as asked, and the shipped table is of us-east-1"
    ):
        loaded(wh, AwsPrices(region="eu-west-1", shipped=True))


def test_the_command_asks_nobody_with_shipped(home):  # noqa: ARG001 - the command's store
    done = CliRunner().invoke(main, ["prices", "aws", "--shipped"])
    assert done.exit_code == 0, done.output
    assert "2026-07-20" in done.output
