"""The pack as a workbook: a sheet per part, numbers as numbers, and text that stays text."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from dashboard import cells
from dashboard import format as fmt
from dashboard.report.pack import Pack
from dashboard.report.sections import Kind, Table, answers, scope, sections, title
from dashboard.report.text import again

FORMATS: dict[Kind, str] = {"percent": "0.0%", "count": "#,##0"}


def workbook(pack: Pack) -> bytes:
    """An .xlsx file. No cell is ever read as a formula."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, cells.OPTIONS) as book:
        book.set_properties({"title": title(pack), "created": cells.NEVER})
        summary = book.add_worksheet("Summary")
        summary.set_column(0, 0, 120)
        for row, line in enumerate([title(pack), scope(pack), "", *answers(pack), "", again(pack)]):
            cells.write(summary, row, 0, line)
        for part in sections(pack):
            if part.table:
                _sheet(book, cells.sheet_name(part.title.split(":")[0]), part.table, pack.filters.currency)
    return held.getvalue()


def _sheet(book: Any, name: str, table: Table, currency: str) -> None:  # noqa: ANN401 – xlsxwriter has no types
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = {c.kind: book.add_format({"num_format": _pattern(c.kind, currency)}) for c in table.columns}
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        unit = f" ({currency})" if column.kind in ("money", "unit cost") else ""
        cells.write(sheet, 0, place, column.label + unit, bold)
        sheet.set_column(place, place, 34 if place == 0 else 18)
    for line, row in enumerate(table.rows, 1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            told = fmt.UNKNOWN if cell is None else str(cell) if column.kind in ("text", "date") else cell
            cells.write(sheet, line, place, told, formats[column.kind])


def _pattern(kind: Kind, currency: str) -> str:
    if kind == "money":
        return cells.money_pattern(currency)
    if kind == "unit cost":
        return cells.money_pattern(currency, "0.000000")
    return FORMATS.get(kind, "General")
