"""price ÷ (utilisation × throughput), taken apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.economics.identity import Factors, explain

positive = st.floats(0.001, 1000)
factors = st.builds(Factors, positive, st.floats(0.001, 1), positive)


def test_a_utilisation_drop_alone_explains_the_whole_rise():
    before = Factors(price=4, utilisation=0.725, throughput=500)
    parts = explain(before, replace(before, utilisation=0.725 / 1.381))

    assert parts.change / before.unit_cost == pytest.approx(0.381)
    assert parts.utilisation == pytest.approx(parts.change)
    assert parts.price == 0
    assert parts.throughput == 0


@given(factors, factors)
def test_the_parts_sum_to_the_change(before, now):
    assert explain(before, now).change == pytest.approx(
        now.unit_cost - before.unit_cost, rel=1e-6, abs=1e-9 * max(now.unit_cost, before.unit_cost)
    )


@given(factors, factors)
def test_each_part_has_its_factors_direction(before, now):
    parts = explain(before, now)
    assert (parts.price > 0) == (now.price > before.price)
    assert (parts.utilisation < 0) == (now.utilisation > before.utilisation)
    assert (parts.throughput < 0) == (now.throughput > before.throughput)


def test_a_factor_of_zero_cannot_be_taken_apart():
    with pytest.raises(ValueError, match="not positive"):
        explain(Factors(4, 0, 500), Factors(4, 0.5, 500))
