"""Billing files as nobody should write them, loaded; and what Python's own readers say that they hold."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import count
from typing import Any

from cost_store import load, rows, store_state

from data.warehouse import Warehouse
from ingest.source import SourceError

NUMBERS = count(1)
MONEY = re.compile(r"\s*-?[$€£]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s*")


def money(text: str) -> Decimal | None:
    """What an amount is, by Python's decimal: None where nobody can say."""
    if "_" in text or not text.isascii():
        return None
    try:
        number = Decimal(re.sub(r"[$,\s]", "", text) if MONEY.fullmatch(text) else text.strip())
        return number.quantize(Decimal("1e-12"), ROUND_HALF_UP) if number.is_finite() else None
    except InvalidOperation:
        return None


def told(content: bytes, column: str = "billedcost") -> tuple[int, Counter[Decimal | None]] | None:
    """Records of a CSV, and how often each amount stands in it, by Python's csv; None where it cannot read it.

    column: squashed, as headers of any spelling are compared.
    """
    try:
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8-sig")
        header, *lines = (row for row in csv.reader(io.StringIO(text, newline="")) if row)
    except (ValueError, EOFError, OSError, zlib.error, csv.Error):
        return None
    places = [place for place, name in enumerate(header) if re.sub("[^a-z0-9.]", "", name.lower()) == column]
    if not places:
        return None
    return len(lines), Counter(money(row[places[0]]) if len(row) > places[0] else None for row in lines)


def load_hostile(
    wh: Warehouse, source: Callable[[str], Any], content: bytes, name: str
) -> tuple[Counter[Decimal], int] | None:
    """Loads it; (stored amounts, refused lines), or None where it was an error in words that changed nothing."""
    number = next(NUMBERS)
    path = wh.home.parent / f"{number}" / name
    path.parent.mkdir()
    path.write_bytes(content)
    before = store_state(wh)
    try:
        (result,) = load(wh, source(str(path)), f"s{number}")
    except SourceError:
        assert store_state(wh) == before
        return None
    stored = rows(wh, "SELECT billed_cost FROM cost", f"s{number}") if result.rows else []
    wh.con.execute("DELETE FROM invoice_total")  # so that the next one is no second source of the same bill
    path.unlink()
    return Counter(cost for (cost,) in stored), result.rejected
