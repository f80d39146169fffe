"""The model servers whose counters are understood, one module each. SERVERS is the whole list."""

from __future__ import annotations

from typing import NamedTuple

from ingest.telemetry.servers.bentoml import BENTOML
from ingest.telemetry.servers.cloudwatch import BEDROCK, SAGEMAKER
from ingest.telemetry.servers.family import Family, Names, Server
from ingest.telemetry.servers.kserve import KSERVE
from ingest.telemetry.servers.litellm import LITELLM
from ingest.telemetry.servers.otel_genai import OTEL_CLIENT, OTEL_SERVER
from ingest.telemetry.servers.ray_serve import RAY_SERVE
from ingest.telemetry.servers.sglang import SGLANG
from ingest.telemetry.servers.tensorrt_llm import TENSORRT_LLM
from ingest.telemetry.servers.tgi import TGI
from ingest.telemetry.servers.torchserve import TORCHSERVE
from ingest.telemetry.servers.triton import TRITON
from ingest.telemetry.servers.vllm import VLLM

SERVERS = (
    VLLM,
    SGLANG,
    TGI,
    TENSORRT_LLM,
    TRITON,
    KSERVE,
    TORCHSERVE,
    BENTOML,
    RAY_SERVE,
    LITELLM,
    OTEL_SERVER,
    OTEL_CLIENT,
)
STAGED = (SAGEMAKER, BEDROCK)  # read from elsewhere; Prometheus is never asked for them
SUFFIXES = ("_total", "_bucket", "_sum", "_count")


class Counter(NamedTuple):
    """What a metric's name stands for. Of several names of one family and the same labels the lowest rank counts."""

    server: Server
    family: Family
    rank: int


def stem(name: str) -> str:
    """A counter's name without its suffix: what its _created twin is called before that word."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


COUNTERS = {
    name: Counter(server, family, rank)
    for server in (*SERVERS, *STAGED)
    for name, family, rank in server.spelled()
}
TWINS = {f"{stem(name)}_created" for name in COUNTERS}


def queries() -> dict[str, Names]:
    """What to ask for, twice per server: its counters with their _created twins, and its histograms."""
    told: dict[str, Names] = {}
    for server in SERVERS:
        plain = {name for family in server.families if not family.buckets for name in family.names}
        histograms = {name for family in server.families if family.buckets for name in family.names}
        created = {f"{stem(name)}_created" for name in plain | histograms}
        told[server.name] = _any_of(server, plain | created)
        told[f"{server.name} histograms"] = _any_of(server, histograms)
    return {role: names for role, names in told.items() if names.each}


def _any_of(server: Server, names: set[str]) -> Names:
    """Prefixes and names apart: written out, vLLM's would be too long for an address."""
    each = tuple(prefix + name for name in sorted(names) for prefix in server.prefixes)
    return Names(f"({'|'.join(server.prefixes)})({'|'.join(sorted(names))})", each)
