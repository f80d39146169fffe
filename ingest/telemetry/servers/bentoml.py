"""BentoML. Source: src/bentoml/_internal/server/http/instruments.py.

Every path is counted, pages and health checks too. The namespace before the names can be configured: the two usual
ones are read. Runners (bentoml_runner_…) are asked by the service and would count twice.
"""

from ingest.telemetry.servers.family import Layer, Outcome, Server, buckets, requests, total_of

BENTOML = Server(
    name="bentoml",
    layer=Layer.FRAMEWORK,
    prefixes=("bentoml_service_", "bentoml_api_server_"),
    model=("service_name",),
    version=("service_version",),
    endpoint=("endpoint",),
    path=("endpoint",),
    aside=frozenset({"/", "/docs.json", "/schema.json", "/favicon.ico"}),
    families=(
        requests("request", outcome=Outcome("http_response_code", "status")),
        total_of("latency", "request_duration_seconds"),
        buckets("end_to_end", "request_duration_seconds"),
    ),
)
