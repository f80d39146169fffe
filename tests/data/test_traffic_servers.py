"""A request that passes several servers is counted once, where it was computed: in one source and across sources."""

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


def logged(ok, **more):
    """What a request log tells: no pod, no layer, to the second."""
    return told("litellm", ok) | {"server": "request-log", "layer": None, "step_seconds": None} | more


def test_a_gateway_that_is_passed_by_shadows_no_other_source(wh):
    """The gateway's row names no version and would speak of the log's too, but it is not believed itself."""
    rows = [told("vllm", 100, "llama-0", version="v1"), told("litellm", 100)]
    load_rows(wh, "traffic", rows, "prom")
    load_rows(wh, "traffic", [logged(5, version="v2")], "log")
    assert believed(wh, source_order=("prom", "log"))[0] == 105


def test_a_gateways_log_and_the_engine_in_another_source_count_once(wh):
    """LiteLLM's log names an endpoint and no version, the engine's pod a version and no endpoint."""
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0", version="v1", output_tokens=900)], "prom")
    load_rows(wh, "traffic", [logged(98, endpoint="chat", output_tokens=890)], "gateway")
    assert believed(wh) == (100, 900)
    assert believed(wh, source_order=("gateway",)) == (98, 890)


def test_the_nearest_source_is_believed_before_the_finest_step(wh):
    load_rows(wh, "traffic", [told("litellm", 98, step_seconds=15.0)], "a")
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0", step_seconds=60.0)], "b")
    load_rows(wh, "traffic", [told("vllm", 99, "llama-0", step_seconds=30.0)], "c")
    assert believed(wh)[0] == 99


@pytest.mark.parametrize("name", ["version", "endpoint", "mode"])
def test_what_two_sources_name_differently_are_two_facts(wh, name):
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0", **{name: "batch"})], "prom")
    load_rows(wh, "traffic", [logged(7, **{name: "real time"})], "gateway")
    assert believed(wh)[0] == 107


@pytest.mark.parametrize("name", ["version", "endpoint", "mode"])
@pytest.mark.parametrize("silent", ["prom", "gateway"])
def test_what_one_source_does_not_name_may_be_the_others(wh, name, silent):
    word = {name: "batch"}
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0", **({} if silent == "prom" else word))], "prom")
    load_rows(wh, "traffic", [logged(98, **({} if silent == "gateway" else word))], "gateway")
    assert believed(wh)[0] == 100


def test_a_source_that_tells_one_version_more_keeps_it(wh):
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0", version="v1")], "prom")
    load_rows(wh, "traffic", [logged(98, version="v1"), logged(7, version="v2")], "gateway")
    assert believed(wh)[0] == 107


@pytest.mark.parametrize(
    ("order", "requests"),
    [
        (("v1", "all", "v2"), 130),  # "all" is not believed beside v1, so it takes nothing from v2
        (("all", "v1", "v2"), 125),
        (("v1", "v2", "all"), 130),
    ],
)
def test_of_three_sources_only_believed_ones_shadow(wh, order, requests):
    load_rows(wh, "traffic", [told("vllm", 100, "a-0", version="v1")], "v1")
    load_rows(wh, "traffic", [told("vllm", 30, "b-0", version="v2")], "v2")
    load_rows(wh, "traffic", [logged(125)], "all")
    assert believed(wh, source_order=order)[0] == requests


def test_four_sources_in_a_chain_of_doubt_count_each_request_once(wh):
    """Each may speak of the next one's requests: a believed, b not, so c is, and d is not."""
    words = {
        "a": {"version": "1"},
        "b": {"endpoint": "x"},
        "c": {"version": "2", "mode": "batch"},
        "d": {"endpoint": "y", "mode": "batch", "version": "2"},
    }
    for place, (source, word) in enumerate(words.items()):
        load_rows(wh, "traffic", [logged(10**place, **word)], source)
    assert believed(wh, source_order=tuple("abcd"))[0] == 101


def test_requests_of_one_source_and_tokens_of_another_are_both_kept(wh):
    load_rows(wh, "traffic", [told("kserve", 100, "llama-0")], "prom")
    load_rows(wh, "traffic", [logged(None, requests_failed=None, output_tokens=900)], "gateway")
    assert believed(wh) == (100, 900)


def test_another_model_or_hour_of_a_less_trusted_source_counts(wh):
    load_rows(wh, "traffic", [told("vllm", 100, "llama-0")], "prom")
    load_rows(wh, "traffic", [logged(40, model="gpt-4"), logged(2, hour=datetime(2026, 9, 1, 1))], "gateway")
    assert believed(wh)[0] == 142


def test_latencies_of_a_source_that_is_not_believed_are_not_merged(wh):
    load_rows(wh, "traffic", [told("vllm", 10, "llama-0", version="v1")], "prom")
    load_rows(wh, "traffic", [logged(9, endpoint="chat"), logged(3, version="v2")], "gateway")
    bucket = {"hour": HOUR, "model": "llama", "measure": "end_to_end", "le": 1.0}
    engine = {"server": "vllm", "namespace": "serve", "pod": "llama-0", "version": "v1", "requests": 10}
    load_rows(wh, "traffic_latency", [bucket | engine], "prom")
    log = [{"endpoint": "chat", "requests": 9}, {"version": "v2", "requests": 3}]
    load_rows(wh, "traffic_latency", [bucket | {"server": "request-log"} | told for told in log], "gateway")
    query = "SELECT version, requests FROM traffic_latency ORDER BY ALL"
    assert published(wh).execute(query).fetchall() == [("v1", 10), ("v2", 3)]


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
