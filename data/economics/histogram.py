"""Latency histograms: quantiles and shares of merged buckets, as Prometheus reads them.

A bucket (previous bound, bound] holds a count; within one, requests are taken to lie evenly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True)
class Histogram:
    """Upper bounds, rising, the last perhaps infinite; counts of requests in each bucket."""

    bounds: tuple[float, ...]
    counts: tuple[float, ...]

    @property
    def total(self) -> float:
        """Requests measured."""
        return sum(self.counts)

    def quantile(self, q: float) -> float | None:
        """The latency that the share q of requests does not exceed; infinite where it lies above the last bound; None
        without requests."""
        if not self.total:
            return None
        rank, below, lower = q * self.total, 0.0, 0.0
        for bound, count in zip(self.bounds, self.counts, strict=True):
            if count and below + count >= rank:
                return bound if math.isinf(bound) else lower + (bound - lower) * (rank - below) / count
            below, lower = below + count, bound
        return self.bounds[-1]

    def share_within(self, limit: float) -> float | None:
        """The share of requests that took at most `limit`; None without requests."""
        if not self.total:
            return None
        edges = [0.0, *self.bounds]
        sums = [0.0, *accumulate(self.counts)]
        for (low, high), (before, after) in zip(pairwise(edges), pairwise(sums), strict=True):
            if limit <= high:
                inside = 1.0 if limit == high else 0.0 if math.isinf(high) else (limit - low) / (high - low)
                return (before + (after - before) * max(inside, 0.0)) / self.total
        return 1.0


def merged(rows: Sequence[tuple[float, float]]) -> Histogram:
    """Of (bound, count) rows of any number of servers, which may share bounds or not."""
    sums: dict[float, float] = {}
    for bound, count in rows:
        sums[bound] = sums.get(bound, 0.0) + count
    bounds = tuple(sorted(sums))
    return Histogram(bounds, tuple(sums[bound] for bound in bounds))
