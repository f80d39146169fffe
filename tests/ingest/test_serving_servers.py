"""Every kind of model server, as it exposes itself, through the real reader: hours computed by hand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from urllib.parse import quote

import duckdb
import pytest
from exposed import EXPOSED, INF, LATENCIES, OLD_TRTLLM, SERVED, SGLANG, TRITON, VLLM_V0, scraped, target
from prometheus_client.parser import text_string_to_metric_families
from prometheus_server import openmetrics, prometheus
from samples import START, answer, ms

from data.model.settings import ModelSettings
from ingest.load_telemetry import load_telemetry
from ingest.source import Window
from ingest.sources.prometheus import Prometheus
from ingest.telemetry.families import METRICS
from ingest.telemetry.families import queries as every_query
from ingest.telemetry.gauges import EXPORTER
from ingest.telemetry.gauges import STAGED as STAGED_GAUGES
from ingest.telemetry.servers import COUNTERS, SERVERS, STAGED

STAGED_NAMES = {
    *(name for gauge in STAGED_GAUGES for name in gauge.names),
    *(name for server in STAGED for name, _, _ in server.spelled()),
}
FIRST = ms(START) / 1000 + 60
COLUMNS = list(SERVED["vllm"][0])


def read(warehouse, tmp_path, series):
    """Loads series as the text of an OpenMetrics dump."""
    path = tmp_path / "metrics.om"
    path.write_text(openmetrics(scraped(series, FIRST)))
    load_telemetry(warehouse, "servers", Prometheus(str(path)), Window())


def hours(warehouse, columns=COLUMNS):
    names = ", ".join(columns)
    return answer(warehouse, f"SELECT {names} FROM traffic ORDER BY model, requests_ok DESC NULLS LAST, pod")


def buckets(warehouse):
    rows = answer(warehouse, "SELECT measure, le, requests FROM traffic_latency ORDER BY ALL")
    return {(row["measure"], pytest.approx(row["le"])): row["requests"] for row in rows}


def same(told, expected):
    """Equal rows; seconds within rounding of a float."""
    assert len(told) == len(expected), told
    for row, wanted in zip(told, expected, strict=True):
        assert row == {
            name: pytest.approx(value) if isinstance(value, float) else value
            for name, value in wanted.items()
        }


@pytest.mark.parametrize("server", EXPOSED)
def test_three_scrapes_and_a_restart_are_the_hour_by_hand(warehouse, tmp_path, server):
    read(warehouse, tmp_path, EXPOSED[server])
    same(hours(warehouse), SERVED[server])
    told = answer(warehouse, "SELECT measure, le, requests FROM traffic_latency ORDER BY measure, le")
    expected = LATENCIES.get(server, {})
    assert [(row["measure"], row["requests"]) for row in told] == [
        (measure, requests) for (measure, _), requests in expected.items()
    ]
    assert [row["le"] for row in told] == pytest.approx([bound for _, bound in expected])


def test_all_servers_at_once_do_not_disturb_each_other(warehouse, tmp_path):
    read(warehouse, tmp_path, [series for page in EXPOSED.values() for series in page])
    told = Counter(
        tuple(row.items()) for row in hours(warehouse, ["server", "model", "endpoint", "requests_ok"])
    )
    assert told == Counter(
        tuple((name, row[name]) for name in ("server", "model", "endpoint", "requests_ok"))
        for page in SERVED.values()
        for row in page
    )


# ---- one pitfall each ----


def only(warehouse, tmp_path, series, *columns):
    read(warehouse, tmp_path, series)
    (hour,) = hours(warehouse, columns)
    return tuple(hour.values())


@pytest.mark.parametrize("name", ["nv_inference_request_success", "nv_inference_request_success_total"])
def test_the_counter_truth_holds_with_and_without_total(warehouse, tmp_path, name):
    """increase() over five minutes says 187.5."""
    series = [(name, TRITON, [100, 160, 40, 90, 90])]
    assert only(warehouse, tmp_path, series, "requests_ok", "requests_failed") == (60 + 40 + 50 + 0, None)


def test_a_batch_of_eight_is_one_request_of_triton(warehouse, tmp_path):
    series = [("nv_inference_request_success", TRITON, [0, 1]), ("nv_inference_count", TRITON, [0, 8])]
    assert only(warehouse, tmp_path, series, "requests_ok") == (1,)


def test_gauges_alone_tell_no_requests_and_counters_beside_them_do(warehouse, tmp_path):
    gauge = ("nv_trt_llm_request_metrics", {**OLD_TRTLLM, "request_type": "active"}, [5, 9])
    read(warehouse, tmp_path, [gauge, ("nv_inference_request_success", OLD_TRTLLM, [0, 7])])
    assert hours(warehouse, ["server", "requests_ok"]) == [{"server": "triton", "requests_ok": 7}]


def test_older_trtllm_serve_tells_that_it_serves_and_not_how_much(warehouse, tmp_path):
    series = [("trtllm_num_requests_running", target("trtllm", model_name="nemotron"), [0, 4])]
    columns = ("server", "model", "requests_ok", "requests_failed", "input_tokens", "output_tokens")
    assert only(warehouse, tmp_path, series, *columns) == ("tensorrt-llm", "nemotron", *[None] * 4)


def test_ranks_that_work_on_the_same_requests_speak_once_and_parallel_ones_add_up(warehouse, tmp_path):
    """Two data-parallel ranks of eight tensor-parallel ones each; rank 0 of those speaks."""
    series = [
        (
            "sglang:prompt_tokens_total",
            {**SGLANG, "dp_rank": str(dp), "tp_rank": str(tp), "pp_rank": "0"},
            [0, 100 * (dp + 1) + tp],
        )
        for dp in range(2)
        for tp in range(8)
    ]
    assert only(warehouse, tmp_path, series, "input_tokens") == (100 + 200,)


@pytest.mark.parametrize("rank", ["tp_rank", "pp_rank", "moe_ep_rank"])
def test_each_kind_of_rank_speaks_once(warehouse, tmp_path, rank):
    series = [("sglang:prompt_tokens_total", {**SGLANG, rank: str(n)}, [0, 100]) for n in range(4)]
    assert only(warehouse, tmp_path, series, "input_tokens") == (100,)


@pytest.mark.parametrize("route", ["/health/liveliness", "/metrics", "/v1/models"])
def test_probes_and_scrapes_of_a_gateway_count_beside(warehouse, tmp_path, route):
    name, told = (
        "litellm_proxy_total_requests_metric_total",
        {"requested_model": "chat", "status_code": "200"},
    )
    series = [(name, {**told, "route": path}, [0, n]) for path, n in (("/chat/completions", 7), (route, 90))]
    read(warehouse, tmp_path, series)
    found = hours(warehouse, ["requests_ok", "requests_aside"])
    assert sum(row["requests_ok"] or 0 for row in found) == 7
    assert sum(row["requests_aside"] or 0 for row in found) == 90


def test_where_prefill_and_decode_run_apart_a_request_counts_once(warehouse, tmp_path):
    series = [
        ("sglang:num_requests_total", {**SGLANG, "engine_type": part, "pod": f"{part}-0"}, [0, 9])
        for part in ("prefill", "decode")
    ]
    read(warehouse, tmp_path, series)
    assert hours(warehouse, ["pod", "requests_ok"]) == [{"pod": "decode-0", "requests_ok": 9}]


def test_aborted_requests_make_no_hour_negative(warehouse, tmp_path):
    series = [
        ("sglang:num_requests_total", SGLANG, [10, 12]),
        ("sglang:num_aborted_requests_total", SGLANG, [0, 5]),
    ]
    assert only(warehouse, tmp_path, series, "requests_ok", "requests_failed") == (0, 5)


def test_aborted_requests_alone_do_not_say_how_many_were_answered(warehouse, tmp_path):
    series = [("sglang:num_aborted_requests_total", SGLANG, [0, 5])]
    assert only(warehouse, tmp_path, series, "requests_ok", "requests_failed") == (None, 5)


@pytest.mark.parametrize(
    ("labels", "model"),
    [
        ({"job": "tgi-llama", "instance": "10.0.0.7:80", "pod": "llama-0"}, None),
        ({"job": "tgi-llama", "instance": "10.0.0.7:80"}, "tgi-llama"),
        ({"instance": "10.0.0.7:80"}, "10.0.0.7:80"),
    ],
)
def test_tgi_names_no_model_so_the_pod_the_job_or_the_instance_does(warehouse, tmp_path, labels, model):
    told = only(warehouse, tmp_path, [("tgi_request_success", labels, [1, 3])], "model", "pod", "requests_ok")
    assert told == (model, labels.get("pod"), 2)


def test_a_version_that_nobody_asked_for_is_none(warehouse, tmp_path):
    labels = target("torch", model_name="resnet", model_version="default")
    series = [("ts_inference_requests_total", labels, [0, 3])]
    assert only(warehouse, tmp_path, series, "model", "version", "requests_ok") == ("resnet", None, 3)


def test_a_model_that_answers_under_its_own_name_has_no_version(warehouse, tmp_path):
    labels = target("app", gen_ai_request_model="llama", gen_ai_response_model="llama")
    series = [("gen_ai_client_operation_duration_seconds_count", labels, [0, 3])]
    assert only(warehouse, tmp_path, series, "model", "version", "requests_ok") == ("llama", None, 3)


def test_an_http_status_that_is_none_leaves_the_outcome_open(warehouse, tmp_path):
    labels = target("litellm", requested_model="chat", status_code="None")
    series = [("litellm_proxy_total_requests_metric_total", labels, [0, 3])]
    assert only(warehouse, tmp_path, series, "requests_ok", "requests_failed", "team") == (3, None, None)


def test_the_spellings_of_vllm_are_one_server(warehouse, tmp_path):
    """Under Ray and behind some collectors the colon becomes _; the model is the same one in another pod."""
    series = [
        (f"{prefix}generation_tokens_total", {**VLLM_V0, "pod": f"p{place}"}, [0, 10])
        for place, prefix in enumerate(("vllm:", "vllm_", "ray_vllm:", "ray_vllm_"))
    ]
    read(warehouse, tmp_path, series)
    assert hours(warehouse, ["server", "output_tokens"]) == [{"server": "vllm", "output_tokens": 10}] * 4


@pytest.mark.parametrize(
    "name",
    [
        "prompt_tokens_cached_total",
        "prefix_cache_hits_total",
        "gpu_prefix_cache_hits_total",
        "gpu_prefix_cache_hits",
    ],
)
def test_what_vllms_prefix_cache_answered_in_each_release(warehouse, tmp_path, name):
    assert only(warehouse, tmp_path, [(f"vllm:{name}", VLLM_V0, [3, 10])], "cached_tokens") == (7,)


def test_an_answered_request_tells_that_none_failed(warehouse, tmp_path):
    """vLLM V0 makes the series of a reason when it first occurs."""
    series = [("vllm:request_success_total", {**VLLM_V0, "finished_reason": "stop"}, [0, 3])]
    assert only(warehouse, tmp_path, series, "requests_ok", "requests_failed") == (3, 0)


def test_created_twins_are_births_and_no_counters(warehouse, tmp_path):
    """LiteLLM makes a series for each new team; born within what was read, its first value is growth."""
    labels = target("litellm", requested_model="chat", status_code="200")
    born = FIRST + 50
    series = [
        ("litellm_proxy_total_requests_metric_total", {**labels, "team": "old"}, [5, 8]),
        ("litellm_proxy_total_requests_metric_total", {**labels, "team": "new"}, [None, 4]),
        ("litellm_proxy_total_requests_metric_created", {**labels, "team": "new"}, [None, born]),
    ]
    read(warehouse, tmp_path, series)
    told = {row["team"]: row["requests_ok"] for row in hours(warehouse, ["team", "requests_ok"])}
    assert told == {"old": 3, "new": 4}


def test_a_gateway_and_the_engine_behind_it_in_one_load_are_summed_once(warehouse, tmp_path):
    """LiteLLM forwards to vLLM under the same public name: 7 requests, not 14."""
    gateway = target("litellm", requested_model="llama", status_code="200")
    series = [
        ("vllm:request_success_total", {**VLLM_V0, "finished_reason": "stop"}, [0, 7]),
        ("litellm_proxy_total_requests_metric_total", gateway, [0, 7]),
    ]
    read(warehouse, tmp_path, series)
    assert len(hours(warehouse)) == 2
    snapshot = warehouse.publish(ModelSettings())
    with duckdb.connect(str(snapshot.path), read_only=True) as con:
        query = "SELECT model, sum(requests_ok) FROM traffic_hour WHERE NOT shadowed GROUP BY 1"
        assert con.execute(query).fetchall() == [("llama", 7)]
        assert con.execute("SELECT sum(requests_ok) FROM unit_cost").fetchone() == (7,)


# ---- what others recorded ----


def recorded(path):
    """A recorded scrape's lines as (metric, labels, value)."""
    lines = path.read_text().splitlines()
    declared = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    for family in text_string_to_metric_families("\n".join(lines)):
        for sample in family.samples:
            name = sample.name
            yield (name.removesuffix("_total") if name not in declared and name[:-6] in declared else name,
                   sample.labels, sample.value)  # fmt: skip


def test_tritons_recorded_scrape_after_a_restart(recordings, warehouse, tmp_path):
    """A higher value before it makes all of the recorded one growth."""
    path = recordings / "telemetry/serving/triton_datadog_fixture.prom"
    read(warehouse, tmp_path, [(name, labels, [value + 5, value]) for name, labels, value in recorded(path)])
    told = {row["model"]: row for row in hours(warehouse)}
    assert len(told) == 8
    assert {row["version"] for row in told.values()} == {"1"}
    assert {model for model, row in told.items() if row["requests_ok"]} == {"densenet_onnx"}
    busy = told["densenet_onnx"]
    assert (busy["requests_ok"], busy["requests_failed"], busy["input_tokens"]) == (3, 0, None)
    assert busy["latency_seconds"] == pytest.approx(1.327965)


def test_sglangs_recorded_scrape_after_a_restart(recordings, warehouse, tmp_path):
    """That version did not count requests apart: the histogram did, and 8.128902e+06 is a number."""
    path = recordings / "telemetry/serving/sglang_busy_docs_excerpt.prom"
    read(warehouse, tmp_path, [(name, labels, [value + 5, value]) for name, labels, value in recorded(path)])
    (hour,) = hours(warehouse)
    assert (hour["model"], hour["requests_ok"], hour["requests_failed"]) == (
        "meta-llama/Llama-3.1-8B-Instruct",
        11228,
        None,
    )
    assert (hour["input_tokens"], hour["output_tokens"], hour["cached_tokens"]) == (
        8_128_902,
        7_557_572,
        None,
    )
    assert hour["latency_seconds"] == pytest.approx(3_116_093.85001993)
    told = answer(warehouse, "SELECT le, requests FROM traffic_latency ORDER BY le")
    assert {row["le"]: row["requests"] for row in told} == {
        0.5: 6, 5: 1, 10: 3, 15: 1, 20: 3, 30: 233, 40: 239, 50: 359, 60: 668, INF: 11228 - 1513,
    }  # fmt: skip


def test_vllms_recorded_scrape_and_one_after_it(recordings, warehouse, tmp_path):
    """Idle when it was recorded, then 7 answered and 2 aborted; its histogram iteration_tokens_total stays out."""
    grown = {"stop": 7, "abort": 2}

    def later(name, labels, value):
        if name == "vllm:request_success_total":
            return grown.get(labels["finished_reason"], 0)
        return value if name.endswith("_created") else value + 1000 * ("iteration_tokens" in name)

    path = recordings / "telemetry/serving/vllm_v1_kops_idle.prom"
    read(
        warehouse,
        tmp_path,
        [(name, labels, [value, later(name, labels, value)]) for name, labels, value in recorded(path)],
    )
    (hour,) = hours(warehouse)
    assert (hour["model"], hour["requests_ok"], hour["requests_failed"]) == (
        "Qwen/Qwen2.5-0.5B-Instruct",
        7,
        2,
    )
    assert (hour["input_tokens"], hour["output_tokens"], hour["cached_tokens"]) == (0, 0, 0)


# ---- a real Prometheus ----


@pytest.mark.prometheus
def test_every_server_pulled_over_http_is_the_hour_by_hand(warehouse, tmp_path):
    """Names with colons, two expressions per server, samples to the digit."""
    rows = scraped([series for page in EXPOSED.values() for series in page], FIRST)
    (tmp_path / "server").mkdir()
    with prometheus(tmp_path / "server", openmetrics(rows)) as url:
        window = Window(START, START + timedelta(hours=1))
        (result,) = load_telemetry(warehouse, "prom", Prometheus(url), window)
    assert result.status == "loaded"
    assert "model server" not in result.message
    for page in SERVED.values():
        for wanted in page:
            told = [row for row in hours(warehouse) if _key(row) == _key(wanted)]
            same(told, [wanted])
    assert len(hours(warehouse)) == sum(map(len, SERVED.values()))


def _key(row):
    return tuple(row[name] for name in ("server", "model", "version", "endpoint", "team"))


# ---- the table ----


def test_no_name_belongs_to_two_servers():
    names = Counter(name for server in SERVERS for name, _, _ in server.spelled())
    assert [name for name, count in names.items() if count > 1] == []
    assert "vllm:iteration_tokens_total" not in COUNTERS


def test_an_expression_fits_into_an_address():
    """Proxies cut addresses at 8 kB; quoting makes three letters of one."""
    assert max(len(quote(names.pattern, safe="")) for names in every_query().values()) < 4000


def test_whatever_a_file_may_hold_a_server_is_asked_for():
    """In lower case, as METRICS has it, and DCGM's and AMD's in upper case too; in an expression and one by one."""
    asked = every_query().values()
    one_by_one = {each for names in asked for each in names.each}
    for name in {metric.name for metric in METRICS} - STAGED_NAMES:
        for spelled in {name, name.upper()} if EXPORTER.get(name) in ("dcgm", "amd") else {name}:
            assert any(re.fullmatch(names.pattern, spelled) for names in asked), spelled
            assert spelled in one_by_one


def test_a_server_is_told_by_a_name_of_its_own():
    assert len({server.name for server in SERVERS}) == len(SERVERS)
