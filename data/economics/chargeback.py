"""Who pays for shared devices: one total, distributed by three rules (MODEL 3: telescoping splits).

*Reserved*: what each member held. *Used*: by the cost of the time in which its devices worked. *Shapley*: by what each
adds to the devices that are needed, averaged over every order in which members could have come (Shapley 1953). v(S) is
the cost of the whole devices that S needs in its most expensive hour: whoever fills another's quiet hours pays less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

EXACT = 10  # members up to which every coalition is priced: 2¹⁰
PERMUTATIONS = 2000  # drawn above that
SEED = 20261031  # the same question has the same answer
TWELVE = Decimal("1e-12")
FUZZ = 1e-6  # of a machine: what a sum of seconds may be off by without needing one more

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """devices: hours × members × kinds, device-hours that worked in the hour; size: devices that come together of each
    kind (a machine's, 1 where they come alone); price: money per device-hour of each kind."""

    devices: Array
    size: Array
    price: Array

    @property
    def members(self) -> int:
        return int(self.devices.shape[1])

    def cost(self, needed: Array) -> Array:
        """Of these device-hours (… × kinds) the whole machines, in money per hour."""
        return np.asarray(np.ceil(needed / self.size - FUZZ) @ (self.size * self.price))

    def peak(self, members: Sequence[int]) -> float:
        """v(S): what these members need together in their most expensive hour, in money per hour."""
        if not len(members) or not len(self.devices):
            return 0.0
        return float(self.cost(self.devices[:, list(members)].sum(axis=1)).max())


@dataclass(frozen=True)
class Shapley:
    """value: money per hour of each member, summing to v(all); error: standard error of each, 0 where exact."""

    value: tuple[float, ...]
    error: tuple[float, ...]
    permutations: int | None  # drawn; None = exact


def shapley(demand: Demand, *, permutations: int = PERMUTATIONS, seed: int = SEED) -> Shapley:
    """Exact up to EXACT members, else from that many seeded permutations (at least 2)."""
    if demand.members <= EXACT:
        return Shapley(exact(demand), (0.0,) * demand.members, None)
    return sampled(demand, permutations, seed)


def exact(demand: Demand) -> tuple[float, ...]:
    """Σ over coalitions S without i of |S|! (n − |S| − 1)! ÷ n! · (v(S ∪ i) − v(S))."""
    n = demand.members
    value = {
        members: demand.peak(members) for size in range(n + 1) for members in combinations(range(n), size)
    }
    weight = [math.factorial(s) * math.factorial(n - s - 1) / math.factorial(n) for s in range(n)]
    shares = [0.0] * n
    for members, worth in value.items():
        for member in set(range(n)).difference(members):
            joined = value[tuple(sorted((*members, member)))]
            shares[member] += weight[len(members)] * (joined - worth)
    return tuple(shares)


def sampled(demand: Demand, permutations: int, seed: int) -> Shapley:
    """Means of what each member adds, over orders drawn with a seed; the parts of each order sum to v(all)."""
    if permutations < 2:
        raise ValueError(f"A standard error needs 2 permutations, not {permutations}.")
    draw = np.random.default_rng(seed)
    machines = np.ascontiguousarray((demand.devices / demand.size).transpose(1, 2, 0))
    price = demand.size * demand.price
    kinds = [np.flatnonzero(member.any(axis=1)) for member in machines]
    added = np.array(
        [_added(machines, price, kinds, draw.permutation(demand.members)) for _ in range(permutations)]
    )
    error = added.std(axis=0, ddof=1) / math.sqrt(permutations)
    return Shapley(tuple(added.mean(axis=0).tolist()), tuple(error.tolist()), permutations)


def _added(
    machines: Array, price: Array, kinds: Sequence[NDArray[np.int64]], order: NDArray[np.int64]
) -> Array:
    """What each member (machines: members × kinds × hours) adds to the peak of those before it in this order. Only the
    kinds that it uses are priced again."""
    need = np.zeros(machines.shape[1:])
    spent = np.zeros(machines.shape[1:])
    hourly = np.zeros(machines.shape[2])
    added, before = np.zeros(len(machines)), 0.0
    for member in order:
        for kind in kinds[member]:
            need[kind] += machines[member, kind]
            now = np.ceil(need[kind] - FUZZ) * price[kind]
            hourly += now - spent[kind]
            spent[kind] = now
        peak = float(hourly.max(initial=0.0))
        added[member], before = peak - before, peak
    return added


def split(total: Decimal, weights: Sequence[float]) -> list[Decimal] | None:
    """The total by weight, to 12 decimals: b_i = total · cum_i, part_i = b_i − b_{i−1}, the remainder with the last
    that has a weight. None where no weight is above 0. Raises ValueError for a negative weight."""
    if any(weight < 0 for weight in weights):
        raise ValueError(f"A weight is negative: {list(weights)}.")
    whole = math.fsum(weights)
    if whole <= 0:
        return None
    last = max(place for place, weight in enumerate(weights) if weight > 0)
    parts, before = [], Decimal(0)
    for place in range(len(weights)):
        share = Decimal(math.fsum(weights[: place + 1]) / whole)
        border = total if place >= last else (total * share).quantize(TWELVE, ROUND_HALF_UP)
        parts.append(border - before)
        before = border
    return parts
