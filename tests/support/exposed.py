"""What each kind of model server exposes, as its own source spells it: three scrapes, a restart before the third.

SERVED says for each the hour that must come of it, computed by hand: growth + growth, where a smaller value is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Series = tuple[str, Mapping[str, str], Sequence[float | None]]
Rows = list[tuple[str, dict[str, str], float, float]]

STEP = 60  # seconds between scrapes
INF = float("inf")


def target(job: str, **more: str) -> dict[str, str]:
    """The labels that Prometheus puts on what it scrapes from a pod."""
    return {"job": job, "instance": "10.0.0.7:8000", "namespace": "serve", "pod": f"{job}-0", **more}


def without(labels: Mapping[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in labels.items() if other != name}


def histogram(name: str, labels: Mapping[str, str], counts: Mapping[str, Sequence[float]]) -> list[Series]:
    """Cumulative buckets by their bound as text."""
    return [(f"{name}_bucket", {**labels, "le": bound}, values) for bound, values in counts.items()]


def scraped(series: Iterable[Series], start: float) -> Rows:
    """(metric, labels, seconds, value) of each series' n-th scrape at start + n steps; None = not yet there."""
    return [
        (metric, dict(labels), start + STEP * n, value)
        for metric, labels, values in series
        for n, value in enumerate(values)
        if value is not None
    ]


VLLM_V0 = target("vllm", model_name="llama")
TRITON = target("triton", model="densenet", version="3")
SGLANG = target("sglang", model_name="qwen", engine_type="unified")
TGI = target("tgi")
TRTLLM = target("trtllm", model_name="nemotron", engine_type="undefined")
OLD_TRTLLM = target("old", model="tensorrt_llm", version="1")
KSERVE = target("kserve", model_name="iris")
TORCH = target("torch", model_name="resnet", model_version="2.1", hostname="torch-0")
BENTO = target(
    "bento", endpoint="http", exported_endpoint="/summarize", service_name="summary", service_version="v7"
)
RAY = target("ray", application="app1", deployment="Translator", replica="Translator#a", route="/translate")
OTEL = target(
    "shop",
    gen_ai_operation_name="chat",
    gen_ai_provider_name="openai",
    gen_ai_request_model="gpt-4",
    gen_ai_response_model="gpt-4-0613",
)
LITELLM = target(
    "litellm",
    requested_model="chat",
    model="azure/gpt-4o",
    team="t-17",
    hashed_api_key="88dc",
    end_user="None",
)

EXPOSED: dict[str, list[Series]] = {
    "vllm": [
        ("vllm:request_success_total", {**VLLM_V0, "finished_reason": "stop"}, [10, 16, 4]),
        ("vllm:request_success_total", {**VLLM_V0, "finished_reason": "length"}, [1, 2, 0]),
        ("vllm:request_success_total", {**VLLM_V0, "finished_reason": "abort"}, [0, 3, 0]),
        ("vllm:prompt_tokens_total", VLLM_V0, [1000, 1600, 400]),
        ("vllm:generation_tokens_total", VLLM_V0, [100, 160, 40]),
        ("vllm:e2e_request_latency_seconds_sum", VLLM_V0, [20.0, 26.5, 3.5]),
        ("vllm:e2e_request_latency_seconds_count", VLLM_V0, [11, 21, 4]),
        *histogram(
            "vllm:e2e_request_latency_seconds", VLLM_V0, {"1.0": [8, 13, 3], "2.5": [11, 20, 4], "+Inf": [11, 21, 4]}
        ),
        *histogram("vllm:time_to_first_token_seconds", VLLM_V0, {"0.5": [9, 17, 4], "+Inf": [11, 21, 4]}),
        *histogram("vllm:iteration_tokens_total", VLLM_V0, {"8.0": [100, 900, 10], "+Inf": [100, 900, 10]}),
        ("vllm:num_requests_running", VLLM_V0, [3, 9, 1]),
    ],
    "triton": [
        ("nv_inference_request_success", TRITON, [100, 160, 40]),
        ("nv_inference_request_failure", {**TRITON, "reason": "OTHER"}, [1, 3, 0]),
        ("nv_inference_request_failure", {**TRITON, "reason": "REJECTED"}, [0, 5, 2]),
        ("nv_inference_count", TRITON, [800, 1280, 320]),
        ("nv_inference_exec_count", TRITON, [50, 80, 20]),
        ("nv_inference_request_duration_us", TRITON, [5_000_000, 8_250_000, 750_000]),
        ("nv_inference_queue_duration_us", TRITON, [1_000_000, 2_000_000, 0]),
        *histogram(
            "nv_inference_first_response_histogram_ms", TRITON, {"100": [10, 14, 2], "+Inf": [10, 20, 3]}
        ),
    ],
    "sglang": [
        ("sglang:num_requests_total", {**SGLANG, "is_streaming": "true"}, [100, 160, 40]),
        ("sglang:num_requests_total", {**SGLANG, "is_streaming": "false"}, [10, 20, 0]),
        ("sglang:num_aborted_requests_total", SGLANG, [5, 9, 1]),
        ("sglang:prompt_tokens_total", {**SGLANG, "is_streaming": "true"}, [8.128902e06, 8.129902e06, 500]),
        ("sglang:generation_tokens_total", {**SGLANG, "is_streaming": "true"}, [7000, 7300, 20]),
        ("sglang:cached_tokens_total", {**SGLANG, "cache_source": "device"}, [600, 700, 30]),
        ("sglang:cached_tokens_total", {**SGLANG, "cache_source": "host"}, [60, 70, 3]),
        ("sglang:e2e_request_latency_seconds_sum", {**SGLANG, "is_streaming": "true"}, [50, 80, 10]),
        ("sglang:e2e_request_latency_seconds_count", {**SGLANG, "is_streaming": "true"}, [100, 160, 40]),
        *histogram("sglang:time_to_first_token_seconds", SGLANG, {"0.1": [1, 4, 2], "+Inf": [1, 9, 2]}),
        *[
            ("sglang:num_running_reqs", {**SGLANG, "tp_rank": str(rank), "pp_rank": "0"}, [7, 7, 7])
            for rank in range(8)
        ],
    ],
    "tgi": [
        ("tgi_request_count", TGI, [110, 180, 45]),
        ("tgi_request_success", TGI, [100, 160, 40]),
        ("tgi_request_failure", {**TGI, "err": "validation"}, [4, 6, 0]),
        ("tgi_request_failure", {**TGI, "err": "overloaded"}, [4, 5, 2]),
        ("tgi_request_input_length_sum", TGI, [50_000, 80_000, 20_000]),
        ("tgi_request_input_length_count", TGI, [100, 160, 40]),
        ("tgi_request_generated_tokens_sum", TGI, [5000, 8000, 2000]),
        ("tgi_request_duration_sum", TGI, [10.0, 16.0, 4.0]),
        *histogram("tgi_request_duration", TGI, {"0.05": [10, 20, 5], "0.1": [100, 150, 40], "+Inf": [100, 160, 40]}),
    ],
    "tensorrt-llm": [
        ("trtllm_request_success_total", {**TRTLLM, "finished_reason": "stop"}, [10, 16, 4]),
        ("trtllm_request_success_total", {**TRTLLM, "finished_reason": "cancelled"}, [0, 1, 1]),
        ("trtllm_prompt_tokens_total", TRTLLM, [1000, 1600, 400]),
        ("trtllm_generation_tokens_total", TRTLLM, [100, 160, 40]),
        ("trtllm_num_requests_running", TRTLLM, [5, 6, 7]),
        *histogram("trtllm_time_to_first_token_seconds", TRTLLM, {"0.001": [0, 1, 0], "+Inf": [10, 17, 5]}),
    ],
    "triton, TensorRT-LLM's gauges": [
        ("nv_trt_llm_request_metrics", {**OLD_TRTLLM, "request_type": "active"}, [5, 9, 2]),
        ("nv_trt_llm_request_metrics", {**OLD_TRTLLM, "request_type": "max"}, [512, 512, 512]),
        ("nv_trt_llm_kv_cache_block_metrics", {**OLD_TRTLLM, "kv_cache_block_type": "used"}, [1, 2, 3]),
    ],
    "kserve": [
        ("request_predict_seconds_count", KSERVE, [100, 160, 40]),
        ("request_predict_seconds_sum", KSERVE, [10, 16, 4]),
        ("request_preprocess_seconds_count", KSERVE, [100, 160, 40]),
        ("request_explain_seconds_count", KSERVE, [7, 8, 9]),
        *histogram("request_predict_seconds", KSERVE, {"0.1": [90, 140, 30], "+Inf": [100, 160, 40]}),
    ],
    "torchserve": [
        ("ts_inference_requests_total", TORCH, [100, 160, 40]),
        ("ts_inference_latency_microseconds", TORCH, [290_371.129, 590_371.129, 200_000]),
        ("ts_queue_latency_microseconds", TORCH, [100, 200, 50]),
        ("Requests5XX", target("torch", Level="Host", Hostname="torch-0"), [1, 2, 3]),
    ],
    "bentoml": [
        *[
            ("bentoml_service_request_total", {**BENTO, "http_response_code": code}, values)
            for code, values in {"200": [100, 160, 40], "302": [0, 1, 1], "422": [1, 3, 0], "500": [0, 2, 1]}.items()
        ],
        *[
            (
                "bentoml_service_request_total",
                {**BENTO, "exported_endpoint": path, "http_response_code": "200"},
                [10, 20, 5],
            )
            for path in ("/livez", "/readyz", "/", "/docs.json")
        ],
        (
            "bentoml_service_request_duration_seconds_sum",
            {**BENTO, "http_response_code": "200"},
            [10, 16, 4],
        ),
        (
            "bentoml_service_request_duration_seconds_sum",
            {**BENTO, "exported_endpoint": "/livez", "http_response_code": "200"},
            [1, 2, 3],
        ),
        *histogram(
            "bentoml_service_request_duration_seconds",
            {**BENTO, "http_response_code": "200"},
            {"0.1": [90, 140, 30], "+Inf": [100, 160, 40]},
        ),
        *histogram(
            "bentoml_service_request_duration_seconds",
            {**BENTO, "exported_endpoint": "/livez", "http_response_code": "200"},
            {"0.1": [10, 20, 5], "+Inf": [10, 20, 5]},
        ),
        (
            "bentoml_runner_request_total",
            {**BENTO, "runner_name": "m", "http_response_code": "200"},
            [9, 99, 999],
        ),
    ],
    "ray-serve": [
        ("ray_serve_deployment_request_counter_total", RAY, [100, 160, 40]),
        ("ray_serve_deployment_request_counter", RAY, [100, 160, 40]),
        ("ray_serve_deployment_error_counter_total", RAY, [1, 3, 0]),
        ("ray_serve_deployment_request_counter_total", {**RAY, "route": "/-/healthz"}, [5, 6, 7]),
        ("ray_serve_deployment_processing_latency_ms_sum", RAY, [48_160.5, 60_160.5, 4000]),
        *histogram(
            "ray_serve_deployment_processing_latency_ms",
            RAY,
            {"100": [90, 140, 30], "2000": [100, 160, 40], "+Inf": [100, 160, 40]},
        ),
    ],
    "otel-genai": [
        ("gen_ai_client_operation_duration_seconds_count", OTEL, [100, 160, 40]),
        (
            "gen_ai_client_operation_duration_seconds_count",
            {**OTEL, "gen_ai_operation_name": "invoke_agent"},
            [50, 90, 20],
        ),
        ("gen_ai_client_operation_duration_seconds_sum", OTEL, [200, 320, 80]),
        ("gen_ai_client_token_usage_sum", {**OTEL, "gen_ai_token_type": "input"}, [5000, 8000, 2000]),
        ("gen_ai_client_token_usage_sum", {**OTEL, "gen_ai_token_type": "output"}, [500, 800, 200]),
        ("gen_ai_client_token_usage_count", {**OTEL, "gen_ai_token_type": "output"}, [100, 160, 40]),
        *histogram(
            "gen_ai_client_operation_duration_seconds", OTEL, {"1.28": [10, 20, 0], "+Inf": [100, 160, 40]}
        ),
        (
            "gen_ai_client_operation_duration_seconds_count",
            {**without(OTEL, "gen_ai_response_model"), "error_type": "timeout"},
            [1, 4, 2],
        ),
    ],
    "litellm": [
        *[
            (
                "litellm_proxy_total_requests_metric_total",
                {**without(LITELLM, "model"), "status_code": code, "route": "/chat/completions"},
                values,
            )
            for code, values in {"200": [100, 160, 40], "429": [1, 3, 0]}.items()
        ],
        ("litellm_requests_metric_total", without(LITELLM, "requested_model"), [100, 160, 40]),
        ("litellm_spend_metric_total", LITELLM, [5, 9, 2]),
        ("litellm_input_tokens_metric_total", LITELLM, [5000, 8000, 2000]),
        ("litellm_output_tokens_metric_total", LITELLM, [500, 800, 200]),
        ("litellm_input_cached_tokens_metric_total", LITELLM, [50, 80, 20]),
        ("litellm_total_tokens_metric_total", LITELLM, [5500, 8800, 2200]),
        ("litellm_request_total_latency_metric_sum", LITELLM, [200, 320, 80]),
        *histogram(
            "litellm_llm_api_time_to_first_token_metric", LITELLM, {"0.5": [10, 20, 5], "+Inf": [100, 160, 40]}
        ),
    ],
}  # fmt: skip

UNKNOWN = {"version": None, "endpoint": None, "team": None, "requests_aside": None, "cached_tokens": None}
NO_TOKENS = UNKNOWN | {"input_tokens": None, "output_tokens": None}

# 100, 160, 40 is 60 + 40 = 100 everywhere below.
SERVED: dict[str, list[dict[str, object]]] = {
    "vllm": [
        UNKNOWN
        | {
            "server": "vllm", "layer": 1, "model": "llama", "pod": "vllm-0", "requests_ok": (6 + 4) + (1 + 0),
            "requests_failed": 3 + 0, "input_tokens": 600 + 400, "output_tokens": 60 + 40, "latency_seconds": 6.5 + 3.5,
        }
    ],
    "triton": [
        NO_TOKENS
        | {
            "server": "triton", "layer": 2, "model": "densenet", "version": "3", "pod": "triton-0", "requests_ok": 100,
            "requests_failed": (2 + 0) + (5 + 2), "latency_seconds": 3.25 + 0.75,
        }
    ],
    "sglang": [
        UNKNOWN
        | {
            "server": "sglang", "layer": 1, "model": "qwen", "pod": "sglang-0",
            "requests_ok": (60 + 40) + (10 + 0) - (4 + 1), "requests_failed": 4 + 1, "input_tokens": 1000 + 500,
            "output_tokens": 300 + 20, "cached_tokens": (100 + 30) + (10 + 3), "latency_seconds": 30 + 10,
        }
    ],
    "tgi": [
        UNKNOWN
        | {
            "server": "tgi", "layer": 1, "model": None, "pod": "tgi-0", "requests_ok": 100,
            "requests_failed": (2 + 0) + (1 + 2), "input_tokens": 50_000, "output_tokens": 5000, "latency_seconds": 10,
        }
    ],
    "tensorrt-llm": [
        UNKNOWN
        | {
            "server": "tensorrt-llm", "layer": 1, "model": "nemotron", "pod": "trtllm-0", "requests_ok": 6 + 4,
            "requests_failed": 1 + 0, "input_tokens": 1000, "output_tokens": 100, "latency_seconds": None,
        }
    ],
    "triton, TensorRT-LLM's gauges": [
        NO_TOKENS
        | {
            "server": "triton", "layer": 2, "model": "tensorrt_llm", "version": "1", "pod": "old-0",
            "requests_ok": None, "requests_failed": None, "latency_seconds": None,
        }
    ],
    "kserve": [
        NO_TOKENS
        | {
            "server": "kserve", "layer": 2, "model": "iris", "pod": "kserve-0", "requests_ok": 100,
            "requests_failed": None, "latency_seconds": 10,
        }
    ],
    "torchserve": [
        NO_TOKENS
        | {
            "server": "torchserve", "layer": 2, "model": "resnet", "version": "2.1", "pod": "torch-0",
            "requests_ok": 100, "requests_failed": None, "latency_seconds": 0.3 + 0.2,
        }
    ],
    "bentoml": [
        NO_TOKENS
        | {
            "server": "bentoml", "layer": 2, "model": "summary", "version": "v7", "endpoint": "/summarize",
            "pod": "bento-0", "requests_ok": 100 + (1 + 0), "requests_failed": (2 + 0) + (2 + 1), "latency_seconds": 10,
        },
        NO_TOKENS
        | {
            "server": "bentoml", "layer": 2, "model": "summary", "version": "v7", "pod": "bento-0", "requests_ok": 0,
            "requests_failed": 0, "requests_aside": 4 * (10 + 5), "latency_seconds": None,
        },
    ],
    "ray-serve": [
        NO_TOKENS
        | {
            "server": "ray-serve", "layer": 2, "model": "Translator", "endpoint": "app1", "pod": "ray-0",
            "requests_ok": 100, "requests_failed": 2 + 0, "latency_seconds": 12 + 4,
        },
        NO_TOKENS
        | {
            "server": "ray-serve", "layer": 2, "model": "Translator", "pod": "ray-0", "requests_ok": 0,
            "requests_failed": 0, "requests_aside": 1 + 1, "latency_seconds": None,
        },
    ],
    "otel-genai": [
        UNKNOWN
        | {
            "server": "otel-genai", "layer": 4, "model": "gpt-4", "version": "gpt-4-0613", "pod": None,
            "requests_ok": 100, "requests_failed": 0, "input_tokens": 5000, "output_tokens": 500,
            "latency_seconds": 120 + 80,
        },
        NO_TOKENS
        | {
            "server": "otel-genai", "layer": 4, "model": "gpt-4", "pod": None, "requests_ok": 0,
            "requests_failed": 3 + 2, "latency_seconds": None,
        },
    ],
    "litellm": [
        UNKNOWN
        | {
            "server": "litellm", "layer": 3, "model": "chat", "team": "t-17", "pod": None, "requests_ok": 100,
            "requests_failed": 2 + 0, "input_tokens": 5000, "cached_tokens": 50, "output_tokens": 500,
            "latency_seconds": 120 + 80,
        }
    ],
}  # fmt: skip

# (measure, upper bound in seconds): requests in that bucket alone
LATENCIES: dict[str, dict[tuple[str, float], int]] = {
    "vllm": {
        ("end_to_end", 1.0): 5 + 3, ("end_to_end", 2.5): (9 + 4) - 8, ("end_to_end", INF): (10 + 4) - 13,
        ("time_to_first_token", 0.5): 8 + 4, ("time_to_first_token", INF): (10 + 4) - 12,
    },
    "triton": {("time_to_first_token", 0.1): 4 + 2, ("time_to_first_token", INF): (10 + 3) - 6},
    "sglang": {("time_to_first_token", 0.1): 3 + 2, ("time_to_first_token", INF): (8 + 2) - 5},
    "tgi": {
        ("end_to_end", 0.05): 10 + 5, ("end_to_end", 0.1): (50 + 40) - 15, ("end_to_end", INF): 100 - 90,
    },
    "tensorrt-llm": {("time_to_first_token", 0.001): 1 + 0, ("time_to_first_token", INF): (7 + 5) - 1},
    "kserve": {("end_to_end", 0.1): 50 + 30, ("end_to_end", INF): 100 - 80},
    "bentoml": {("end_to_end", 0.1): 50 + 30, ("end_to_end", INF): 100 - 80},
    "ray-serve": {("end_to_end", 0.1): 50 + 30, ("end_to_end", 2.0): 100 - 80},
    "otel-genai": {("end_to_end", 1.28): 10 + 0, ("end_to_end", INF): 100 - 10},
    "litellm": {("time_to_first_token", 0.5): 10 + 5, ("time_to_first_token", INF): 100 - 15},
}  # fmt: skip
