"""GCP exports that somebody flattened into CSV with Python: records in a cell are Python's words for them, not JSON.

[{'name': "today's", 'id': None, 'amount': -5e-06}] becomes [{"name": "today's", "id": null, "amount": -5e-06}].
"""

from __future__ import annotations

import ast
import csv
import json
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from ingest.raw import squash, text_stream
from ingest.source import SourceError, SourceFile

RECORDS = ("labels", "systemlabels", "credits", "adjustmentinfo")
LONGEST_CELL = 2**24


def is_csv(file: SourceFile) -> bool:
    return file.uri.lower().endswith((".csv", ".csv.gz"))


def with_json_cells(file: SourceFile, staging: Path) -> SourceFile:
    """The same table, line for line, with JSON in the cells that hold records; made when it is brought."""
    path = staging / f"{sha256(file.uri.encode()).hexdigest()}.csv"
    return replace(file, path=path, bring=partial(_convert, file, path))


def _convert(file: SourceFile, target: Path) -> None:
    """Raises SourceError where a cell is neither JSON nor what Python prints, or a quote would swallow lines."""
    csv.field_size_limit(LONGEST_CELL)
    with text_stream(file.path) as text, target.open("w", encoding="utf-8", newline="") as made:
        rows, sink = (
            csv.reader(text, strict=True),
            csv.writer(made),
        )  # else an open quote takes every line after it
        try:
            header = next(rows, [])
            sink.writerow(header)
            places = [place for place, name in enumerate(header) if squash(name) in RECORDS]
            for number, row in enumerate(rows, 1):
                for place in places:
                    if place < len(row):
                        row[place] = _json(file, header[place], number, row[place])
                sink.writerow(row)
        except csv.Error as error:
            raise SourceError(
                f"{file.uri} cannot be read, its text line {rows.line_num:,} or a quote opened above it: {error}. "
                "Nothing was loaded. Mend the line, or export the file again."
            ) from error


def _json(file: SourceFile, column: str, number: int, cell: str) -> str:
    if not cell.strip():
        return ""
    try:
        json.loads(cell)
    except (ValueError, RecursionError):
        pass
    else:
        return cell
    try:
        return json.dumps(ast.literal_eval(cell))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise SourceError(
            f"{file.uri} line {number}: its {column} cannot be read: {cell[:80]}. Expected JSON, or what "
            "Python prints. Nothing was loaded. Export it nested instead, as NDJSON or Parquet, or load it "
            "from BigQuery."
        ) from error
