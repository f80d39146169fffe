"""KServe's Python model servers. Source: python/kserve/kserve/metrics.py.

The predict step is timed whether it succeeds or not: what was counted counts as answered, and failures are unknown.
No tokens. Explanations, pre- and post-processing are steps around it and are not read.
"""

from ingest.telemetry.servers.family import Layer, Server, buckets, count_of, total_of

KSERVE = Server(
    name="kserve",
    layer=Layer.FRAMEWORK,
    families=(
        count_of("request_predict_seconds"),
        total_of("latency", "request_predict_seconds"),
        buckets("end_to_end", "request_predict_seconds"),
    ),
)
