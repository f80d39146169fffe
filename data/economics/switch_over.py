"""Self-host or a token-priced API: what both cost a month, and from which volume self-hosting stays cheaper (MODEL 8).

An API's cost is in proportion to the requests. Self-hosting's is a step function: machines, or devices where a model
shares its machines, come whole and are billed for the whole month. Projections, in one currency, hence float.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from data.economics.roi import HOURS_PER_MONTH, Baseline

PER = 1_000_000  # tokens that a price is for
NEVER: Literal["never"] = "never"
ALWAYS: Literal["always"] = "always"


@dataclass(frozen=True)
class Tokens:
    """Per request; None = nobody reports them. `cached` is part of `input`."""

    input: float | None
    cached: float | None
    output: float | None


@dataclass(frozen=True)
class TokenPrice:
    """Per 1M tokens; `cached_input` None = no price of its own: as input. `per_request`: beside the tokens."""

    input: float
    output: float
    cached_input: float | None = None
    per_request: float = 0.0


@dataclass(frozen=True)
class ApiCost:
    """Of one request; None where a token that is priced is not reported: `unknown` names which. `uncached`: nobody
    reports cached tokens, and all input counts at the input price, which is the most that it may cost."""

    per_request: float | None
    unknown: tuple[str, ...] = ()
    uncached: bool = False

    def monthly(self, volume: float) -> float | None:
        """At so many requests a month."""
        return None if self.per_request is None else self.per_request * volume


def api_cost(tokens: Tokens, price: TokenPrice) -> ApiCost:
    """(input − cached) × price of input + cached × price of cached input + output × price of output + per request.

    A kind of token whose price is 0 need not be reported.
    """
    wanted = (("input", tokens.input, price.input), ("output", tokens.output, price.output))
    unknown = tuple(kind for kind, told, per in wanted if per and told is None)
    if unknown:
        return ApiCost(None, unknown)
    own = price.cached_input is not None and price.cached_input != price.input
    uncached = own and bool(price.input or price.cached_input) and tokens.cached is None
    cached = (tokens.cached or 0.0) if own else 0.0
    spent = [
        ((tokens.input or 0.0) - cached) * price.input,
        cached * (price.cached_input or 0.0),
        (tokens.output or 0.0) * price.output,
    ]
    return ApiCost(math.fsum(spent) / PER + price.per_request, uncached=uncached)


@dataclass(frozen=True)
class SelfHost:
    """What steps cost and carry. step_devices: devices that come and go together; price: per GPU-hour; gpu_hours: held
    per request, headroom included; rest: per request, cost that no GPU-hour explains (CPU serving)."""

    price: float
    gpu_hours: float
    step_devices: int = 1
    rest: float = 0.0

    @classmethod
    def of(cls, base: Baseline, step_devices: int, utilisation: float | None = None) -> SelfHost:
        """From what was measured; `utilisation`: busy ÷ held GPU-hours that the fleet is sized for, 0..1, None = as
        measured. Raises ValueError outside of that."""
        target = base.utilisation if utilisation is None else utilisation
        if not 0 < target <= 1:
            raise ValueError(f"A utilisation target lies above 0 and at most at 1, not at {target}.")
        return cls(
            price=base.price,
            gpu_hours=1 / (target * base.throughput),
            step_devices=step_devices,
            rest=base.rest / base.volume,
        )

    @property
    def step_cost(self) -> float:
        """Of one step, a month of 730 hours."""
        return self.step_devices * HOURS_PER_MONTH * self.price

    @property
    def step_volume(self) -> float:
        """Requests a month that one step carries."""
        return self.step_devices * HOURS_PER_MONTH / self.gpu_hours

    def steps(self, volume: float) -> int:
        """Whole steps that so many requests a month need."""
        return math.ceil(volume / self.step_volume - 1e-9)

    def monthly(self, volume: float) -> float:
        """At so many requests a month."""
        return self.steps(volume) * self.step_cost + self.rest * volume


@dataclass(frozen=True)
class SwitchOver:
    """Monthly requests. volume: the lowest from which self-hosting stays cheaper, or as cheap, None with `why`: never
    (even full machines cost more) or always. first: the lowest at which it is cheaper at all; between the two it
    depends on how full the last machine is, and `crossings` times the API becomes dearer."""

    volume: float | None
    why: Literal["never", "always"] | None = None
    first: float | None = None
    crossings: int = 0


def switch_over(host: SelfHost, per_request: float) -> SwitchOver:
    """Where the step function and the line cross; `per_request`: the API's cost of one request.

    With M = a step's cost, c = its requests, b = per_request − rest, self-hosting at volume V within step n is cheaper
    where n·M ≤ b·V, so it is from V = n·M ÷ b on, if that lies in the step: n·M > b·(n−1)·c. Beyond the last such step
    N = ⌈b·c ÷ (b·c − M)⌉ − 1 it is cheaper on every one. A full step must pay: b·c > M.
    """
    cost, volume, gain = host.step_cost, host.step_volume, per_request - host.rest
    if cost <= 0:
        return SwitchOver(None, ALWAYS if gain >= 0 else NEVER)
    margin = gain * volume - cost
    if margin <= 1e-12 * cost:
        return SwitchOver(None, NEVER)
    last = max(math.ceil(gain * volume / margin - 1e-9) - 1, 1)
    return SwitchOver(last * cost / gain, None, cost / gain, last)


def outline(host: SelfHost, low: float, high: float, most: int = 400) -> list[tuple[float, float]]:
    """(volume, monthly cost) of the step function's corners from low to high; beyond `most` steps, as many points of
    it, evenly spaced."""
    first, last = max(host.steps(low), 1), max(host.steps(high), 1)
    if last - first >= most:
        volumes = [low + (high - low) * place / most for place in range(most + 1)]
        return [(volume, host.monthly(volume)) for volume in volumes]
    corners = []
    for step in range(first, last + 1):
        start = max(low, (step - 1) * host.step_volume)
        end = min(high, step * host.step_volume)
        corners += [(v, step * host.step_cost + host.rest * v) for v in (start, end)]
    return corners


def where(volume: float, measured: Sequence[float]) -> Literal["below", "within", "above"]:
    """Whether a volume lies in the measured range (lowest, highest)."""
    low, high = measured
    return "below" if volume < low else "above" if volume > high else "within"
