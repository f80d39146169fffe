"""Histograms by hand and against their own requests; the frontier against its definition."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.economics.histogram import Histogram, merged
from data.economics.pareto import frontier

INF = float("inf")
SMALL = Histogram((0.1, 0.5, 1.0, INF), (50, 30, 15, 5))


@pytest.mark.parametrize(
    ("q", "seconds"),
    [(0.5, 0.1), (0.25, 0.05), (0.8, 0.5), (0.65, 0.3), (0.9, 0.5 + 0.5 * 10 / 15), (0.96, INF), (0, 0)],
)
def test_a_quantile_lies_evenly_in_its_bucket(q, seconds):
    assert SMALL.quantile(q) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("limit", "share"), [(0.1, 0.5), (0.3, 0.65), (1.0, 0.95), (5.0, 0.95), (0, 0), (INF, 1), (0.05, 0.25)]
)
def test_the_share_within_a_limit_counts_what_is_surely_slower_as_slower(limit, share):
    assert SMALL.share_within(limit) == pytest.approx(share)


def test_nothing_measured_is_unknown():
    assert Histogram((1.0,), (0,)).quantile(0.5) is None
    assert Histogram((), ()).share_within(1) is None


def test_servers_are_merged_bucket_by_bucket():
    assert merged([(1.0, 2), (INF, 1), (0.5, 3), (1.0, 4)]) == Histogram((0.5, 1.0, INF), (3, 6, 1))


@given(st.lists(st.floats(0.001, 9.9), min_size=1, max_size=200), st.floats(0.01, 1))
def test_a_quantile_is_within_one_bucket_of_the_true_one(latencies, q):
    bounds = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
    counts = [
        sum(low < x <= high for x in latencies) for low, high in zip((0.0, *bounds), bounds, strict=False)
    ]
    told = Histogram(bounds, tuple(counts)).quantile(q)
    true = sorted(latencies)[max(math.ceil(q * len(latencies)) - 1, 0)]

    high = next(bound for bound in bounds if true <= bound)
    low = ((0.0, *bounds))[bounds.index(high)]
    assert low <= told <= high


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_on_the_frontier_is_what_nothing_beats(points):
    for (x, y), best in zip(points, frontier(points), strict=True):
        beaten = any(a <= x and b <= y and (a < x or b < y) for a, b in points)
        assert best == (not beaten)
