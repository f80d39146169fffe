"""Answers of catalogues as no server should give them: an error in words, or each row kept or refused."""

from __future__ import annotations

import json
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from itertools import count
from types import SimpleNamespace

import pytest
from fuzz import CHEAP, damage, fuzz, texts, values
from hypothesis import given
from hypothesis import strategies as st
from local_server import listening

from data.warehouse import Warehouse
from ingest.load_accounts import load_accounts
from ingest.load_prices import load_prices
from ingest.source import SourceError, Window
from ingest.sources.aws_prices import AwsPrices
from ingest.sources.gcp_accounts import GcpAccounts
from ingest.sources.gcp_price_export import prices_of
from ingest.sources.gcp_prices import GcpPrices, Price

pytestmark = pytest.mark.usefixtures("aws_keys")
NUMBERS = count(1)
SKU = {
    "skuId": "A-1",
    "description": "Nvidia Tesla A100 80GB GPU running in Americas",
    "category": {"resourceGroup": "GPU", "usageType": "OnDemand"},
    "serviceRegions": ["us-central1"],
    "pricingInfo": [
        {
            "effectiveTime": "2026-11-01T00:00:00Z",
            "pricingExpression": {
                "usageUnit": "h",
                "tieredRates": [
                    {
                        "startUsageAmount": 0,
                        "unitPrice": {"currencyCode": "USD", "units": "3", "nanos": 673000000},
                    }
                ],
            },
        }
    ],
}
PRODUCT = {
    "product": {"sku": "P", "attributes": {"instanceType": "p5.48xlarge", "regionCode": "us-east-1"}},
    "terms": {
        "OnDemand": {
            "t": {
                "effectiveDate": "2026-10-01T00:00:00Z",
                "priceDimensions": {
                    "d": {"unit": "Hrs", "beginRange": "0", "pricePerUnit": {"USD": "55.04"}}
                },
            }
        }
    },
}
ACCOUNT = {"name": "billingAccounts/01AAAA", "displayName": "Acme", "open": True}


class Answer(BaseHTTPRequestHandler):
    """The bytes that its server holds, whatever is asked."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    do_POST = do_GET  # noqa: N815 - the name that the server calls

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with (
        listening(Answer, content=b"") as server,
        Warehouse.open(tmp_path_factory.mktemp("answers") / "store") as warehouse,
    ):
        warehouse.answers = server
        yield warehouse


def held(store):
    return [
        store.con.execute(f"SELECT count(*) FROM {name}").fetchall()
        for name in ("price", "account", "reject")
    ]


def loaded(store, load, source, content):
    """The one result of a load from such a server; None where it was an error in words that changed nothing."""
    before = held(store)
    store.answers.content = content
    try:
        (result,) = load(store, f"s{next(NUMBERS)}", source(endpoint_url=store.answers.url), Window())
        return result
    except SourceError:
        pass
    assert held(store) == before
    return None


def check_prices(store, source, content):
    found = loaded(store, load_prices, source, content)
    if found:
        query = "SELECT count(*), min(unit_price) FROM price WHERE source = $name"
        ((rows, least),) = store.con.execute(query, {"name": found.source}).fetchall()
        assert rows == found.rows > 0
        assert least >= 0
        store.con.execute("DELETE FROM price")
    return found


def catalogue(*skus):
    return json.dumps({"skus": [SKU | {"skuId": f"S-{n}"} for n in range(120)] + list(skus)}).encode()


def price_list(*products):
    def numbered(n):
        return PRODUCT | {"product": PRODUCT["product"] | {"sku": f"S-{n}"}}

    return json.dumps({"PriceList": [json.dumps(numbered(n)) for n in range(120)] + list(products)}).encode()


SOURCES = {"aws": (AwsPrices, price_list), "gcp": (GcpPrices, catalogue)}


@pytest.mark.parametrize("name", SOURCES)
def test_a_sound_list_is_kept_whole(store, name):
    """Else the others prove nothing."""
    source, content = SOURCES[name]
    found = check_prices(store, source, content())
    assert (found.rows, found.rejected) == (120, 0)


@pytest.mark.parametrize("name", SOURCES)
@fuzz()
@given(data=st.data())
def test_a_damaged_price_list(store, name, data):
    source, content = SOURCES[name]
    check_prices(store, source, data.draw(damage(content())))


@fuzz()
@given(data=st.data())
def test_a_damaged_product(store, data):
    product = data.draw(damage(json.dumps(PRODUCT).encode())).decode("utf-8", "replace")
    found = check_prices(store, AwsPrices, price_list(product))
    assert found is None or 120 <= found.rows + found.rejected <= 122


@fuzz()
@given(
    product=st.fixed_dictionaries({"product": st.just(PRODUCT["product"]) | values, "terms": values}) | values
)
def test_a_product_of_other_types(store, product):
    found = check_prices(store, AwsPrices, price_list(json.dumps(product)))
    assert found is None or 120 <= found.rows + found.rejected <= 121


@pytest.mark.parametrize(
    "amount", ["NaN", "-1", "1e400", "inf", "1e26", "=cmd()", "'; DROP TABLE price; --", "\0", ""]
)
def test_an_amount_that_is_no_price_is_refused(store, amount):
    text = json.dumps(PRODUCT).replace('"55.04"', json.dumps(amount))
    found = check_prices(store, AwsPrices, price_list(text))
    assert (found.rows, found.rejected) == (120, 1)


@fuzz()
@given(fields=st.dictionaries(st.sampled_from(list(SKU)), values, min_size=1, max_size=3))
def test_a_sku_of_other_types(store, fields):
    check_prices(store, GcpPrices, catalogue(SKU | fields))


@fuzz(CHEAP)
@given(
    amount=st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=9),
    quantity=st.none() | st.sampled_from([Decimal(0), Decimal(1), Decimal(1000)]),
    description=st.sampled_from(
        ["Nvidia L4 GPU running in Belgium", "A3 Instance Core", "Commitment: L4 GPU"]
    )
    | texts,
)
def test_a_row_of_a_pricing_export(amount, quantity, description):
    """BigQuery keeps the types; what may be missing is the content."""
    told = {"sku_id": "S", "region_id": "r", "unit": "hour", "tier_start": Decimal(0), "currency": "EUR"}
    row = SimpleNamespace(amount=amount, quantity=quantity, description=description, **told)
    for price in prices_of(row):
        if isinstance(price, Price):
            assert abs(price.unit_price * quantity - amount) < Decimal("1e-8")
        else:
            assert amount is None or not quantity


def check_accounts(store, content):
    found = loaded(store, load_accounts, GcpAccounts, content)
    store.con.execute("DELETE FROM account")
    return found


@fuzz()
@given(data=st.data())
def test_a_damaged_list_of_accounts(store, data):
    check_accounts(store, data.draw(damage(json.dumps({"billingAccounts": [ACCOUNT] * 3}).encode())))


@fuzz()
@given(name=texts, display=texts)
def test_an_account_of_any_name(store, name, display):
    check_accounts(
        store, json.dumps({"billingAccounts": [ACCOUNT, {"name": name, "displayName": display}]}).encode()
    )


@pytest.mark.parametrize(
    "content", [b"", b"<html>Sign in</html>", b"null", b"[]", b"7", b'"', b"\xff\xfe", b"[" * 100_000]
)
@pytest.mark.parametrize("load", ["aws", "gcp", "accounts"])
def test_what_is_no_answer_is_told_in_words(store, load, content):
    if load == "accounts":
        found = check_accounts(store, content)
        assert found is None or found.rows == 0
    else:
        assert check_prices(store, SOURCES[load][0], content) is None
