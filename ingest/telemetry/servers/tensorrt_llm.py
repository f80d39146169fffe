"""TensorRT-LLM's own server (trtllm-serve). Source: tensorrt_llm/metrics/collector.py.

Older releases tell gauges only: then requests and tokens are unknown. Under Triton see triton.py.
"""

from ingest.telemetry.servers.family import (
    Layer,
    Outcome,
    Server,
    buckets,
    counter,
    requests,
    seen,
    total_of,
)

ENDED = Outcome("finished_reason", frozenset({"abort", "cancelled", "error", "timeout", "unknown"}))

TENSORRT_LLM = Server(
    name="tensorrt-llm",
    layer=Layer.ENGINE,
    prefixes=("trtllm_", "trtllm:"),
    families=(
        requests("request_success", outcome=ENDED),
        counter("input", "prompt_tokens"),
        counter("output", "generation_tokens"),
        total_of("prefill", "request_prefill_time_seconds"),
        total_of("decode", "request_decode_time_seconds"),
        total_of("latency", "e2e_request_latency_seconds"),
        buckets("end_to_end", "e2e_request_latency_seconds"),
        buckets("time_to_first_token", "time_to_first_token_seconds"),
        seen("num_requests_running", "num_requests_waiting", "kv_cache_utilization"),
    ),
)
