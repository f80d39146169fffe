"""What speed costs, in words."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.charts.latency import seconds
from data.filters import Filters
from data.query.latency import ServiceLevel

NOTHING = "No version has both a measured latency and a cost per inference here."
SAID = 3


def scope(filters: Filters) -> str:
    """Whose latency it is, and what a point on the frontier means."""
    scope = (
        f"End-to-end latency as the servers measured it, {filters.basis} basis; a filled point is on its model's "
        "frontier: no version of it is cheaper with a p99 as low. Measured versions only, nothing is extrapolated."
    )
    narrowed = filters.teams or filters.accounts or filters.providers
    return (
        f"{scope} Latency is of all teams and accounts: servers do not tell them apart."
        if narrowed
        else scope
    )


def levels(levels: list[ServiceLevel], filters: Filters, limit: float) -> list[str]:
    """What the level costs the dearest models that have a choice of versions."""
    return [_level(level, filters, limit) for level in levels[:SAID]]


def _level(level: ServiceLevel, filters: Filters, limit: float) -> str:
    version, p99, cost = level.cheapest
    cheapest = f"version {version or fmt.UNKNOWN} ({fmt.unit_cost(cost, filters.currency)} per 1k, p99 {seconds(p99)})"
    if level.kept is None:
        return f"{level.model}: no measured version keeps p99 ≤ {seconds(limit)}; the cheapest is {cheapest}."
    if level.kept == level.cheapest:
        return f"{level.model}: p99 ≤ {seconds(limit)} costs nothing more; the cheapest {cheapest} keeps it."
    kept, kept_p99, kept_cost = level.kept
    price = fmt.short_money(level.price, filters.currency)
    return (
        f"{level.model}: p99 ≤ {seconds(limit)} costs {price} a month: version {kept or fmt.UNKNOWN} "
        f"({fmt.unit_cost(kept_cost, filters.currency)} per 1k, p99 {seconds(kept_p99)}) instead of {cheapest}."
    )
