"""SageMaker endpoints and Bedrock models, as CloudWatch counts them: sums per hour, staged as counters.

SageMaker counts a failed invocation among the invocations; so does Bedrock, as AWS' newer documentation says (an older
page says that only successful ones are counted). Bedrock's throttled requests are in neither and count beside. What
Bedrock reads from a prompt cache, or writes to it, is not in InputTokenCount.
"""

from __future__ import annotations

from ingest.telemetry.servers.family import Family, Layer, Server, taken_back

MICROSECOND = 1e-6
MILLISECOND = 1e-3


def _counted(*names: str) -> Family:
    """Invocations of any outcome."""
    return Family(names, (("finished", 1.0),))


def _added(*names: str, to: tuple[str, ...], unit: float = 1.0) -> Family:
    return Family(names, tuple((role, unit) for role in to), unit)


SAGEMAKER = Server(
    name="sagemaker",
    layer=Layer.ENGINE,
    prefixes=("sagemaker:",),
    families=(
        _counted("invocations"),
        taken_back("invocation4xxerrors"),
        taken_back("invocation5xxerrors"),
        _added("modellatency", to=("latency",), unit=MICROSECOND),
    ),
    model=("model",),
    version=("version",),
    endpoint=("endpoint",),
    untold=frozenset({"AllTraffic", "variant-name-1", "default-variant-name"}),
)

BEDROCK = Server(
    name="bedrock",
    layer=Layer.ENGINE,
    prefixes=("bedrock:",),
    families=(
        _counted("invocations"),
        taken_back("invocationclienterrors"),
        taken_back("invocationservererrors"),
        _added("invocationthrottles", to=("aside",)),
        _added("inputtokencount", to=("input",)),
        _added("cachereadinputtokencount", to=("input", "cached")),
        _added("cachewriteinputtokencount", to=("input",)),
        _added("outputtokencount", to=("output",)),
        _added("invocationlatency", to=("latency",), unit=MILLISECOND),
    ),
    model=("model",),
)
