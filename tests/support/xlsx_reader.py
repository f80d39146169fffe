"""A workbook as a spreadsheet reads it: by sheet, rows of plain values, with what stands in their number formats."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(content: bytes) -> dict[str, list[list]]:
    """Sheet → rows; a cell is text, float, bool or None (empty). Raises on malformed XML and on a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            ElementTree.fromstring(book.read(name))
        texts = []
        if "xl/sharedStrings.xml" in book.namelist():
            told = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            texts = ["".join(t.text or "" for t in item.iter(f"{MAIN}t")) for item in told]
        names = [
            sheet.get("name")
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        return {
            name: _rows(ElementTree.fromstring(book.read(f"xl/worksheets/sheet{place}.xml")), texts)
            for place, name in enumerate(names, 1)
        }


def _rows(sheet, texts):
    assert not list(sheet.iter(f"{MAIN}f"))
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        while len(rows) < int(row.get("r")) - 1:  # a row without one known value
            rows.append([])
        held = {_column(cell.get("r")): _value(cell, texts) for cell in row}
        rows.append([held.get(place) for place in range(max(held, default=-1) + 1)])
    return rows


def _column(name):
    place = 0
    for letter in name.rstrip("0123456789"):
        place = place * 26 + ord(letter) - 64
    return place - 1


def _value(cell, texts):
    kind, value = cell.get("t"), cell.find(f"{MAIN}v")
    if kind == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
    if value is None:
        return None
    return texts[int(value.text)] if kind == "s" else value.text == "1" if kind == "b" else float(value.text)
