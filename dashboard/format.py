"""How numbers read: one spelling per kind. Unknown is "–", never 0."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from decimal import Decimal

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#~:$|&^])")
UNKNOWN = "–"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def is_unknown(value: object) -> bool:
    """True for None, NaN and pandas' NA: everything that SQL's NULL turns into."""
    if value is None or value.__class__.__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)


def symbol(currency: str) -> str:
    """The sign before an amount; currencies without one are written out."""
    return _SYMBOLS.get(currency, f"{currency} ")


def _signed(value: float | Decimal, text: str, plus: bool) -> str:
    sign = "−" if value < 0 else "+" if plus and value > 0 else ""
    return sign + text


def money(value: float | Decimal | None, currency: str = "USD", *, plus: bool = False) -> str:
    """A total to the cent with thousands: $1,234.50. `plus` marks a rise."""
    if is_unknown(value):
        return UNKNOWN
    assert value is not None
    cents = round(abs(Decimal(value)), 2)
    return _signed(value if cents else 0, f"{symbol(currency)}{cents:,.2f}", plus)


def short_money(value: float | Decimal | None, currency: str = "USD", *, plus: bool = False) -> str:
    """An amount for cards and sentences: $987, $12.3k, $4.56M; below 100 to the cent."""
    if is_unknown(value):
        return UNKNOWN
    assert value is not None
    size = abs(float(value))
    for limit, divisor, suffix in ((999_500, 1e6, "M"), (9_999.5, 1e3, "k")):
        if size >= limit:
            return _signed(value, f"{symbol(currency)}{_significant(size / divisor, 3)}{suffix}", plus)
    text = f"{size:,.0f}" if size >= 100 else f"{size:.2f}"
    return _signed(value if float(text.replace(",", "")) else 0, f"{symbol(currency)}{text}", plus)


def _significant(size: float, digits: int) -> str:
    """Plain decimals (no exponent) with that many significant digits, trailing zeros kept: they are
    precision.
    """
    if size == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(size))
    rounded = round(size, places)
    places = digits - 1 - math.floor(math.log10(rounded))  # 9.996 became 10.0
    return f"{rounded:,.{max(places, 0)}f}"


def unit_cost(value: float | None, currency: str = "USD", *, plus: bool = False) -> str:
    """A cost per inference, per 1k or per 1M tokens: three significant digits, $0.00312."""
    if is_unknown(value):
        return UNKNOWN
    assert value is not None
    return _signed(value, f"{symbol(currency)}{_significant(abs(value), 3)}", plus)


def percent(value: float | None, *, digits: int = 1, plus: bool = False) -> str:
    """A ratio 0..1 as percent: 0.724 → 72.4 %."""
    if is_unknown(value):
        return UNKNOWN
    assert value is not None
    text = f"{abs(value) * 100:,.{digits}f}"
    return _signed(value if float(text.replace(",", "")) else 0, f"{text} %", plus)


def count(value: float | None) -> str:
    """A whole number with thousands: 1,234,567."""
    return UNKNOWN if is_unknown(value) else f"{value:,.0f}"


def short_count(value: float | None) -> str:
    """A large number for a card: 1.23M, 45.6k; below 10,000 in full."""
    if is_unknown(value):
        return UNKNOWN
    assert value is not None
    for limit, divisor, suffix in ((999.5e6, 1e9, "B"), (999_500, 1e6, "M"), (9_999.5, 1e3, "k")):
        if abs(value) >= limit:
            return _signed(value, f"{_significant(abs(value) / divisor, 3)}{suffix}", False)
    return f"{value:,.0f}"


def change(now: float | Decimal | None, before: float | Decimal | None) -> float | None:
    """Relative change now ÷ before − 1; None where either is unknown or there was nothing before."""
    if is_unknown(now) or is_unknown(before) or not before:
        return None
    return float(now) / float(before) - 1  # type: ignore[arg-type]


def relative_change(now: float | Decimal | None, before: float | Decimal | None) -> str | None:
    """ "+12.0 %" for a card; None where there is nothing to compare with."""
    relative = change(now, before)
    return None if relative is None else percent(relative, plus=True)


def money_change(now: float | Decimal | None, before: float | Decimal | None, currency: str) -> str | None:
    """ "+$1,200 (+12.0 %)" for a card; None where there is nothing to compare with."""
    relative = change(now, before)
    if relative is None or now is None or before is None:
        return None
    return f"{short_money(float(now) - float(before), currency, plus=True)} ({percent(relative, plus=True)})"


def difference(now: float | Decimal | None, before: float | Decimal | None, currency: str) -> str:
    """What stands behind a card's percentage: "+$13.8k"."""
    if is_unknown(now) or is_unknown(before) or now is None or before is None:
        return "vs. previous"
    return short_money(float(now) - float(before), currency, plus=True)


def points(difference: float | None) -> str:
    """A difference of two percentages in percentage points: "+3.2 pp"."""
    if is_unknown(difference):
        return UNKNOWN
    assert difference is not None
    return _signed(difference if round(abs(difference), 3) else 0, f"{abs(difference) * 100:.1f} pp", True)


def points_change(now: float | None, before: float | None) -> str | None:
    """ "+3.2 pp" for a card; None where there is nothing to compare with."""
    if is_unknown(now) or is_unknown(before) or now is None or before is None:
        return None
    return points(now - before)


def day(value: date) -> str:
    """Oct 7."""
    return f"{value:%b} {value.day}"


def days(number: int) -> str:
    """1 day, 30 days."""
    return "1 day" if number == 1 else f"{number:,} days"


def period(start: date, end: date) -> str:
    """The inclusive days of [start, end): Oct 2 – Oct 31, 2026."""
    last = end - timedelta(days=1)
    if start == last:
        return f"{day(last)}, {last.year}"
    first = day(start) if start.year == last.year else f"{day(start)}, {start.year}"
    return f"{first} – {day(last)}, {last.year}"


def within(start: date, end: date) -> str:
    """The period as a sentence says it: on Oct 31, 2026; in Oct 2 – Oct 31, 2026."""
    return f"{'on' if end - start == timedelta(days=1) else 'in'} {period(start, end)}"


def shorten(name: str, length: int = 28) -> str:
    """A long id for an axis: head and tail stay, since ids differ at their ends."""
    if len(name) <= length:
        return name
    head = (length - 1) * 2 // 3
    return f"{name[:head]}…{name[-(length - 1 - head) :]}"


def plain(text: str) -> str:
    """What a person wrote, so that Markdown, colours, icons and formulas in it read as they stand; on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
