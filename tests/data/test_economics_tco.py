"""Total cost of ownership by hand."""

from __future__ import annotations

import pytest

from data.economics.effects import EFFECTS, throughput_from_cost
from data.economics.tco import Ownership, breakeven_months

OWN = Ownership(initial=300_000, annual_operation=60_000, lifespan=4, disposal=-20_000)
RENT = Ownership(initial=0, annual_operation=360_000, lifespan=4)


def test_tco_keeps_capex_and_opex_apart():
    assert (OWN.capex, OWN.opex, OWN.total) == (280_000, 240_000, 520_000)


def test_breakeven_is_when_the_rent_saved_has_paid_the_machine():
    # 25,000 less a month against 300,000: a year.
    assert breakeven_months(OWN, RENT) == 12


def test_no_breakeven_where_owning_costs_more_each_month_or_the_machine_dies_first():
    assert breakeven_months(Ownership(100, 400_000, 4), RENT) is None
    assert breakeven_months(Ownership(10_000_000, 60_000, 4), RENT) is None
    assert breakeven_months(RENT, OWN) == 0


def test_a_cost_cut_by_half_is_throughput_doubled():
    assert throughput_from_cost(-0.5) == pytest.approx(1.0)


def test_every_published_effect_is_a_range_with_a_source():
    assert all(effect.low < effect.high and effect.source for effect in EFFECTS)
