"""Which metric names mean what: DCGM's gauges and vLLM's counters, under every spelling that exporters use.

Sources: NVIDIA/dcgm-exporter etc/*.csv (names, units), vLLM docs/design/metrics.md (V1) and its V0 names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BLANK_INT32 = 2147483632.0  # 0x7ffffff0; DCGM's FP64 blank (2^47) and int64 blanks lie above it
BLANK_INT64 = 9.2e18  # the energy counter alone may pass 2^47
Kind = Literal["gauge", "counter"]


@dataclass(frozen=True)
class Metric:
    """One metric name in lower case. Of several names for one role the lowest rank counts; they are never added."""

    name: str
    role: str
    kind: Kind
    rank: int = 0
    ceiling: float = BLANK_INT32


def _gauge(role: str, *names: str, ceiling: float = BLANK_INT32) -> list[Metric]:
    """Names of one role are maximised per device and instant, so they need no rank."""
    return [Metric(name, role, "gauge", 0, ceiling) for name in names]


def _counter(role: str, *names: str) -> list[Metric]:
    return [Metric(name, role, "counter", rank) for rank, name in enumerate(names)]


METRICS = (
    *_gauge("sm_active", "dcgm_fi_prof_sm_active"),
    *_gauge("gr_active", "dcgm_fi_prof_gr_engine_active"),
    *_gauge("gpu_util", "dcgm_fi_dev_gpu_util", "dcgm_gpu_utilization"),
    *_gauge("dram_active", "dcgm_fi_prof_dram_active"),
    *_gauge("tensor", "dcgm_fi_prof_pipe_tensor_active"),
    *_gauge("memory", "dcgm_fi_dev_fb_used", "dcgm_fb_used"),
    *_gauge("power", "dcgm_fi_dev_power_usage", "dcgm_power_usage"),
    *_gauge(
        "energy",
        "dcgm_fi_dev_total_energy_consumption",
        "dcgm_fi_dev_total_energy_consumption_total",
        ceiling=BLANK_INT64,
    ),
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
WANTED = tuple(sorted({*BY_NAME, *TWINS}))


def queries() -> dict[str, str]:
    """role → a regular expression over every spelling of its names, the usual one first, for a selector on __name__.

    Exporters write DCGM's names in upper case, some distributions in lower; nothing else differs in case.
    """
    names: dict[str, list[str]] = {}
    for metric in METRICS:
        spelled = [metric.name.upper(), metric.name] if metric.kind == "gauge" else [metric.name]
        names.setdefault(metric.role, []).extend(spelled)
    return {
        **{role: "|".join(spelled) for role, spelled in names.items()},
        "created": "|".join(sorted(TWINS)),
    }


def without_data(roles: set[str]) -> str:
    """The metrics of roles that nobody reported, as people know them; a server whose every metric is absent as one."""
    kinds = {"gauge": "any DCGM metric", "counter": "any vLLM metric"}
    absent = [role for role in queries() if role in roles and role != "created"]
    said = []
    for kind, everything in kinds.items():
        of_kind = {metric.role for metric in METRICS if metric.kind == kind}
        names = [queries()[role].split("|")[0] for role in absent if role in of_kind]
        said += [everything] if len(names) == len(of_kind) else names
    return ", ".join(said)
