"""The pack as a workbook: a sheet per part, numbers as numbers, and text that stays text."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import xlsxwriter

from dashboard import format as fmt
from dashboard.report.pack import Pack
from dashboard.report.sections import Kind, Table, answers, scope, sections, title
from dashboard.report.text import again

NEVER = datetime(2000, 1, 1)  # a workbook's own date of making: the same pack gives the same bytes
FORMATS: dict[Kind, str] = {"percent": "0.0%", "count": "#,##0"}


def workbook(pack: Pack) -> bytes:
    """An .xlsx file. No cell is ever read as a formula."""
    held = io.BytesIO()
    # text of an export that begins with "=" is text
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"title": title(pack), "created": NEVER})
        summary = book.add_worksheet("Summary")
        summary.set_column(0, 0, 120)
        for row, line in enumerate([title(pack), scope(pack), "", *answers(pack), "", again(pack)]):
            summary.write_string(row, 0, line)
        for part in sections(pack):
            if part.table:
                _sheet(book, _name(part.title), part.table, pack.filters.currency)
    return held.getvalue()


def _sheet(book: Any, name: str, table: Table, currency: str) -> None:  # noqa: ANN401 – xlsxwriter has no types
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = {c.kind: book.add_format({"num_format": _pattern(c.kind, currency)}) for c in table.columns}
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        unit = f" ({currency})" if column.kind in ("money", "unit cost") else ""
        sheet.write_string(0, place, column.label + unit, bold)
        sheet.set_column(place, place, 34 if place == 0 else 18)
    for line, row in enumerate(table.rows, 1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            if cell is None:
                sheet.write_string(line, place, fmt.UNKNOWN)
            elif column.kind in ("text", "date"):
                sheet.write_string(line, place, str(cell))
            else:
                sheet.write_number(line, place, float(cell), formats[column.kind])


def _pattern(kind: Kind, currency: str) -> str:
    symbol = f'"{fmt.symbol(currency)}"'
    if kind == "money":
        return f"{symbol}#,##0.00;-{symbol}#,##0.00"
    if kind == "unit cost":
        return f"{symbol}0.000000;-{symbol}0.000000"
    return FORMATS.get(kind, "General")


def _name(heading: str) -> str:
    """A sheet's name: at most 31 characters, none of []:*?/ and backslash."""
    return re.sub(r"[\[\]:*?/\\]", " ", heading.split(":")[0])[:31]
