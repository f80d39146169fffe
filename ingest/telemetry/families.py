"""Which metric names mean what: devices' gauges and vLLM's counters, under every spelling that exporters use.

Sources: gauges.py for devices, vLLM docs/design/metrics.md (V1) and its V0 names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.telemetry.gauges import BLANK_INT32, GAUGES, HARDWARE, devices_without_data, spellings
from ingest.telemetry.kubernetes import NAMES as KUBERNETES

Kind = Literal["gauge", "counter", "info"]


@dataclass(frozen=True)
class Metric:
    """One metric name in lower case. Of several names for one role the lowest rank counts; they are never added."""

    name: str
    role: str
    kind: Kind
    rank: int = 0
    ceiling: float = BLANK_INT32
    divisor: float = 1.0


def _counter(role: str, *names: str) -> list[Metric]:
    return [Metric(name, role, "counter", rank) for rank, name in enumerate(names)]


METRICS = (
    *[Metric(name, g.role, "gauge", 0, g.ceiling, g.divisor) for g in GAUGES for name in g.names],
    Metric(HARDWARE, "hardware", "info"),
    *_counter("finish", "vllm:request_success_total", "vllm:request_success"),
    *_counter("finished", "vllm:e2e_request_latency_seconds_count"),
    *_counter("input", "vllm:prompt_tokens_total", "vllm:prompt_tokens"),
    *_counter(
        "cached",
        "vllm:prompt_tokens_cached_total",
        "vllm:prompt_tokens_cached",
        "vllm:prefix_cache_hits_total",
        "vllm:prefix_cache_hits",
        "vllm:gpu_prefix_cache_hits_total",
        "vllm:gpu_prefix_cache_hits",
    ),
    *_counter("output", "vllm:generation_tokens_total", "vllm:generation_tokens"),
    *_counter("prefill", "vllm:request_prefill_time_seconds_sum"),
    *_counter("decode", "vllm:request_decode_time_seconds_sum"),
    *_counter("latency", "vllm:e2e_request_latency_seconds_sum"),
    *_counter("end_to_end", "vllm:e2e_request_latency_seconds_bucket"),
    *_counter("time_to_first_token", "vllm:time_to_first_token_seconds_bucket"),
)

BY_NAME = {metric.name: metric for metric in METRICS}
FAILED = frozenset({"abort", "error"})  # stop, length and repetition gave the caller an answer
SUFFIXES = ("_total", "_bucket", "_sum", "_count")


def stem(name: str) -> str:
    """A counter's name without its suffix: what its _created twin is called before that word."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


TWINS = {f"{stem(metric.name)}_created" for metric in METRICS if metric.kind == "counter"}
WANTED = tuple(sorted({*BY_NAME, *TWINS, *KUBERNETES}))


def queries() -> dict[str, str]:
    """role → a regular expression over every spelling of its names, the usual one first, for a selector on __name__."""
    names: dict[str, list[str]] = {}
    for gauge in GAUGES:
        names.setdefault(gauge.role, []).extend(spellings(gauge))
    for metric in METRICS:
        if metric.kind != "gauge":
            names.setdefault(metric.role, []).append(metric.name)
    return {
        **{role: "|".join(spelled) for role, spelled in names.items()},
        "created": "|".join(sorted(TWINS)),
    }


def without_data(roles: set[str]) -> str:
    """The metrics of roles that nobody reported, as people know them; a server whose every metric is absent as one."""
    counters = list(dict.fromkeys(metric.role for metric in METRICS if metric.kind == "counter"))
    names = [queries()[role].split("|")[0] for role in counters if role in roles]
    served = ["any vLLM metric"] if len(names) == len(counters) else names
    return ", ".join([*devices_without_data(roles), *served])
