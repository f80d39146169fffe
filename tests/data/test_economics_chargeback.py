"""Shares of shared devices, by hand and against every order of joining."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.economics.chargeback import EXACT, Demand, exact, sampled, shapley, split


def demand(hours, *, size=(1.0,), price=(1.0,)) -> Demand:
    """hours[hour][member] for one kind of device, hours[hour][member][kind] for several."""
    devices = np.array(hours, dtype="float64")
    return Demand(
        devices[..., None] if devices.ndim == 2 else devices, np.array(size, float), np.array(price, float)
    )


def by_brute_force(game: Demand) -> list[float]:
    """The mean of what each adds, over all orders, straight from the definition."""
    shares = [0.0] * game.members
    for order in permutations(range(game.members)):
        for place, member in enumerate(order):
            shares[member] += game.peak(order[: place + 1]) - game.peak(order[:place])
    return [share / factorial(game.members) for share in shares]


def test_two_teams_whose_peaks_are_apart_share_one_fleet():
    # by day 10 and 2, by night 2 and 10: alone 10 each, together 12 at either hour
    game = demand([[10, 2], [2, 10]])

    assert (game.peak([0]), game.peak([1]), game.peak([0, 1])) == (10, 10, 12)
    assert exact(game) == (6, 6)


def test_the_same_peak_at_one_hour_saves_nothing():
    assert exact(demand([[10, 4], [1, 1]])) == (10, 4)


def test_who_fills_the_quiet_hours_pays_for_what_is_added_alone():
    # alone 10 and 4; together 11 at night: orders give 10 and 1, or 7 and 4
    assert exact(demand([[10, 0], [7, 4]])) == (8.5, 2.5)


def test_three_teams_by_hand():
    # v(1) = 4, v(2) = 4, v(3) = 6, v(12) = 8, v(13) = 6, v(23) = 10, v(123) = 10 (hours: 4 + 4 + 0, 0 + 4 + 6)
    shares = exact(demand([[4, 4, 0], [0, 4, 6]]))

    # of 6 orders 1 adds 4, 4, 4, 0, 0, 0; 2 adds 4 in each; 3 adds 6, 2, 2, 6, 6, 6 – two orders each
    assert shares == pytest.approx((2, 4, 4))
    assert sum(shares) == 10


def test_half_a_device_is_a_whole_one_and_halves_make_one():
    game = demand([[0.5, 0.5, 0.0]])

    assert (game.peak([0]), game.peak([0, 1])) == (1, 1)
    assert exact(game) == (0.5, 0.5, 0)


def test_machines_come_whole():
    game = demand([[3, 6]], size=(8.0,), price=(2.0,))

    assert (game.peak([0]), game.peak([1]), game.peak([0, 1])) == (16, 16, 32)  # 9 of 8 + 8 devices


def test_a_sum_that_is_a_hair_too_long_needs_no_device_more():
    assert demand([[0.1] * 10]).peak(range(10)) == 1
    hair = demand([[1.0 + 1e-9, 1.0]])

    assert hair.peak([0, 1]) == 2
    assert sampled(hair, 10, seed=1).value == (1, 1)


def test_kinds_are_priced_apart_and_peak_in_one_hour():
    # hour 1: 1 × $10; hour 2: 3 × $2. The dearest hour counts, not the one with most devices
    assert demand([[[1, 0]], [[0, 3]]], size=(1, 1), price=(10, 2)).peak([0]) == 10


def test_nobody_needs_nothing():
    empty = Demand(np.zeros((0, 2, 1)), np.ones(1), np.ones(1))

    assert empty.peak([0, 1]) == 0
    assert exact(empty) == (0, 0)
    assert demand([[1, 1]]).peak([]) == 0


games = st.integers(1, 5).flatmap(
    lambda members: st.lists(
        st.lists(
            st.lists(st.integers(0, 40).map(lambda n: n / 4), min_size=2, max_size=2),
            min_size=members,
            max_size=members,
        ),
        min_size=1,
        max_size=5,
    )
)


@given(games)
@settings(deadline=None)
def test_exact_is_what_every_order_says(hours):
    game = demand(hours, size=(1, 4), price=(3, 1))

    assert exact(game) == pytest.approx(by_brute_force(game))
    assert sum(exact(game)) == pytest.approx(game.peak(range(game.members)))


@given(games)
@settings(deadline=None)
def test_who_needs_nothing_pays_nothing_and_twins_pay_alike(hours):
    twins = [[*members, members[0], [0, 0]] for members in hours]
    shares = exact(demand(twins, size=(1, 4), price=(3, 1)))

    assert shares[-1] == 0
    assert shares[-2] == pytest.approx(shares[0])


@given(games)
@settings(deadline=None, max_examples=25)
def test_the_parts_of_drawn_orders_sum_to_the_peak_and_null_players_get_0(hours):
    game = demand([[*members, [0, 0]] for members in hours], size=(1, 4), price=(3, 1))
    drawn = sampled(game, permutations=20, seed=1)

    assert sum(drawn.value) == pytest.approx(game.peak(range(game.members)))
    assert (drawn.value[-1], drawn.error[-1]) == (0, 0)


def many(members: int) -> Demand:
    return demand(np.random.default_rng(7).integers(0, 20, (24, members)) / 2)


def test_two_thousand_orders_come_within_their_error():
    game = many(EXACT)
    drawn, right = sampled(game, 2000, seed=5), exact(game)

    assert drawn.permutations == 2000
    for value, error, truth in zip(drawn.value, drawn.error, right, strict=True):
        assert 0 < error < 0.1 * truth
        assert abs(value - truth) < 4 * error


def test_eleven_are_drawn_ten_are_exact_and_the_seed_repeats():
    assert shapley(many(EXACT)).permutations is None
    first, again, other = (shapley(many(EXACT + 1), permutations=50, seed=s) for s in (1, 1, 2))

    assert first == again
    assert first.value != other.value
    assert shapley(many(EXACT + 1)).permutations == 2000


def test_one_order_has_no_error():
    with pytest.raises(ValueError, match="2 permutations"):
        sampled(many(3), 1, seed=1)


CENT = Decimal("0.01")


def test_a_dollar_in_three_leaves_the_remainder_with_the_last():
    parts = split(Decimal(1), [1, 1, 1])

    assert parts == [Decimal("0.333333333333"), Decimal("0.333333333334"), Decimal("0.333333333333")]
    assert sum(parts) == 1


@given(
    st.decimals(0, 10**9, places=12, allow_nan=False),
    st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=12),
)
def test_a_split_sums_to_the_last_digit(total, weights):
    parts = split(total, weights)
    if not any(weights):
        assert parts is None
        return
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert float(part) == pytest.approx(
            float(total) * weight / sum(weights), abs=1e-6 + 1e-12 * float(total)
        )
        assert part == 0 or weight > 0


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="negative"):
        split(Decimal(1), [1, -1])
