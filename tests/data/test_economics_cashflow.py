"""Cash flows against sums made by hand, and against what must hold for any of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data.economics.cashflow import discounted_payback, irr, monthly_rate, npv, payback, sign_changes

amounts = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 2))
flows = st.lists(amounts, min_size=2, max_size=60)


def test_payback_is_linear_within_the_month():
    # 1,000 out; 300 a month: after 3 months -100 remain, a third of the fourth month's 300.
    assert payback([-1000, 300, 300, 300, 300]) == pytest.approx(3 + 1 / 3)


def test_payback_at_the_very_end_of_a_month():
    assert payback([-1200, *[100] * 12]) == 12


def test_payback_of_dimes_is_not_missed_by_a_binary_hair():
    assert payback([-0.3, 0.1, 0.1, 0.1]) == pytest.approx(3)


def test_payback_is_never_when_savings_stop_short():
    assert payback([-1000, 100, 100]) is None


def test_payback_takes_the_first_month_even_when_a_later_one_falls_back():
    assert payback([-100, 200, -500, 1000]) == pytest.approx(0.5)


def test_nothing_spent_is_paid_back_at_once():
    assert payback([0, 5, 5]) == 0


def test_npv_by_hand():
    # 12 % a year; 112 at the end of month 12 is 100 today.
    assert npv([-100, *[0] * 11, 112], 0.12) == pytest.approx(0, abs=1e-9)
    assert (1 + monthly_rate(0.12)) ** 12 == pytest.approx(1.12)


def test_discounting_delays_payback():
    year = [-1000, *[100] * 24]
    assert payback(year) == 10
    # At 1 % a month: 1000 = 100 · (1 - 1.01^-n) / 0.01 → 1.01^-n = 0.9 → n = 10.589; linear within month 11.
    paid_after_10 = 100 * (1 - 1.01**-10) / 0.01
    by_hand = 10 + (1000 - paid_after_10) / (100 / 1.01**11)
    assert discounted_payback(year, 1.01**12 - 1) == pytest.approx(by_hand)


def test_irr_by_hand():
    assert irr([-100, *[0] * 11, 125]).rate == pytest.approx(0.25)
    # 10 % a month on an endless-looking loan: -100, then 10 for 11 months, then 110.
    assert irr([-100, *[10] * 11, 110]).rate == pytest.approx(1.1**12 - 1)


def test_irr_needs_exactly_one_change_of_sign():
    never = irr([100, 10, 10])
    assert (never.rate, never.reason) == (None, "the cash flow never changes sign, so no rate brings it to 0")
    # The classic with two roots, 10 % and 20 % a period.
    twice = irr([-100, 230, -132])
    assert twice.rate is None
    assert "changes sign 2 times" in str(twice.reason)


def test_irr_of_nearly_total_loss_and_of_next_to_no_outlay_says_why():
    assert "lost" in str(irr([-1e9, 0.01]).reason)
    assert "tiny" in str(irr([-0.01, 1e6]).reason)


def test_zeros_are_no_change_of_sign():
    assert sign_changes([-1, 0, 0, 1, 0]) == 1


@given(flows)
def test_npv_at_rate_0_is_the_plain_sum(values):
    assert npv(values, 0.0) == pytest.approx(math.fsum(values), abs=1e-6)


@given(flows)
def test_payback_exists_exactly_when_a_running_total_reaches_0(values):
    cents = [round(v * 100) for v in values]
    totals = [sum(cents[: i + 1]) for i in range(len(cents))]
    months = payback(values)
    assert (months is not None) == any(total >= 0 for total in totals)
    if months is not None:
        assert math.ceil(round(months, 9)) == next(i for i, total in enumerate(totals) if total >= 0)


@given(st.floats(1, 1e6), st.lists(st.floats(0, 1e5), min_size=1, max_size=60))
def test_npv_at_the_irr_is_0(outlay, returns):
    assume(sum(returns) > 0)
    rate = irr([-outlay, *returns]).rate
    assume(rate is not None)
    assert npv([-outlay, *returns], rate) == pytest.approx(0, abs=1e-6 * (outlay + sum(returns)))


@given(flows, st.floats(0.01, 1e3))
def test_payback_does_not_depend_on_the_currency(values, factor):
    months = payback(values)
    scaled = payback([v * factor for v in values])
    assert (months is None) == (scaled is None)
    if months is not None:
        assert scaled == pytest.approx(months, abs=1e-6)
