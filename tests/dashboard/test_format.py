"""How numbers read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from dashboard import format as fmt


@pytest.mark.parametrize("unknown", [None, float("nan"), pd.NA, pd.NaT])
def test_unknown_is_a_dash_in_every_format(unknown):
    for write in (
        fmt.money,
        fmt.short_money,
        fmt.unit_cost,
        fmt.percent,
        fmt.count,
        fmt.short_count,
        fmt.points,
    ):
        assert write(unknown) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "$0.00"),
        (1234.5, "$1,234.50"),
        (-75, "−$75.00"),
        (Decimal("0.004"), "$0.00"),
        (Decimal("-0.004"), "$0.00"),
        (1e9, "$1,000,000,000.00"),
    ],
)
def test_money_is_written_to_the_cent(value, text):
    assert fmt.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "$0.00"),
        (99.5, "$99.50"),
        (987.4, "$987"),
        (9999, "$9,999"),
        (9999.7, "$10.0k"),
        (12_345, "$12.3k"),
        (999_499, "$999k"),
        (999_600, "$1.00M"),
        (4_560_000, "$4.56M"),
        (-12_345, "−$12.3k"),
    ],
)
def test_short_money_keeps_three_digits(value, text):
    assert fmt.short_money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "$0"),
        (0.0005, "$0.000500"),
        (0.012532, "$0.0125"),
        (0.0009996, "$0.00100"),
        (9.996, "$10.0"),
        (43.328, "$43.3"),
        (20_000, "$20,000"),
    ],
)
def test_unit_costs_have_three_significant_digits(value, text):
    assert fmt.unit_cost(value) == text


def test_a_rise_can_carry_its_sign():
    assert fmt.short_money(3840, plus=True) == "+$3,840"
    assert fmt.percent(0.381, plus=True) == "+38.1 %"
    assert fmt.percent(-0.276, plus=True) == "−27.6 %"
    assert fmt.percent(-0.0001) == "0.0 %"
    assert fmt.points(-0.0591) == "−5.9 pp"


def test_other_currencies_keep_their_own_sign():
    assert fmt.money(5, "EUR") == "€5.00"
    assert fmt.money(5, "CHF") == "CHF 5.00"


def test_a_change_needs_something_before():
    assert fmt.change(12, 10) == pytest.approx(0.2)
    assert fmt.change(12, 0) is None
    assert fmt.change(12, None) is None
    assert fmt.change(float("nan"), 3) is None


def test_periods_name_inclusive_days():
    assert fmt.period(date(2026, 10, 2), date(2026, 11, 1)) == "Oct 2 – Oct 31, 2026"
    assert fmt.period(date(2026, 10, 7), date(2026, 10, 8)) == "Oct 7, 2026"
    assert fmt.period(date(2025, 12, 30), date(2026, 1, 3)) == "Dec 30, 2025 – Jan 2, 2026"


def test_a_day_is_on_and_a_period_in():
    assert fmt.within(date(2026, 10, 31), date(2026, 11, 1)) == "on Oct 31, 2026"
    assert fmt.within(date(2026, 10, 2), date(2026, 11, 1)) == "in Oct 2 – Oct 31, 2026"


def test_a_long_id_keeps_both_ends():
    short = fmt.shorten("arn:aws:savingsplans::100000000001:savingsplan/sp-1", 20)
    assert len(short) == 20
    assert short.startswith("arn:aws")
    assert short.endswith("sp-1")
    assert fmt.shorten("short") == "short"
