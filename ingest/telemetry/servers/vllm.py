"""vLLM V0 and V1. Sources: vLLM docs/design/metrics.md, vllm/engine/metrics.py (V0), a scrape of V1.

`request_success` counts aborted and failed requests too. Prompt tokens include those read from the prefix cache.
`iteration_tokens_total` is a histogram in spite of its name and stays out. Engines (data parallel) are summed. Under
Ray the names begin with ray_, and newer Rays and collectors write _ for the colon. Triton's vLLM backend tells a
version.
"""

from ingest.telemetry.servers.family import (
    Family,
    Layer,
    Outcome,
    Server,
    buckets,
    count_of,
    requests,
    total_of,
)

ENDED = Outcome("finished_reason", frozenset({"abort", "error"}))  # stop, length and repetition are answers

VLLM = Server(
    name="vllm",
    layer=Layer.ENGINE,
    prefixes=("vllm:", "vllm_", "ray_vllm:", "ray_vllm_"),
    version=("version",),
    families=(
        requests("request_success", outcome=ENDED),
        count_of("e2e_request_latency_seconds"),
        Family(("prompt_tokens_total", "prompt_tokens", "request_prompt_tokens_sum"), (("input", 1.0),)),
        Family(
            (
                "prompt_tokens_cached_total",
                "prompt_tokens_cached",
                "prefix_cache_hits_total",
                "prefix_cache_hits",
                "gpu_prefix_cache_hits_total",
                "gpu_prefix_cache_hits",
            ),
            (("cached", 1.0),),
        ),
        Family(
            ("generation_tokens_total", "generation_tokens", "request_generation_tokens_sum"),
            (("output", 1.0),),
        ),
        total_of("prefill", "request_prefill_time_seconds"),
        total_of("decode", "request_decode_time_seconds"),
        total_of("latency", "e2e_request_latency_seconds"),
        buckets("end_to_end", "e2e_request_latency_seconds"),
        buckets("time_to_first_token", "time_to_first_token_seconds"),
    ),
)
