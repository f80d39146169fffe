"""ROI against numbers worked out on paper, and against what must hold whatever the assumptions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.economics.roi import (
    Assumptions,
    Baseline,
    cost_per_inference,
    evaluate,
    gross_roi,
    net_gain_roi,
    opex_roi,
    roi_with_cost_subtracted_twice,
)

# 10 GPUs' worth: 7,300 held GPU-hours × $2 = $14,600 a month; 40 % busy; 1,000 requests per busy hour.
PAPER = Baseline(price=2.0, utilisation=0.4, throughput=1000.0, volume=7300 * 0.4 * 1000)


def test_published_check_of_the_three_forms():
    gains, cost = 2.5 * 40_000, 40_000
    assert net_gain_roi(gains, cost) == 1.5
    assert gross_roi(gains, cost) == 2.5
    assert roi_with_cost_subtracted_twice(gains, cost) == 0.5


def test_no_form_is_defined_where_nothing_is_spent():
    assert net_gain_roi(100, 0) is gross_roi(100, 0) is roi_with_cost_subtracted_twice(100, 0) is None
    assert opex_roi(100, 50, 0) is None


def test_opex_form_by_hand():
    # 100,000 → 60,000 a year for an implementation of 10,000 a year: (40,000 - 10,000) ÷ 10,000.
    assert opex_roi(100_000, 60_000, 10_000) == 3.0


def test_doubled_throughput_halves_the_hours():
    roi = evaluate(Assumptions(PAPER, throughput_change=1.0, engineering_days=20, day_rate=1000))
    assert roi.months[0].baseline_cost == pytest.approx(14_600)
    assert roi.months[0].optimised_cost == pytest.approx(7_300)
    assert roi.savings == pytest.approx(87_600)
    assert roi.net_gain == pytest.approx(67_600)
    assert roi.net_form == pytest.approx(3.38)
    assert roi.gross_form == pytest.approx(4.38)
    assert roi.payback == pytest.approx(20_000 / 7_300)
    assert roi.cash == pytest.approx(87_600)  # machines of one device: five of ten go
    assert roi.freed == pytest.approx(0, abs=1e-6)


def test_utilisation_target_alone():
    # 40 % → 80 % busy: half the held hours.
    roi = evaluate(Assumptions(PAPER, utilisation=0.8))
    assert roi.months[0].optimised_cost == pytest.approx(7_300)


def test_price_alone_is_all_cash():
    roi = evaluate(Assumptions(replace(PAPER, machine_devices=8), price_change=-0.3))
    assert roi.cash == pytest.approx(0.3 * 14_600 * 12)
    assert roi.freed == 0


def test_only_whole_machines_are_cash():
    # 10 GPUs of work on machines of 8: 2 machines. Halved to 5 GPUs: 1 machine. The one that goes holds 8,
    # but cash is capped at the 5 that this model pays for.
    eight = replace(PAPER, machine_devices=8)
    assert evaluate(Assumptions(eight, throughput_change=1.0)).cash == pytest.approx(87_600)
    # To 9 GPUs of work: still 2 machines, so nothing leaves the bill.
    small = evaluate(Assumptions(eight, throughput_change=10 / 9 - 1))
    assert small.cash == 0
    assert small.freed == pytest.approx(1_460 * 12)
    # And that is what the cash-only ROI counts.
    assert evaluate(Assumptions(eight, throughput_change=10 / 9 - 1, cash_only=True)).savings == 0


TWO_MACHINES = Baseline(  # 16 GPUs × 730 h × $7 = $81,760 a month, half busy
    price=7.0, utilisation=0.5, throughput=1000.0, volume=16 * 730 * 0.5 * 1000, machine_devices=8
)


@pytest.mark.parametrize("target", [0.5, 0.6, 0.9])
def test_a_lower_price_is_cash_on_every_hour_that_stays_on_the_bill(target):
    # At 90 % busy 8.9 GPUs would do, on both machines: the bill falls by 30 % of $81,760 whatever the target.
    month = evaluate(Assumptions(TWO_MACHINES, utilisation=target, price_change=-0.3, horizon=1)).months[0]
    assert month.cash == pytest.approx(24_528)
    assert month.freed == pytest.approx(81_760 * 0.7 * (1 - 0.5 / target))  # spare, at what it costs now


def test_a_machine_that_goes_is_cash_at_the_old_price_and_the_one_that_stays_by_the_difference():
    # Twice the throughput: 8 GPUs. One machine of $40,880 goes, the other falls by 30 %.
    roi = evaluate(Assumptions(TWO_MACHINES, throughput_change=1.0, price_change=-0.3, horizon=1))
    assert roi.cash == pytest.approx(40_880 + 0.3 * 40_880)
    assert roi.freed == pytest.approx(0, abs=1e-6)


def test_growth_compounds_from_the_second_month():
    roi = evaluate(Assumptions(PAPER, volume_growth=0.1, throughput_change=1.0, horizon=3))
    assert [round(m.baseline_cost, 6) for m in roi.months] == [14_600, 16_060, 17_666]


def test_recurring_cost_and_benefits():
    roi = evaluate(Assumptions(PAPER, licences=1200, upkeep=100, benefits=300, horizon=12))
    assert roi.flows == (-1200, *[200] * 12)
    assert roi.net_gain == pytest.approx(1200)
    assert roi.net_form == pytest.approx(1200 / 2400)
    assert roi.payback == pytest.approx(6)


def test_rest_of_the_cost_is_untouched_but_counted():
    resting = replace(PAPER, rest=500.0)
    roi = evaluate(Assumptions(resting, throughput_change=1.0))
    assert roi.savings == pytest.approx(87_600)
    before, after = cost_per_inference(Assumptions(resting, throughput_change=1.0))
    assert before == pytest.approx((14_600 + 500) / PAPER.volume)
    assert after == pytest.approx((7_300 + 500) / PAPER.volume)


def test_cost_per_inference_is_price_over_utilisation_and_throughput():
    before, after = cost_per_inference(
        Assumptions(PAPER, throughput_change=0.25, utilisation=0.5, price_change=-0.2)
    )
    assert before == pytest.approx(2.0 / (0.4 * 1000))
    assert after == pytest.approx(1.6 / (0.5 * 1250))


@pytest.mark.parametrize("name", ["price", "utilisation", "throughput"])
def test_a_baseline_that_measures_nothing_says_what_is_missing(name):
    with pytest.raises(ValueError, match=f"needs a {name} above 0"):
        replace(PAPER, **{name: 0.0})


@pytest.mark.parametrize(
    "wrong",
    [
        {"utilisation": 0.0},
        {"utilisation": 1.2},
        {"horizon": 0},
        {"throughput_change": -1.0},
        {"price_change": -1.1},
    ],
)
def test_impossible_assumptions_are_refused(wrong):
    with pytest.raises(ValueError, match=r"above|at least"):
        evaluate(Assumptions(PAPER, **wrong))


scenarios = st.builds(
    Assumptions,
    baseline=st.builds(
        Baseline,
        price=st.floats(0.1, 100),
        utilisation=st.floats(0.01, 1),
        throughput=st.floats(1, 1e6),
        volume=st.floats(1, 1e9),
        rest=st.floats(0, 1e5),
        machine_devices=st.sampled_from([1, 4, 8, 16]),
    ),
    throughput_change=st.floats(-0.5, 4),
    utilisation=st.none() | st.floats(0.05, 1),
    price_change=st.floats(-0.9, 0.5),
    volume_growth=st.floats(-0.1, 0.2),
    engineering_days=st.floats(0, 500),
    day_rate=st.floats(0, 3000),
    licences=st.floats(0, 1e5),
    validation=st.floats(0, 1e5),
    upkeep=st.floats(0, 1e4),
    benefits=st.floats(0, 1e4),
    horizon=st.integers(1, 60),
    discount_rate=st.floats(0, 0.5),
)


@given(scenarios)
def test_invariants_of_any_scenario(scenario):
    roi = evaluate(scenario)
    size = (
        sum(m.baseline_cost + m.optimised_cost for m in roi.months)
        + roi.one_off
        + roi.recurring
        + roi.benefits
    )
    near = pytest.approx
    assert roi.cash + roi.freed == near(roi.savings, abs=1e-9 * size)
    assert sum(roi.flows) == near(roi.net_gain, abs=1e-9 * size)
    for m in roi.months:
        at_the_old_price = m.baseline_cost + m.optimised_cost / (1 + scenario.price_change)
        assert abs(m.freed) <= at_the_old_price + 1e-9 * size
    if roi.net_form is None:
        assert roi.one_off + roi.recurring == 0
    else:
        assert roi.gross_form == near(roi.net_form + 1, abs=1e-6 + 1e-9 * abs(roi.gross_form))
        assert roi.cost_subtracted_twice == near(roi.net_form - 1, abs=1e-6 + 1e-9 * abs(roi.net_form))
        assert (roi.net_form >= 0) == (roi.net_gain >= 0)
    if roi.payback is not None:
        assert 0 <= roi.payback <= scenario.horizon
        if roi.discounted_payback is not None and roi.payback > 0:
            assert roi.discounted_payback >= roi.payback - 1e-6


@given(scenarios)
def test_no_change_saves_nothing(scenario):
    still = replace(scenario, throughput_change=0.0, utilisation=None, price_change=0.0)
    roi = evaluate(still)
    assert roi.savings == pytest.approx(0, abs=1e-9 * sum(m.baseline_cost for m in roi.months))


@given(scenarios, st.floats(0.01, 2))
def test_more_throughput_never_saves_less(scenario, more):
    better = replace(scenario, throughput_change=scenario.throughput_change + more)
    assert evaluate(better).savings >= evaluate(scenario).savings - 1e-6


@given(scenarios)
def test_cash_alone_never_counts_more_than_a_saving_is(scenario):
    roi = evaluate(replace(scenario, cash_only=True))
    for m in roi.months:
        if (
            m.savings > 0
            and scenario.price_change <= 0
            and scenario.throughput_change >= 0
            and scenario.utilisation is None
        ):
            assert m.cash <= m.savings * (1 + 1e-9)
