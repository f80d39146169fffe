"""Logs whose columns are known by what wrote them: where each of our columns stands in them.

LiteLLM's spend logs are read for their requests; their `spend` is not, since the bill has it, or, for models that a
company runs itself, the bill has what they really cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from ingest.raw import squash


@dataclass(frozen=True)
class Shape:
    """columns: our name → theirs, best first; tells: columns that such a log has, one of each group.

    A column of ours that such a log may have under a misleading name is said to have none: ().
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tells: tuple[frozenset[str], ...] = ()

    def fits(self, there: Set[str]) -> bool:
        """Whether a file with these squashed columns is of this shape."""
        return bool(self.tells) and all({squash(name) for name in group} & there for group in self.tells)


PLAIN = Shape()  # common names alone
LITELLM = Shape(
    columns={
        "timestamp": ("startTime",),
        "finished_at": ("endTime",),
        "first_token_at": ("completionStartTime",),
        "model": ("model",),  # what answered; model_group is the public name
        "endpoint": ("model_group",),
        "team": ("team_id",),  # stable; its alias can be renamed
        "input_tokens": ("prompt_tokens",),
        "output_tokens": ("completion_tokens",),
        "cached_tokens": (),
        "latency": (),
        "latency_ms": (),
        "status": ("status",),
        "request_id": ("request_id",),
    },
    tells=tuple(frozenset({name}) for name in ("request_id", "startTime", "endTime", "model_group")),
)
PATHS = ("path", "uri", "request_uri", "x-envoy-original-path", "request")
ACCESS_LOG = Shape(
    columns={
        "timestamp": (
            "time_iso8601",
            "start_time",
            "time_local",
            "timestamp",
            "@timestamp",
            "time",
            "ts",
            "msec",
        ),
        "latency": ("request_time", "request_time_seconds"),  # nginx: seconds; no time of day
        "latency_ms": ("duration", "duration_ms"),  # Envoy: milliseconds
        "status": ("status", "response_code", "status_code"),
        "path": PATHS,
        "request_id": (),  # Envoy hands x-request-id on to every call that one request causes
    },
    tells=(
        frozenset(PATHS),
        frozenset({"status", "response_code", "status_code"}),
        frozenset({"request_time", "duration", "duration_ms", "bytes_sent", "body_bytes_sent"}),
    ),
)
SHAPES: Mapping[str, Shape] = {"plain": PLAIN, "litellm": LITELLM, "access-log": ACCESS_LOG}
