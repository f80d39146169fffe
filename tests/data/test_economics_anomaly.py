"""Days against their weekdays, by hand. Row 0 is a Monday, so rows 0, 7, 14 … are Mondays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.economics.anomaly import ENOUGH, LEAST, OF_ALL, RELATIVE, SIGMA, Z, episodes, floor, judge

MONDAYS = [100.0, 110.0, 90.0, 105.0, 95.0]  # median 100; deviations 0, 10, 10, 5, 5: median 5


def series(mondays: list[float], last: float) -> np.ndarray:
    """Weeks of 100 a day but for these Mondays, then one more Monday."""
    weeks = [week for monday in mondays for week in (monday, *[100.0] * 6)]
    return np.array([*weeks, last])[:, None]


def test_the_score_is_the_distance_in_median_absolute_deviations():
    cost = series(MONDAYS, 140.0)
    judged = judge(cost, least=1.0)

    assert judged.expected[-1, 0] == 100
    assert judged.score[-1, 0] == pytest.approx(40 / (SIGMA * 5))  # 5.40
    (found,) = episodes(cost, judged, range(35, 36))
    assert (found.first, found.last, found.cost, found.expected, found.unexpected) == (35, 35, 140, 100, 40)


@pytest.mark.parametrize(("last", "flagged"), [(125.9, False), (126.0, True), (74.1, False), (74.0, True)])
def test_three_and_a_half_deviations_are_unexpected(last, flagged):
    # 3.5 × 1.4826 × 5 = 25.95
    cost = series(MONDAYS, last)

    assert bool(episodes(cost, judge(cost, 1.0), range(35, 36))) is flagged


@pytest.mark.parametrize(("last", "flagged"), [(100.01, False), (104.9, False), (105.0, True), (95.0, True)])
def test_days_that_never_differ_divide_by_nothing_and_scream_at_no_cent(last, flagged):
    cost = series([100.0] * 5, last)
    judged = judge(cost, least=1.0)

    assert np.isfinite(judged.score[-1]).all()
    assert bool(episodes(cost, judged, range(35, 36))) is flagged  # from 5 % of 100 on


def test_a_series_that_never_cost_anything_has_an_absolute_floor():
    cost = np.zeros((36, 2))
    cost[35] = 0.99, 1.0
    judged = judge(cost, least=1.0)

    assert [found.series for found in episodes(cost, judged, range(36))] == [1]


def test_the_floor_is_a_share_of_a_median_day_of_everything():
    assert floor(np.array([[1000.0], [3000.0], [2000.0]])) == OF_ALL * 2000
    assert floor(np.array([[10.0]])) == LEAST
    assert floor(np.zeros((0, 1))) == LEAST


def test_fewer_than_four_weekdays_before_are_not_enough():
    cost = np.full((7 * ENOUGH + 1, 1), 100.0)
    judged = judge(cost, least=1.0)

    assert judged.told.tolist() == [False] * 7 * ENOUGH + [True]
    cost[7 * ENOUGH - 1] = 1e6  # unjudged, so no surprise
    assert episodes(cost, judge(cost, 1.0), range(len(cost))) == []


def test_only_the_eight_weeks_before_count():
    cost = np.full((7 * 13, 1), 100.0)
    cost[: 7 * 4] = 1000.0  # four weeks long ago
    judged = judge(cost, least=1.0)

    assert judged.expected[7 * 12, 0] == 100  # its eight Mondays are those of weeks 4 … 11
    assert judged.expected[7 * 7, 0] == 1000  # of weeks 0 … 6 four are dear


def test_a_change_of_level_is_one_episode_and_a_change_of_sign_ends_it():
    cost = np.full((50, 1), 100.0)
    cost[40:43, 0] = 150.0, 180.0, 150.0
    cost[43:45] = 50.0
    judged = judge(cost, least=1.0)

    rise, fall = episodes(cost, judged, range(50))
    assert (rise.first, rise.last, rise.unexpected, rise.peak, rise.peak_unexpected) == (40, 42, 180, 41, 80)
    assert (fall.first, fall.last, fall.unexpected) == (43, 44, -100)


def test_the_largest_amount_comes_first():
    cost = np.full((36, 3), 100.0)
    cost[35] = 150.0, 20.0, 300.0
    found = episodes(cost, judge(cost, 1.0), range(36))

    assert [(e.series, e.unexpected) for e in found] == [(2, 200), (1, -80), (0, 50)]


amounts = st.floats(0, 1e6, allow_nan=False)


@given(st.lists(amounts, min_size=29, max_size=70), st.floats(1, 1e4))
def test_what_is_unexpected_is_so_by_all_three_measures(costs, least):
    cost = np.array(costs)[:, None]
    judged = judge(cost, least)
    flagged = {day for e in episodes(cost, judged, range(len(cost))) for day in range(e.first, e.last + 1)}

    for day in range(len(cost)):
        before = [costs[day - 7 * week] for week in range(1, 9) if day >= 7 * week]
        if len(before) < 4:
            assert day not in flagged
            continue
        middle = float(np.median(before))
        spread = float(np.median([abs(value - middle) for value in before]))
        least_here = max(Z * SIGMA * spread, RELATIVE * middle, least)
        away = abs(costs[day] - middle)
        if not np.isclose(away, least_here, rtol=1e-9):
            assert (day in flagged) is (away > least_here)
