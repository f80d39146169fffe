"""Why cost moved between two periods: bars that sum to the change (MODEL 5).

A model's served cost is volume × tokens per request × efficiency (GPU-seconds per token) ÷ utilisation × price, taken
apart by LMDI. Volume is the model's; the other factors are those of the versions that served in both periods, and what
a change of versions did to the cost of a request is the model's mix. Cost that cannot be taken apart is a bar of its
own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from data.economics.lmdi import log_mean

Kind = Literal["device", "cpu", "managed"]

VOLUME, TOKENS, EFFICIENCY, UTILISATION, PRICE, MIX = FACTORS = (
    "volume",
    "tokens per request",
    "efficiency",
    "utilisation",
    "price",
    "version mix",
)
NEW, GONE, UNSERVED, WHOLE = ("new models", "gone models", "cost without traffic", "not taken apart")
NOISE = 1e-12  # of a model's cost: what is left of a subtraction that should give 0


@dataclass(frozen=True)
class Cell:
    """What one version of a model cost and did in a period. cost: money; seconds: of devices, held and observed; None =
    unknown. How it is served is its `kind`."""

    model: str
    version: str | None
    kind: Kind
    cost: float
    requests: float | None = None
    tokens: float | None = None
    busy_seconds: float | None = None
    held_seconds: float | None = None

    @property
    def served(self) -> bool:
        """Whether anybody counted requests of it."""
        return (self.requests or 0) > 0

    def factors(self, *, tokens: bool) -> dict[str, float]:
        """Cost per request as a product, with `tokens` through them; an unknown factor is 0, which ends it."""
        requests, busy, held = self.requests or 0.0, self.busy_seconds or 0.0, self.held_seconds or 0.0
        work = (self.tokens or 0.0) if tokens else requests
        steps = {TOKENS: _ratio(work, requests)} if tokens else {}
        if self.kind != "device":
            return steps | {PRICE: _ratio(self.cost, work)}
        return steps | {
            EFFICIENCY: _ratio(busy, work),
            UTILISATION: _ratio(held, busy),
            PRICE: _ratio(self.cost, held),
        }


@dataclass(frozen=True)
class Bar:
    """What one cause did to the cost of one model, or of something that is no model's: money."""

    cause: str
    model: str | None
    amount: float


def bridge(before: Iterable[Cell], now: Iterable[Cell]) -> list[Bar]:
    """Bars whose amounts sum to Σ cost now − Σ cost before; what is 0, or only a rounding of it, is left out."""
    cells: dict[tuple[str, Kind], tuple[list[Cell], list[Cell]]] = defaultdict(lambda: ([], []))
    for side, period in enumerate((before, now)):
        for cell in period:
            cells[cell.model, cell.kind][side].append(cell)
    return [bar for (model, _), (old, new) in sorted(cells.items()) for bar in _model(model, old, new)]


def per_unit(cells: Sequence[Cell], units: float) -> list[Cell]:
    """The same cells per request of all: bridged, their sum is the change of the unit cost, and `volume` is what the
    model's share of all requests did to it."""
    return [
        replace(
            cell,
            cost=cell.cost / units,
            requests=cell.requests and cell.requests / units,
            tokens=cell.tokens and cell.tokens / units,
            busy_seconds=cell.busy_seconds and cell.busy_seconds / units,
            held_seconds=cell.held_seconds and cell.held_seconds / units,
        )
        for cell in cells
    ]


def _model(model: str, before: list[Cell], now: list[Cell]) -> list[Bar]:
    """One model, served in one way."""
    if not (_versions_told(before) and _versions_told(now)):
        before, now = _pooled(before), _pooled(now)
    unserved = sum(c.cost for c in now if not c.served) - sum(c.cost for c in before if not c.served)
    served = _served([c for c in before if c.served], [c for c in now if c.served])
    least = NOISE * sum(abs(c.cost) for c in (*before, *now))
    causes = {UNSERVED: unserved, **served}
    return [Bar(cause, model, amount) for cause, amount in causes.items() if abs(amount) > least]


def _served(before: list[Cell], now: list[Cell]) -> dict[str, float]:
    """Cause → money. Where a version cannot be taken apart, perhaps the model as a whole can."""
    change = sum(c.cost for c in now) - sum(c.cost for c in before)
    if not before or not now:
        return {NEW if now else GONE: change}
    by_version = _taken_apart(before, now)
    return by_version or _taken_apart(_pooled(before), _pooled(now)) or {WHOLE: change}


def _taken_apart(before: list[Cell], now: list[Cell]) -> dict[str, float] | None:
    """LMDI-II (Ang, Choi 1997): the model's log-mean cost × the versions' weights × ln of what moved. Volume is the
    model's; a version in one period only has no factor and is part of the mix, which is what the others leave. None
    where a factor is unknown or 0."""
    old, new = (sum(c.cost for c in cells) for cells in (before, now))
    with_tokens = all(cell.tokens for cell in (*before, *now))
    once = {cell.version: cell for cell in before}
    pairs = [(once[cell.version], cell) for cell in now if cell.version in once]
    steps = [(a.factors(tokens=with_tokens), b.factors(tokens=with_tokens)) for a, b in pairs]
    if min(old, new, *(value for pair in steps for factors in pair for value in factors.values())) <= 0:
        return None
    mean = log_mean(old, new)
    requests = [sum(c.requests or 0.0 for c in cells) for cells in (before, now)]
    parts = {VOLUME: mean * math.log(requests[1] / requests[0])}
    weights = _weights([(a.cost / old, b.cost / new) for a, b in pairs])
    for weight, (was, now_is) in zip(weights, steps, strict=True):
        for name in was:
            parts[name] = parts.get(name, 0.0) + mean * weight * math.log(now_is[name] / was[name])
    return {**parts, MIX: (new - old) - sum(parts.values())}


def _weights(shares: list[tuple[float, float]]) -> list[float]:
    """Of versions by their shares of the model's cost then and now: log-mean shares, normed as Sato and Vartia do, so
    that a roll-out hides no factor; together they weigh what these versions cost of the model."""
    means = [log_mean(*pair) for pair in shares]
    common = sum(sum(pair) for pair in shares) / 2
    return [common * mean / sum(means) for mean in means]


def _versions_told(cells: list[Cell]) -> bool:
    """Whether who counted the requests named the versions that cost money: a gateway's log often names none."""
    return all(cell.cost for cell in cells if cell.served)


def _pooled(cells: list[Cell]) -> list[Cell]:
    """All versions as one; what one of them does not tell is unknown of all."""
    if not cells:
        return []
    served, paid = [c for c in cells if c.served], [c for c in cells if c.cost]
    whole = replace(
        cells[0],
        version=None,
        cost=sum(c.cost for c in cells),
        requests=_sum([c.requests for c in served]),
        tokens=_sum([c.tokens for c in served]),
        busy_seconds=_sum([c.busy_seconds for c in paid]),
        held_seconds=_sum([c.held_seconds for c in paid]),
    )
    return [whole]


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _ratio(over: float, under: float) -> float:
    return over / under if under > 0 else 0.0
