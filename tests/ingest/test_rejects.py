"""A stray bad row of any source is kept with file, line and reason, and counted; more than 1 % stop the load whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cost_store import FOCUS_LINE, store_state, write_csv, write_parquet
from local_server import listening

from data.model.settings import ModelSettings
from data.query import provenance
from data.snapshot import open_latest
from data.status import status
from ingest.options import (
    AwsPricesOptions,
    BusinessOptions,
    FocusOptions,
    FxOptions,
    GcpAccountsOptions,
    NvidiaSmiOptions,
    PrometheusOptions,
    RequestsOptions,
    ResourcesOptions,
)
from ingest.registry import REGISTRY
from ingest.source import SourceError, Window

UTIL = "DCGM_FI_DEV_GPU_UTIL"


@contextmanager
def at(location):
    yield location


def table(header, good, bad):
    def write(path, rows, wrong):
        lines = [header, *(good.format(n=n) for n in range(rows - wrong)), *[bad] * wrong]
        path.write_text("\n".join(lines) + "\n")
        return at(path)

    return write


def bill(path, rows, wrong):
    lines = [FOCUS_LINE | {"BilledCost": n if n < rows - wrong else "a lot"} for n in range(rows)]
    return at(write_csv(path, lines))


def dump(path, rows, wrong):
    query = f"""SELECT '{UTIL}' AS metric, '{{"UUID": "g"}}' AS labels, i::DOUBLE AS value,
        CASE WHEN i < {rows - wrong} THEN TIMESTAMP '2026-10-01' + i * INTERVAL 10 SECOND END AS ts
        FROM range({rows}) AS r(i)"""
    return at(write_parquet(path, query))


def estate(path, rows, wrong):
    machines = [f'[[machine]]\nresource_id = "i-{n}"' for n in range(rows - wrong)]
    path.write_text("\n".join([*machines, *['[[machine]]\nnode = "n"'] * wrong]))
    return at(path)


@contextmanager
def answers(told):
    """A server that answers everything alike."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        do_POST = do_GET  # noqa: N815 - the name that the server looks for

        def log_message(self, *_):
            pass

    with listening(Answer) as server:
        yield server.url


def price_list(_, rows, wrong):
    def product(n):
        amount = f"{n + 1}" if n < rows - wrong else "free"
        dimension = {"unit": "Hrs", "beginRange": "0", "pricePerUnit": {"USD": amount}}
        terms = {"t": {"effectiveDate": "2026-10-01T00:00:00Z", "priceDimensions": {"d": dimension}}}
        about = {"instanceType": "p5.48xlarge", "regionCode": "us-east-1"}
        return json.dumps(
            {"product": {"sku": f"S{n}", "attributes": about}, "terms": {"OnDemand": terms}}, indent=1
        )

    return answers({"PriceList": [product(n) for n in range(rows)]})


def accounts(_, rows, wrong):
    def account(n):
        return {"name": f"billingAccounts/{n if n < rows - wrong else ''}", "displayName": f"a{n}"}

    return answers({"billingAccounts": [account(n) for n in range(rows)]})


@dataclass(frozen=True)
class Case:
    """`write(path, rows, wrong)` puts that many rows there, the wrong ones last; answers the place as a context."""

    name: str
    write: Callable[..., Any]
    options: Callable[[str], Any]
    reason: str
    numbered: bool = True


CASES = {
    "bill": Case("b.csv", bill, lambda at: FocusOptions(location=at), "no billed cost that can be read"),
    "exposition text": Case(
        "t.prom",
        table("# of a GPU", UTIL + '{{UUID="g"}} 1 17908{n:05}', f"{UTIL} much 1"),
        lambda at: PrometheusOptions(location=at),
        "'much' is not a number",
    ),
    "dump": Case("d.parquet", dump, lambda at: PrometheusOptions(location=at), "no time"),
    "nvidia-smi": Case(
        "smi.csv",
        table("timestamp, uuid, utilization.gpu [%]", "2026/10/01 12:00:00.{n:03}, a, 5 %", "yesterday, a, 5 %"),
        lambda at: NvidiaSmiOptions(location=at),
        "the time 'yesterday' is not like",
    ),
    "requests": Case(
        "log.csv",
        table("timestamp,input_tokens", "2026-10-01 12:00:00,{n}", "2026-10-01 12:00:00,-1"),
        lambda at: RequestsOptions(location=at),
        "input_tokens '-1' is not a count",
    ),
    "requests that are no CSV rows": Case(
        "log.csv",
        table("timestamp,input_tokens", "2026-10-01 12:00:00,{n}", "2026-10-01 12:00:00,1,more"),
        lambda at: RequestsOptions(location=at),
        "Expected Number of Columns: 2",
    ),
    "fx": Case(
        "rates.csv",
        table("date,from,to,rate", "2026-10-01,EUR,USD,1.1", "2026-10-02,EUR,USD,0"),
        lambda at: FxOptions(location=at),
        "the rate 0 is not above 0",
    ),
    "fx that are no CSV rows": Case(
        "rates.csv",
        table("date,from,to,rate", "2026-10-01,EUR,USD,1.1", "2026-10-02,EUR"),
        lambda at: FxOptions(location=at),
        "Expected Number of Columns: 4",
    ),
    "business": Case(
        "outputs.csv",
        table("day,output,count", "2026-10-01,contact {n},5", "2026-10-02,contact,-1"),
        lambda at: BusinessOptions(location=at),
        "the count -1 is no whole number from 0 on",
    ),
    "mapping as CSV": Case(
        "e.csv",
        table("kind,resource_id,device_count", "machine,i-{n},8", "machine,i-x,eight"),
        lambda at: ResourcesOptions(location=at),
        "device_count is 'eight'",
    ),
    "mapping as TOML": Case(
        "e.toml",
        estate,
        lambda at: ResourcesOptions(location=at),
        "resource_id is missing",
        numbered=False,
    ),
    "prices": Case(
        "AmazonEC2/us-east-1",
        price_list,
        lambda at: AwsPricesOptions(endpoint_url=at),
        "a product that cannot be read",
        numbered=False,
    ),
    "accounts": Case(
        "billingAccounts",
        accounts,
        lambda at: GcpAccountsOptions(endpoint_url=at),
        "a billing account without an id",
        numbered=False,
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def case(request, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return CASES[request.param]


def load(wh, tmp_path, case, rows, wrong):
    with case.write(tmp_path / Path(case.name).name, rows, wrong) as location:
        options = case.options(str(location))
        (result,) = REGISTRY[options.kind].load(wh, "src", options, Window(), lambda *_: None)
    return result


def test_a_stray_bad_row_is_kept_counted_and_shown(wh, tmp_path, case):
    result = load(wh, tmp_path, case, 200, 1)
    assert (result.status, result.rejected) == ("loaded", 1)
    snapshot = wh.publish(ModelSettings())
    told = open_latest(wh.home)
    (row,) = provenance.rejects(told.cursor()).to_dict("records")
    assert row["source"] == "src"
    assert row["file"].endswith(case.name)
    assert case.reason in row["reason"]
    assert row["raw"]
    if case.numbered:
        assert row["line_no"] in (200, 201)  # exposition text has no header to be left out
    (source,) = status(told).sources
    assert (snapshot.generation, source.source, source.rejected) == (1, "src", 1)


def test_more_than_one_in_a_hundred_stop_the_load_with_the_first_ten_and_change_nothing(wh, tmp_path, case):
    load(wh, tmp_path, case, 200, 1)
    before = store_state(wh)
    with pytest.raises(SourceError, match=r"12 of \d+ lines cannot be used \(limit 1%\)") as error:
        load(wh, tmp_path, case, 201, 12)
    assert str(error.value).count(case.reason) == 10
    assert str(error.value).count(f"\n  {Path(case.name).name}") == 10
    assert store_state(wh) == before


def test_what_a_mended_file_rejects_no_more_counts_no_more(wh, tmp_path, case):
    load(wh, tmp_path, case, 200, 1)
    assert load(wh, tmp_path, case, 201, 0).rejected == 0
    wh.publish(ModelSettings())
    told = open_latest(wh.home)
    assert provenance.rejects(told.cursor()).empty
    assert [source.rejected for source in status(told).sources] == [0]


def test_every_way_of_loading_is_among_the_cases():
    """Bills of every kind share one loader, and so does telemetry; two hand on to the bills'."""
    tried = {REGISTRY[case.options("x").kind].loader for case in CASES.values()}
    assert {kind.loader for kind in REGISTRY.values()} - tried == {
        "ingest.load_gcp:load_gcp",
        "ingest.load_on_prem:load_on_prem",
    }
