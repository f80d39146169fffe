"""The bridge between two periods: hand-computed bars, and what must hold for any two periods."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.economics.bridge import (
    EFFICIENCY,
    GONE,
    MIX,
    NEW,
    PRICE,
    TOKENS,
    UNSERVED,
    UTILISATION,
    VOLUME,
    WHOLE,
    Cell,
    bridge,
    per_unit,
)

# $10/h, half busy: 1,000 requests of 100 tokens in one busy hour of two
LLAMA = Cell("llama", "v1", "device", 20.0, 1_000, 100_000, 3600, 7200)


def causes(before: list[Cell], now: list[Cell]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for bar in bridge(before, now):
        found[bar.cause] += bar.amount
    return dict(found)


@pytest.mark.parametrize(
    ("now", "cause"),
    [
        (
            replace(LLAMA, cost=40.0, requests=2_000, tokens=200_000, busy_seconds=7200, held_seconds=14400),
            VOLUME,
        ),
        (replace(LLAMA, cost=40.0, tokens=200_000, busy_seconds=7200, held_seconds=14400), TOKENS),
        (replace(LLAMA, cost=40.0, busy_seconds=7200, held_seconds=14400), EFFICIENCY),
        (replace(LLAMA, cost=40.0, held_seconds=14400), UTILISATION),
        (replace(LLAMA, cost=40.0), PRICE),
    ],
)
def test_a_cost_that_doubles_for_one_reason_has_one_bar(now, cause):
    assert causes([LLAMA], [now]) == {cause: pytest.approx(20)}


def test_two_causes_share_the_change_by_their_logarithms():
    """Twice the traffic at half the price: each moved it by L·ln 2, and L(20, 20) = 20."""
    now = replace(LLAMA, requests=2_000, tokens=200_000, busy_seconds=7200, held_seconds=14400)

    told = causes([LLAMA], [now])

    assert told == {VOLUME: pytest.approx(20 * math.log(2)), PRICE: pytest.approx(-20 * math.log(2))}


def test_a_version_that_replaces_another_changes_the_mix_by_what_a_request_costs_now():
    """v1: $20 for 1,000; v2: $30 for 2,000 requests. Volume L·ln 2 with L = 10 ÷ ln 1.5; the rest is v2's price."""
    now = Cell("llama", "v2", "device", 30.0, 2_000, 200_000, 3600, 7200)

    volume = 10 / math.log(1.5) * math.log(2)
    assert causes([LLAMA], [now]) == {VOLUME: pytest.approx(volume), MIX: pytest.approx(10 - volume)}


def test_a_roll_out_hides_no_gain_that_both_versions_made():
    """Nine tenths of the requests move from v1 to v2, which cost the same; each takes a tenth less GPU time."""

    def served(version: str, requests: float, seconds: float) -> Cell:
        return Cell(
            "llama",
            version,
            "device",
            requests * seconds / 360,
            requests,
            None,
            requests * seconds,
            requests * seconds,
        )

    before = [served("v1", 950, 3.6), served("v2", 50, 3.6)]
    now = [served("v1", 50, 3.24), served("v2", 950, 3.24)]

    assert causes(before, now) == {EFFICIENCY: pytest.approx(-1)}  # $10 → $9


def test_one_version_of_two_at_another_price_is_price_alone():
    small = Cell("llama", "v2", "device", 5.0, 500, 50_000, 1800, 1800)

    assert causes([LLAMA, small], [replace(LLAMA, cost=30.0), small]) == {PRICE: pytest.approx(10)}


def test_an_old_version_that_nobody_asks_is_cost_without_traffic():
    stale = Cell("llama", "v0", "device", 15.0, None, None, 0, 7200)

    assert causes([LLAMA], [LLAMA, stale]) == {UNSERVED: 15}


def test_models_that_come_and_go_have_bars_of_their_own():
    managed = Cell("claude", None, "managed", 7.0, 100, 1_000)

    assert causes([LLAMA], [managed]) == {NEW: 7, GONE: -20}


def test_a_managed_model_has_volume_tokens_and_price():
    once = Cell("claude", None, "managed", 10.0, 100, 1_000)
    now = Cell("claude", None, "managed", 60.0, 200, 4_000)  # 2 × requests, 2 × tokens each, 1.5 × price

    mean = 50 / math.log(6)
    assert causes([once], [now]) == {
        VOLUME: pytest.approx(mean * math.log(2)),
        TOKENS: pytest.approx(mean * math.log(2)),
        PRICE: pytest.approx(mean * math.log(1.5)),
    }


def test_a_log_without_versions_is_compared_as_a_whole():
    """The bill knows v1 and v2, the gateway's log neither: the model's unit cost moves, and no mix is invented."""
    bill = [
        Cell("llama", "v1", "device", 10.0, None, None, 1800, 3600),
        Cell("llama", "v2", "device", 10.0, None, None, 1800, 3600),
    ]
    log = Cell("llama", None, "device", 0.0, 1_000)

    assert causes([*bill, log], [*bill, replace(log, requests=2_000)]) == {
        VOLUME: pytest.approx(20 * math.log(2)),
        EFFICIENCY: pytest.approx(-20 * math.log(2)),
    }


def test_traffic_without_observed_work_is_not_taken_apart():
    blind = replace(LLAMA, cost=30.0, busy_seconds=None, held_seconds=None)

    assert causes([LLAMA], [blind]) == {WHOLE: 10}


def test_what_a_shift_of_traffic_between_models_did_to_the_unit_cost():
    """llama $0.02, small $0.01 a request; from half and half to three quarters llama: $0.015 → $0.0175."""
    small = Cell("small", "v1", "device", 10.0, 1_000, None, 3600, 3600)
    now = [_times(LLAMA, 3), small]

    bars = bridge(per_unit([LLAMA, small], 2_000), per_unit(now, 4_000))

    assert {bar.cause for bar in bars} == {VOLUME}
    assert sum(bar.amount for bar in bars) == pytest.approx(0.0175 - 0.015)


def _times(cell: Cell, n: float) -> Cell:
    return replace(
        cell,
        cost=cell.cost * n,
        requests=(cell.requests or 0) * n,
        tokens=(cell.tokens or 0) * n,
        busy_seconds=(cell.busy_seconds or 0) * n,
        held_seconds=(cell.held_seconds or 0) * n,
    )


AMOUNT = st.one_of(st.just(0.0), st.floats(1e-6, 1e9))
COUNT = st.one_of(st.none(), st.just(0.0), st.floats(1, 1e12))
VERSIONS = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, "v1", "v2"]),
    st.sampled_from(["device", "cpu", "managed"]),
)
PERIOD = st.dictionaries(VERSIONS, st.tuples(AMOUNT, COUNT, COUNT, COUNT, COUNT)).map(
    lambda rows: [Cell(*key, *values) for key, values in rows.items()]
)


@given(PERIOD, PERIOD)
def test_the_bars_sum_to_the_change_and_turn_round_with_the_periods(before, now):
    old, new = (sum(cell.cost for cell in period) for period in (before, now))
    there, back = causes(before, now), causes(now, before)

    assert math.isclose(sum(there.values()), new - old, rel_tol=1e-9, abs_tol=1e-9 * max(old, new))
    swapped = {NEW: GONE, GONE: NEW}
    for cause, amount in there.items():
        opposite = back.get(swapped.get(cause, cause), 0.0)
        assert math.isclose(amount, -opposite, rel_tol=1e-6, abs_tol=1e-9 * max(old, new))
