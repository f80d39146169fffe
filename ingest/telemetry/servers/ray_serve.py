"""Ray Serve. Source: python/ray/serve/_private/replica.py; Ray puts ray_ before the names.

The request counter leaves out what the error counter counts. A deployment that asks another counts beside it: each
is a model of its own. No tokens; an LLM's are vLLM's, which Ray exposes too. Latency in ms.
"""

from ingest.telemetry.servers.family import Layer, Server, buckets, counter, total_of

RAY_SERVE = Server(
    name="ray-serve",
    layer=Layer.FRAMEWORK,
    prefixes=("ray_serve_", "serve_"),
    model=("deployment",),
    endpoint=("application",),
    path=("route",),
    families=(
        counter("ok", "deployment_request_counter"),
        counter("failed", "deployment_error_counter"),
        total_of("latency", "deployment_processing_latency_ms", unit=1e-3),
        buckets("end_to_end", "deployment_processing_latency_ms", unit=1e-3),
    ),
)
