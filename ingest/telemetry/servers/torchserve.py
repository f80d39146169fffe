"""TorchServe. Source: ts/configs/metrics.yaml.

Requests are counted as they arrive; Requests4XX and Requests5XX name no model, so failures are unknown. Version
'default' says that the caller asked for none.
"""

from ingest.telemetry.servers.family import Layer, Server, counter

TORCHSERVE = Server(
    name="torchserve",
    layer=Layer.FRAMEWORK,
    prefixes=("ts_",),
    model=("model_name",),
    version=("model_version",),
    untold=frozenset({"default"}),
    families=(
        counter("finished", "inference_requests"),
        counter("latency", "inference_latency_microseconds", unit=1e-6),
    ),
)
