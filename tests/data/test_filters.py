"""Periods and the comparison that belongs to each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.filters import PRESETS, Filters, preset_period

LAST = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("7d", date(2026, 10, 25), date(2026, 11, 1)),
        ("30d", date(2026, 10, 2), date(2026, 11, 1)),
        ("90d", date(2026, 8, 3), date(2026, 11, 1)),
        ("mtd", date(2026, 10, 1), date(2026, 11, 1)),
        ("last-month", date(2026, 9, 1), date(2026, 10, 1)),
        ("nonsense", date(2026, 10, 2), date(2026, 11, 1)),
    ],
)
def test_presets_end_with_the_datas_last_day(preset, start, end):
    assert preset_period(preset, LAST) == (start, end)


def test_a_custom_range_counts_its_last_day():
    assert preset_period("custom", LAST, (date(2026, 10, 7), date(2026, 10, 7))) == (
        date(2026, 10, 7),
        date(2026, 10, 8),
    )


def test_one_picked_day_is_a_range_of_one_day():
    assert preset_period("custom", LAST, (date(2026, 10, 7),)) == (date(2026, 10, 7), date(2026, 10, 8))


@pytest.mark.parametrize("impossible", [(), (date(2026, 10, 7), date(2026, 10, 1))])
def test_an_impossible_range_is_the_default(impossible):
    assert preset_period("custom", LAST, impossible) == preset_period("30d", LAST)


@given(st.sampled_from(sorted(PRESETS)), st.dates(date(2000, 3, 1), date(2090, 1, 1)))
def test_the_period_before_touches_this_one_and_is_as_long(preset, last_day):
    filters = Filters(*preset_period(preset, last_day))
    before = filters.previous()

    assert before.end == filters.start
    assert before.days == filters.days > 0
    assert filters.end <= last_day + timedelta(days=1)


def test_unexplained_follows_providers_and_accounts_only():
    period = (date(2026, 10, 1), date(2026, 11, 1))
    assert Filters(*period, providers=("AWS",), accounts=("1",)).reconcilable
    assert not Filters(*period, teams=("docs",)).reconcilable
    assert not Filters(*period, models=("chat",)).reconcilable
