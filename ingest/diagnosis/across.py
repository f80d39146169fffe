"""What no source shows alone: names in [model] that are no source, bills in two currencies without exchange rates."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.diagnosis.estate import Estate
from ingest.diagnosis.finding import Finding, bad, doubtful
from ingest.registry import REGISTRY
from ingest.settings import Settings, did_you_mean

ORDERED = ("telemetry", "traffic")


def examine(settings: Settings, estate: Estate) -> Iterator[Finding]:
    """To be asked when every source was looked at: `estate` knows by then what they told."""
    yield from _order(settings, estate)
    yield from _currencies(estate)


def _order(settings: Settings, estate: Estate) -> Iterator[Finding]:
    """A name of source_order that is no source orders nothing, and another witness is believed."""
    grains = {**estate.sources, **{name: REGISTRY[one.kind].grain for name, one in settings.sources.items()}}
    can_be = tuple(sorted(name for name, grain in grains.items() if grain in ORDERED))
    for name in settings.model.source_order:
        if name not in grains:
            yield bad(
                f"[model] source_order names '{name}', which is no source.{did_you_mean(name, can_be)} "
                f"There are: {', '.join(can_be) or 'none of telemetry or traffic'}.",
                "Write it as in [sources.NAME], or take it out.",
            )
        elif grains[name] not in ORDERED:
            yield doubtful(
                f"[model] source_order names '{name}', which tells {grains[name]}: only sources of telemetry and "
                "traffic have an order.",
                "Take it out.",
            )


def _currencies(estate: Estate) -> Iterator[Finding]:
    if len(estate.billed_in) < 2 or not (unknown := sorted(estate.billed_in - estate.rated)):
        return
    listed = " and ".join(sorted(estate.billed_in))
    said = f"of {' and '.join(unknown)}" if estate.rated else "at all"
    yield doubtful(
        f"The bills are in {listed}, and there is no exchange rate {said}: no amount of one is known in the other.",
        'Add [sources.fx] with kind = "fx": the European Central Bank\'s rates, or location = a CSV of yours.',
    )
