"""Cells of a workbook: numbers as numbers, days as days, text as text and never a formula, nothing where unknown."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any

from dashboard import format as fmt

# xlsxwriter's own guesses are off as well: what each cell is, is said here
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
NEVER = datetime(2000, 1, 1)  # a workbook's own date of making: the same content gives the same bytes
LONGEST = 32_767  # UTF-16 units of a cell
DIGITS = 15  # of a number
CUT = "… (cut)"
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets disagree about the calendar
# XML holds no control characters, half characters or non-characters
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def text(told: str) -> str:
    """As a cell can hold it: what is no text becomes U+FFFD, what is too long ends in "… (cut)"."""
    clean = _NOT_XML.sub("\ufffd", told)
    if too_long(clean):
        clean = clean.encode("utf-16-le")[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT
    # xlsxwriter takes exactly this for its own markup and would not escape it
    return f"{clean} " if clean.startswith("<r>") and clean.endswith("</r>") else clean


def too_long(told: object) -> bool:
    """Whether a cell cannot hold all of a text."""
    return (
        isinstance(told, str)
        and len(told) > LONGEST // 2
        and len(told.encode("utf-16-le", "replace")) > 2 * LONGEST
    )


def write(sheet: Any, row: int, column: int, value: object, look: Any = None) -> None:  # noqa: ANN401 – no types
    """One value into xlsxwriter's `sheet`. Unknown (None, NaN, NaT) is an empty cell; a moment with a time zone is told
    in UTC; what is neither number, day nor text is told in words.
    """
    if fmt.is_unknown(value) or (isinstance(value, Decimal) and value.is_nan()):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, date):
        _write_date(sheet, row, column, value, look)
    elif isinstance(value, (Real, Decimal)):
        _write_number(sheet, row, column, value, look)
    else:
        sheet.write_string(row, column, text(str(value)), look)


def _write_number(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:  # noqa: ANN401
    """NaN is unknown; infinity, and what is that to a spreadsheet, is told in words."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    if math.isinf(number):
        sheet.write_string(row, column, "infinite" if number > 0 else "−infinite")
    elif not math.isnan(number):
        sheet.write_number(row, column, number, look)


def _write_date(sheet: Any, row: int, column: int, value: date, look: Any) -> None:  # noqa: ANN401
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    day = value.date() if isinstance(value, datetime) else value
    if day < _FIRST_DAY:
        sheet.write_string(row, column, value.isoformat())
    else:
        sheet.write_datetime(row, column, value, look)


def money_pattern(currency: str, digits: str = "#,##0.00") -> str:
    """A number format with the currency's sign before the digits."""
    return signed_pattern(fmt.symbol(currency), digits)


def signed_pattern(sign: str, digits: str) -> str:
    """The same of any sign."""
    quoted = f'"{sign.replace(chr(34), "")}"{digits}'
    return f"{quoted};-{quoted}"


def sheet_name(heading: str) -> str:
    """A sheet's name: at most 31 characters, none of []:*?/ and backslash, no apostrophe at an end."""
    return re.sub(r"[\[\]:*?/\\]", " ", heading)[:31].strip("'") or "Sheet"
