"""LiteLLM's proxy. Source: litellm/integrations/prometheus.py and litellm/types/integrations/prometheus.py.

The request counter names the public model (requested_model, the model group) and not the deployed one, so that is
the model of tokens and latency too. Spend is LiteLLM's own price list and no bill: not read. Its cache of whole
answers (litellm_cached_tokens_metric) is none of the model's.
"""

from ingest.telemetry.servers.family import Layer, Outcome, Server, buckets, counter, requests, total_of

LITELLM = Server(
    name="litellm",
    layer=Layer.GATEWAY,
    prefixes=("litellm_",),
    model=("requested_model", "model_group", "model"),
    team=("team",),
    path=("route",),
    families=(
        requests("proxy_total_requests_metric", outcome=Outcome("status_code", "status")),
        counter("input", "input_tokens_metric"),
        counter("cached", "input_cached_tokens_metric"),
        counter("output", "output_tokens_metric"),
        total_of("latency", "request_total_latency_metric"),
        buckets("end_to_end", "request_total_latency_metric"),
        buckets("time_to_first_token", "llm_api_time_to_first_token_metric"),
    ),
)
