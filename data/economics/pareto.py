"""The Pareto frontier: what nothing beats in both respects."""

from __future__ import annotations

from collections.abc import Sequence


def frontier(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether each point (both less is better) is on the frontier: no other is as good in both and better in one."""
    return [not any(o != p and o[0] <= p[0] and o[1] <= p[1] for o in points) for p in points]
