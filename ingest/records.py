"""How many records a CSV holds, by code that the reader does not share: what the reader silently skips is seen.

DuckDB's reader loses lines without a word where a quote is never closed in a big file, where a record is longer than
its buffer, or where its list of errors is full. Reading to the end also proves a gzip's checksum, which DuckDB skips.
"""

from __future__ import annotations

import csv
from typing import IO

from ingest.source import SourceError

LONGEST = 1 << 24  # characters of a cell; half the reader's buffer, whose lines end at 2 MB
BLOCK = LONGEST // 2

csv.field_size_limit(LONGEST)  # Python's own limit, 131,072 characters, is shorter than a cell of tags may be


def guess(content: IO[bytes]) -> int | None:
    """Records after the header, were every quote one of a pair and no line blank; None if one seems to have no end."""
    ends, quoted, last = 0, False, b""
    for block in iter(lambda: content.read(BLOCK), b""):
        parts = block.split(b'"')
        outside = b"".join(parts[quoted::2])
        quoted ^= len(parts) % 2 == 0
        here = outside.count(b"\n") or outside.count(b"\r")
        if not here and len(block) == BLOCK:
            return None
        ends += here
        last = block[-1:]
    return ends - (last in (b"\n", b"\r"))


def count(text: IO[str], delimiter: str, uri: str) -> int:
    """Records after the header, taken apart one by one; blank lines do not count. Raises SourceError."""
    rows = csv.reader(text, delimiter=delimiter)
    try:
        return sum(1 for row in rows if row) - 1
    except csv.Error:
        raise SourceError(
            f"{uri}: the cell that begins in line {rows.line_num - 1:,} or before has no end within "
            f"{LONGEST:,} characters: a quote is never closed, or this is no CSV. Nothing was loaded. "
            "Export or copy it again, then load it again."
        ) from None
