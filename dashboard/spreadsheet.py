"""A table as CSV or as a workbook: what a download button hands out."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import xlsxwriter

from dashboard import cells
from dashboard import format as fmt

# What a spreadsheet takes for a formula at the start of a cell, in either width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST_ROWS = 1_048_575  # of a sheet, beside its header
MANY = 20_000  # rows from which a row is let go as soon as it is written: a workbook in memory costs 20 times its table
SAMPLE = 200  # rows that a column's width is judged by
ABOUT = "About this table"
NAMED = {"dollar": cells.money_pattern("USD"), "euro": cells.money_pattern("EUR"), "percent": "0.0%"}
TIMES = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss"}
WORDS = "Empty = unknown, never 0. Times are UTC. Texts are texts: none is a formula."

Config = Mapping[str, Any]


def csv(table: pd.DataFrame) -> str:
    """The table as CSV in which no text is a formula to a spreadsheet: tags and names come from other people. Such a
    text, and such a column's name, begins with an apostrophe; numbers stay as they are.
    """
    safe = table.rename(columns=_harmless)
    for place, dtype in enumerate(table.dtypes):
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype)):
            safe.isetitem(place, [_harmless(cell) for cell in table.iloc[:, place].astype(object)])
    # the line end of RFC 4180; with "\n" alone, a text that holds "\r" would not be quoted and break its row
    return safe.to_csv(index=False, lineterminator="\r\n")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def xlsx(
    table: pd.DataFrame, columns: Mapping[str, Any], about: Sequence[str], *, name: str, most: int = MOST_ROWS
) -> bytes:
    """The table as a workbook: the columns that the page shows, under its headers, and a sheet that says what of.

    `columns` is Streamlit's column_config (None = hidden there and here). More than `most` rows go on in further
    sheets; what a cell cannot hold (over 32,767 characters, over 15 digits) is said in the last sheet.
    """
    shown = table[[column for column in table if columns.get(str(column), ...) is not None]]
    held = io.BytesIO()
    starts = range(0, max(len(shown), 1), most)
    options = cells.OPTIONS | {"constant_memory": len(shown) > MANY}
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"title": name, "created": cells.NEVER})
        for number, start in enumerate(starts, 1):
            title = cells.sheet_name(f"{name[:26]} {number}" if len(starts) > 1 else name)
            _data(book, book.add_worksheet(title), shown.iloc[start : start + most], columns)
        about_sheet = book.add_worksheet(ABOUT)
        about_sheet.set_column(0, 0, 120)
        for row, line in enumerate([*about, WORDS, *_limits(shown, len(starts), most)]):
            cells.write(about_sheet, row, 0, line)
    return held.getvalue()


def _data(book: Any, sheet: Any, rows: pd.DataFrame, columns: Mapping[str, Any]) -> None:  # noqa: ANN401 – no types
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    held = [rows.iloc[:, place].astype(object).tolist() for place in range(rows.shape[1])]
    configs = [columns.get(str(column)) for column in rows]
    looks = [book.add_format({"num_format": _pattern(c, h)}) for c, h in zip(configs, held, strict=True)]
    headers = _headers(rows, configs, held)
    sheet.freeze_panes(1, 0)
    for place, (header, of_column) in enumerate(zip(headers, held, strict=True)):
        cells.write(sheet, 0, place, header, bold)
        sheet.set_column(place, place, _width(header, of_column))
    for line, row in enumerate(zip(*held, strict=True), 1):
        for place, (value, look) in enumerate(zip(row, looks, strict=True)):
            cells.write(sheet, line, place, value, look)
    if len(rows) and headers:
        sheet.autofilter(0, 0, len(rows), len(headers) - 1)


def _headers(rows: pd.DataFrame, configs: Sequence[Config | None], held: Sequence[list[Any]]) -> list[str]:
    """The page's headers with their units. Of headers that are alike, the column's own name stands behind; moments
    with a time zone are said to be UTC."""
    labels = [str((c or {}).get("label") or name) for name, c in zip(rows, configs, strict=True)]
    often = Counter(labels)
    told = []
    for name, label, of_column in zip(rows, labels, held, strict=True):
        header = label if often[label] == 1 else f"{label} {str(name).replace('_', ' ')}"
        zoned = any(getattr(value, "tzinfo", None) is not None for value in of_column[:SAMPLE])
        told.append(f"{header} (UTC)" if zoned and "UTC" not in header else header)
    return told


def _pattern(config: Config | None, held: list[Any]) -> str:
    """Excel's number format for a column of the page."""
    kind = (config or {}).get("type_config", {})
    how = str(kind.get("format") or "")
    if how in NAMED:
        return NAMED[how]
    if how.startswith("MMM"):
        return "mmm yyyy"
    if kind.get("type") in TIMES:
        return TIMES["datetime"].removesuffix(":ss") if how.endswith("HH:mm") else TIMES[str(kind["type"])]
    if fixed := re.fullmatch(r"([^%]*)%(,?)(?:\.(\d)f|d)", how):
        sign, thousands, digits = fixed.groups()
        number = ("#,##0" if thousands else "0") + ("." + "0" * int(digits) if int(digits or 0) else "")
        return cells.signed_pattern(sign, number) if sign else number
    first = next((value for value in held if not fmt.is_unknown(value)), None)
    if isinstance(first, date):
        return TIMES["datetime"] if hasattr(first, "hour") else TIMES["date"]
    return "General"


def _width(header: str, held: list[Any]) -> int:
    longest = max([len(str(v)) for v in held[:SAMPLE] if isinstance(v, str)], default=0)
    return min(max(longest, len(header) // 2, 11) + 2, 60)


def _limits(shown: pd.DataFrame, sheets: int, most: int) -> list[str]:
    """What of the table a workbook cannot hold as it is."""
    told = []
    if sheets > 1:
        told.append(
            f"{len(shown):,} rows stand on {sheets} sheets: one sheet holds {most:,} below its header."
        )
    texts = [v for place in range(shown.shape[1]) for v in shown.iloc[:, place].astype(object)]
    if cut := sum(map(cells.too_long, texts)):
        told.append(
            f"Cells that end in “{cells.CUT}”: {cut:,}; one holds {cells.LONGEST:,} characters. The CSV has all."
        )
    if any(map(_too_exact, texts)):
        told.append(
            f"A cell holds {cells.DIGITS} digits of a number; some here have more. The CSV has all of them."
        )
    return told


def _too_exact(value: object) -> bool:
    if isinstance(value, Decimal) and value.is_finite():
        return len(value.normalize().as_tuple().digits) > cells.DIGITS
    return isinstance(value, int) and abs(value) > 2**53
