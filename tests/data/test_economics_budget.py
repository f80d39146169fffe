"""A month of 30 days against its budget, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.economics.budget import Blame, blame, burn, unit_alarm


def test_ten_days_of_100_pass_a_budget_of_2500_on_the_26th():
    state = burn(2500, [100.0] * 10, 30, final=10)

    assert (state.spent, state.rate, state.month_end, state.used) == (1000, 100, 3000, 0.4)
    assert state.over_on == 26  # after the 25th it is used up, not passed
    assert not state.is_over


def test_a_budget_that_is_met_to_the_cent_is_not_passed():
    assert burn(3000, [100.0] * 10, 30, final=10).over_on is None
    assert burn(1000, [100.0] * 10, 10, final=10).over_on is None


def test_provisional_days_count_as_billed_and_make_no_rate():
    state = burn(2500, [100.0] * 8 + [10.0, 10.0], 30, final=8)

    assert (state.spent, state.rate, state.month_end) == (820, 100, 820 + 20 * 100)
    assert state.over_on == 27  # 820 + 17 × 100 = 2,520


def test_days_before_all_data_make_no_rate():
    assert burn(2500, [0.0] * 5 + [100.0] * 5, 30, final=10, unknown=5).rate == 100


def test_only_provisional_days_are_better_than_none():
    assert burn(2500, [100.0, 50.0], 30, final=0).rate == 75
    assert burn(2500, [0.0, 0.0], 30, final=2, unknown=2).rate is None


def test_a_passed_budget_says_since_when():
    assert burn(450, [100.0] * 10, 30, final=10).over_on == 5
    assert burn(50, [100.0] * 10, 30, final=10).over_on == 1


def test_a_credit_that_brings_the_month_back_under_counts():
    state = burn(250, [100.0, 100.0, 100.0, -80.0, 10.0, 100.0], 6, final=6)

    assert state.over_on == 6  # 300 on the third day, 220, 230, then 330


def test_what_costs_nothing_passes_nothing():
    assert burn(100, [0.0] * 5, 30, final=5).over_on is None


@pytest.mark.parametrize("nearly_nothing", [5e-324, 2.2250738585072014e-308, 1e-300])
def test_what_costs_nearly_nothing_passes_nothing(nearly_nothing):
    assert burn(4.0, [nearly_nothing], 30, final=1).over_on is None


@pytest.mark.parametrize("budget", [0, -1, float("nan")])
def test_a_budget_is_above_0(budget):
    with pytest.raises(ValueError, match="above 0"):
        burn(budget, [1.0], 30, final=1)


@given(
    st.floats(1, 1e6),
    st.lists(st.floats(0, 1e5, allow_subnormal=False), min_size=1, max_size=30),
    st.integers(0, 30),
)
def test_the_day_it_is_passed_is_the_first_that_day_by_day_counting_finds(budget, by_day, final):
    state = burn(budget, by_day, 30, final=final)
    assert state.rate is not None
    total, passed = 0.0, None
    for day in range(1, 31):
        total += by_day[day - 1] if day <= len(by_day) else state.rate
        if total > budget * (1 + 1e-9):
            passed = day
            break
    if passed != state.over_on:  # within rounding of the budget
        near = state.over_on or passed
        assert near is not None
        reached = sum((by_day + [state.rate] * 30)[:near])
        before = sum((by_day + [state.rate] * 30)[: near - 1])
        assert min(abs(reached - budget), abs(before - budget)) < 1e-6 * budget


CAUSES = {
    "volume": 50.0, "new models": 20.0, "gone models": -5.0, "utilisation": 30.0, "price": -4.0,
    "tokens per request": 1.0, "efficiency": 2.0, "version mix": 3.0, "cost without traffic": 7.0,
    "not taken apart": 6.0, "tax": 11.0, "shared": -1.0,
}  # fmt: skip


def test_growth_is_volume_and_what_models_came_or_went():
    told = blame(CAUSES)

    assert told == Blame(growth=65, inefficiency=45, other=10)
    assert told.growth + told.inefficiency + told.other == sum(CAUSES.values())


@pytest.mark.parametrize(
    ("cost", "causes", "alarm"),
    [
        (12.0, None, True),
        (9.0, None, False),
        (12.0, {"volume": 3.0, "utilisation": 1.0}, False),  # 9 without the mix of models
        (12.0, {"volume": 1.0, "utilisation": 3.0}, True),
        (9.0, {"volume": -5.0, "utilisation": 4.0}, False),  # under its budget, whatever the mix hides
        (10.0, {"utilisation": 4.0}, False),
    ],
)
def test_only_inefficiency_raises_the_alarm_of_a_unit_cost(cost, causes, alarm):
    assert unit_alarm(cost, 10.0, causes) is alarm
