"""Triton. Source: triton-inference-server/server docs/user_guide/metrics.md.

A request is one request whatever batch it carries: `nv_inference_count` counts the batch's items and is not read.
Latency is a cumulative counter in µs of answered requests, cache hits included; histograms exist for decoupled
models alone and in ms, where the first response is the first token. An ensemble and its parts are models of their
own and each count. TensorRT-LLM's backend tells gauges only, through Triton's page, and no tokens.
"""

from ingest.telemetry.servers.family import Layer, Server, buckets, counter, seen

TRITON = Server(
    name="triton",
    layer=Layer.FRAMEWORK,
    prefixes=("nv_",),
    model=("model",),
    version=("version",),
    families=(
        counter("ok", "inference_request_success"),
        counter("failed", "inference_request_failure"),
        counter("latency", "inference_request_duration_us", unit=1e-6),
        buckets("time_to_first_token", "inference_first_response_histogram_ms", unit=1e-3),
        seen("trt_llm_request_metrics"),
    ),
)
