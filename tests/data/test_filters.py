"""Periods and the comparison that belongs to each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.filters import PRESETS, Filters, is_calendar, preset_period

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


@pytest.mark.parametrize(
    ("start", "end", "before_start", "before_end"),
    [
        (date(2026, 10, 1), date(2026, 11, 1), date(2026, 9, 1), date(2026, 10, 1)),  # 31 days against 30
        (date(2026, 3, 1), date(2026, 4, 1), date(2026, 2, 1), date(2026, 3, 1)),  # 31 days against 28
        (date(2026, 2, 1), date(2026, 3, 1), date(2026, 1, 1), date(2026, 2, 1)),  # 28 days against 31
        (
            date(2027, 1, 1),
            date(2027, 1, 11),
            date(2026, 12, 1),
            date(2026, 12, 11),
        ),  # partial: the same days
        (date(2026, 10, 1), date(2026, 10, 31), date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 3, 1), date(2026, 3, 31), date(2026, 2, 1), date(2026, 3, 1)),  # February has no 29th
    ],
)
def test_a_month_is_compared_with_the_month_before(start, end, before_start, before_end):
    before = Filters(start, end, calendar=True).previous()

    assert (before.start, before.end) == (before_start, before_end)


@given(st.sampled_from(["mtd", "last-month"]), st.dates(date(2000, 3, 1), date(2090, 1, 1)))
def test_the_month_before_starts_with_a_month_and_never_overlaps(preset, last_day):
    start, end = preset_period(preset, last_day)
    before = Filters(start, end, calendar=is_calendar(preset, start, end)).previous()

    assert before.start.day == 1
    assert before.start < before.end <= start
    assert (start - before.start).days in (28, 29, 30, 31)


def test_what_is_charged_once_a_month_is_in_either_month_once():
    # tax on each month's last day: a window of 31 days before October holds that of August, too
    taxed = [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    october = Filters(date(2026, 10, 1), date(2026, 11, 1), calendar=True)

    for period in (october, october.previous()):
        assert sum(period.start <= day < period.end for day in taxed) == 1


@pytest.mark.parametrize(
    ("preset", "start", "end", "calendar"),
    [
        ("custom", date(2026, 9, 1), date(2026, 10, 1), True),
        ("custom", date(2026, 9, 1), date(2026, 9, 30), False),
        ("custom", date(2026, 9, 1), date(2026, 11, 1), False),
        ("30d", date(2026, 9, 1), date(2026, 10, 1), False),  # always as long as what it is compared with
        ("mtd", date(2026, 9, 1), date(2026, 9, 2), True),
    ],
)
def test_which_periods_are_months(preset, start, end, calendar):
    assert is_calendar(preset, start, end) is calendar


@pytest.mark.parametrize(
    ("start", "end", "compare", "before_start", "before_end"),
    [
        (date(2026, 10, 5), date(2026, 10, 12), "last-month", date(2026, 9, 5), date(2026, 9, 12)),
        (date(2026, 10, 1), date(2026, 11, 1), "last-month", date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 3, 30), date(2026, 4, 1), "last-month", date(2026, 2, 28), date(2026, 3, 2)),
        (date(2026, 2, 1), date(2026, 3, 1), "last-year", date(2025, 2, 1), date(2025, 3, 1)),
        (
            date(2024, 2, 1),
            date(2024, 3, 1),
            "last-year",
            date(2023, 2, 1),
            date(2023, 3, 1),
        ),  # 29 days against 28
        (date(2024, 2, 29), date(2024, 3, 1), "last-year", date(2023, 2, 28), date(2023, 3, 1)),
        (date(2026, 1, 3), date(2026, 1, 5), "last-month", date(2025, 12, 3), date(2025, 12, 5)),
    ],
)
def test_the_same_days_of_an_earlier_month(start, end, compare, before_start, before_end):
    before = Filters(start, end, compare=compare).previous()

    assert (before.start, before.end) == (before_start, before_end)


def test_any_days_can_be_compared_with_and_nothing_else_changes():
    asked = Filters(date(2026, 10, 1), date(2026, 11, 1), teams=("docs",), calendar=True, compare="custom")
    days = (date(2026, 8, 7), date(2026, 8, 9))

    assert replace(asked, compared=days).previous() == replace(
        asked, compared=days, start=days[0], end=days[1]
    )
