"""Text Generation Inference. Source: docs/source/reference/metrics.md, and the router's own counters of failures.

No series names a model: the pod does, through the deployment map, else the scrape job, else the instance. Tokens are
sums of histograms. `tgi_request_count` counts what arrived and is not read.
"""

from ingest.telemetry.servers.family import Layer, Server, buckets, counter, total_of

TGI = Server(
    name="tgi",
    layer=Layer.ENGINE,
    prefixes=("tgi_",),
    model=(),
    families=(
        counter("ok", "request_success"),
        counter("failed", "request_failure"),
        total_of("input", "request_input_length"),
        total_of("output", "request_generated_tokens"),
        total_of("latency", "request_duration"),
        buckets("end_to_end", "request_duration"),
    ),
)
