"""OpenTelemetry's GenAI conventions as Prometheus spells them. Source: docs/gen-ai/gen-ai-metrics.md there.

Asked for is gen_ai.request.model (gpt-4), what answered is gen_ai.response.model (gpt-4-0613): model and version. A
request that failed has an error.type. Agents and tools are timed around the calls that they make and would count
those again.
"""

from ingest.telemetry.servers.family import Family, Layer, Outcome, Server, buckets, count_of, total_of

ENDED = Outcome("error_type", "any")
REQUESTED, ANSWERED = ("gen_ai_request_model",), ("gen_ai_response_model",)
AROUND = {
    "gen_ai_operation_name": frozenset({"create_agent", "invoke_agent", "invoke_workflow", "execute_tool"})
}

OTEL_SERVER = Server(
    name="otel-genai-server",
    layer=Layer.GATEWAY,
    prefixes=("gen_ai_server_",),
    model=(*REQUESTED, *ANSWERED),
    version=ANSWERED,
    skip=AROUND,
    families=(
        count_of("request_duration_seconds", ENDED),
        total_of("latency", "request_duration_seconds"),
        buckets("end_to_end", "request_duration_seconds"),
        buckets("time_to_first_token", "time_to_first_token_seconds"),
    ),
)
OTEL_CLIENT = Server(
    name="otel-genai",
    layer=Layer.CLIENT,
    prefixes=("gen_ai_client_",),
    model=(*REQUESTED, *ANSWERED),
    version=ANSWERED,
    skip=AROUND,
    families=(
        count_of("operation_duration_seconds", ENDED),
        Family(
            ("token_usage_sum",),
            by_label=("gen_ai_token_type", {"input": "input", "output": "output", "completion": "output"}),
        ),
        total_of("latency", "operation_duration_seconds"),
        buckets("end_to_end", "operation_duration_seconds"),
        buckets("time_to_first_token", "operation_time_to_first_chunk_seconds"),
    ),
)
