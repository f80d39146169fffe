"""A request that passes several servers is counted once, where it was computed. One source, one model, one hour."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest
from small_store import load_rows

from data.home import work_file
from data.model.settings import ModelSettings
from data.sql import sql
from data.warehouse import Warehouse

HOUR = datetime(2026, 9, 1)
LAYERS = {"vllm": 1, "sglang": 1, "tgi": 1, "triton": 2, "kserve": 2, "litellm": 3, "otel-genai": 4}


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        yield warehouse


def told(server, ok, pod=None, **more):
    return {
        "hour": HOUR,
        "server": server,
        "layer": LAYERS[server],
        "model": "llama",
        "namespace": "serve" if pod else None,
        "pod": pod,
        "requests_ok": ok,
        "requests_failed": 0,
        "step_seconds": 30.0,
    } | more


def published(wh, **settings):
    return duckdb.connect(str(wh.publish(ModelSettings(**settings)).path), read_only=True)


def believed(wh, **settings):
    """(requests_ok, output_tokens) that are summed, by model."""
    query = "SELECT sum(requests_ok), sum(output_tokens) FROM traffic_hour WHERE NOT shadowed"
    return published(wh, **settings).execute(query).fetchone()


def test_a_gateway_before_ones_own_engine_counts_nothing_again(wh):
    """LiteLLM and the application's own client tell the same 100 requests that vLLM answered."""
    rows = [
        told("vllm", 100, "llama-0", output_tokens=900),
        told("litellm", 100, endpoint="chat", team="search", output_tokens=900),
        told("otel-genai", 100, version="llama-3.1", output_tokens=900),
    ]
    load_rows(wh, "traffic", rows, "prom")
    assert believed(wh) == (100, 900)


def test_what_is_passed_on_is_kept_and_marked(wh):
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0"), told("litellm", 90)], "prom")
    query = "SELECT requests_ok, shadowed FROM traffic_hour ORDER BY ALL"
    assert published(wh).execute(query).fetchall() == [(90, True), (100, False)]


def test_the_version_of_the_engines_pod_does_not_make_the_gateways_traffic_another(wh):
    deployed = {"pod": "llama-%", "model": "llama", "version": "v2"}
    load_rows(wh, "deployment_map", [deployed], "names", "resources")
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0", model="m"), told("litellm", 100)], "prom")
    assert believed(wh)[0] == 100


def test_a_gateway_alone_is_believed(wh):
    """Of a model that somebody else runs nothing nearer is known."""
    rows = [told("vllm", 100, "llama-0"), told("litellm", 40, model="gpt-4")]
    load_rows(wh, "traffic", rows, "prom")
    assert believed(wh)[0] == 140


def test_a_framework_around_an_engine_counts_once_in_their_pod_and_apart_in_two(wh):
    """Triton's vLLM backend exposes both; a Triton in another pod answers requests of its own."""
    rows = [
        told("vllm", 100, "llama-0", version="1"),
        told("triton", 100, "llama-0", version="1"),
        told("triton", 7, "other-0", version="1"),
    ]
    load_rows(wh, "traffic", rows, "prom")
    assert believed(wh)[0] == 107


def test_two_engines_of_one_model_add_up(wh):
    rows = [told("vllm", 100, "llama-0"), told("sglang", 20, "llama-1"), told("tgi", 3, "llama-2")]
    load_rows(wh, "traffic", rows, "prom")
    assert believed(wh)[0] == 123


def test_an_engine_that_counts_nothing_leaves_the_count_to_the_gateway(wh):
    rows = [told("tgi", None, "llama-0", requests_failed=None), told("litellm", 100, output_tokens=900)]
    load_rows(wh, "traffic", rows, "prom")
    assert believed(wh) == (100, 900)


def test_tokens_that_the_nearer_server_does_not_tell_are_kept(wh):
    """Envoy's gateway counts requests at the server and tokens under the client's name."""
    rows = [
        told("kserve", 100, "llama-0"),
        told("otel-genai", None, requests_failed=None, input_tokens=5, output_tokens=900),
    ]
    load_rows(wh, "traffic", rows, "prom")
    assert believed(wh) == (100, 900)


def test_a_gateway_that_is_passed_by_shadows_no_other_source(wh):
    """The log names no version either, as the gateway, whose row it must not lose to."""
    rows = [told("vllm", 100, "llama-0", version="v1"), told("litellm", 100)]
    load_rows(wh, "traffic", rows, "prom")
    log = {"server": "request-log", "layer": None, "step_seconds": None}
    load_rows(wh, "traffic", [told("vllm", 5) | log], "log")
    assert believed(wh, source_order=("prom", "log"))[0] == 105


def test_latencies_of_what_is_passed_on_are_not_merged(wh):
    rows = [told("vllm", 10, "llama-0"), told("litellm", 10)]
    load_rows(wh, "traffic", rows, "prom")
    bucket = {"hour": HOUR, "model": "llama", "measure": "end_to_end", "le": 1.0, "requests": 10}
    load_rows(
        wh,
        "traffic_latency",
        [bucket | {"server": "vllm", "namespace": "serve", "pod": "llama-0"}, bucket | {"server": "litellm"}],
        "prom",
    )
    assert published(wh).execute("SELECT le, requests FROM traffic_latency").fetchall() == [(1.0, 10)]


def test_unknown_failures_leave_the_number_of_all_requests_unknown(wh):
    rows = [told("kserve", 100, "llama-0", requests_failed=None), told("kserve", 10, "llama-1")]
    load_rows(wh, "traffic", rows, "prom")
    con = published(wh)
    assert con.execute("SELECT requests, requests_ok FROM traffic_hour").fetchall() == [(None, 110)]
    assert con.execute("SELECT requests, requests_ok FROM unit_cost").fetchall() == [(None, 110)]


def test_calls_set_apart_stand_beside(wh):
    rows = [told("vllm", 100, "llama-0", requests_aside=60), told("vllm", 1, "llama-1")]
    load_rows(wh, "traffic", rows, "prom")
    query = "SELECT requests_ok, requests_failed, requests_aside FROM traffic_hour"
    assert published(wh).execute(query).fetchall() == [(101, 0, 60)]


def test_a_store_made_before_servers_were_told_apart_takes_them(home):
    """Its tables forbid unknown counts and lack the new columns; its rows stay and count as an engine's."""
    home.mkdir(parents=True)
    with Warehouse.open(home):
        pass
    with duckdb.connect(str(work_file(home))) as con:
        con.execute(sql("schema/built"))
        con.execute("""
            ALTER TABLE traffic DROP COLUMN layer;
            ALTER TABLE traffic DROP COLUMN requests_aside;
            ALTER TABLE traffic ALTER COLUMN requests_ok SET NOT NULL;
            ALTER TABLE traffic ALTER COLUMN requests_failed SET NOT NULL;
            ALTER TABLE traffic_latency DROP COLUMN server;
            ALTER TABLE built_traffic DROP COLUMN server;
            ALTER TABLE built_traffic DROP COLUMN requests_aside;
            INSERT INTO traffic BY NAME SELECT 'prom' AS source, 'old' AS load_id, TIMESTAMP '2026-09-01' AS hour,
                'vllm' AS server, 'llama' AS model, 7 AS requests_ok, 0 AS requests_failed;
        """)
    with Warehouse.open(home) as wh:
        load_rows(wh, "traffic", [told("kserve", 5, "iris-0", model="iris", requests_failed=None)], "prom")
        query = "SELECT model, requests_ok, requests_failed FROM traffic_hour ORDER BY model"
        assert published(wh).execute(query).fetchall() == [("iris", 5, None), ("llama", 7, 0)]
