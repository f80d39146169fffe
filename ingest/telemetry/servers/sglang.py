"""SGLang. Source: python/sglang/srt/observability/metrics_collector.py; off unless started with --enable-metrics.

The tokenizer process counts, once per server and without ranks; where a series carries ranks all the same, those of
tensor, pipeline and expert parallelism saw the same requests and data-parallel ones others. Where prefill and decode
run apart both count a request: decode speaks. `num_requests` holds aborted requests as well.
"""

from ingest.telemetry.servers.family import Layer, Server, buckets, count_of, counter, taken_back, total_of

SGLANG = Server(
    name="sglang",
    layer=Layer.ENGINE,
    prefixes=("sglang:", "sglang_"),
    skip={"engine_type": frozenset({"prefill"})},
    replicas=("tp_rank", "pp_rank", "moe_ep_rank"),
    families=(
        counter("ok", "num_requests"),
        count_of("e2e_request_latency_seconds"),
        taken_back("num_aborted_requests"),
        counter("input", "prompt_tokens"),
        counter("cached", "cached_tokens"),
        counter("output", "generation_tokens"),
        total_of("latency", "e2e_request_latency_seconds"),
        buckets("end_to_end", "e2e_request_latency_seconds"),
        buckets("time_to_first_token", "time_to_first_token_seconds"),
    ),
)
