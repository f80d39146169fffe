"""What a rehearsed load would leave behind: the first rows of each relation, as they would land."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
from duckdb import ColumnExpression, ConstantExpression

from data.load import Load

MOST = 3
FACTS = ("device_hour", "traffic", "resource_map", "deployment_map", "price", "business_output")
PROVENANCE = frozenset({"source", "load_id", "file_id", "line_id"})  # the same on every row, or only a number


@dataclass(frozen=True)
class Preview:
    """The first rows of one relation; columns that are empty in all of them are left out."""

    source: str
    relation: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def previews(load: Load) -> Iterator[Preview]:
    """One per relation that this load wrote to; to be asked inside its transaction."""
    written = load.con.execute(
        "SELECT path FROM parquet_file WHERE load_id = $load_id ORDER BY path", {"load_id": load.load_id}
    ).fetchall()
    if written:
        lines = load.con.read_parquet([str(load.home / path) for (path,) in written], union_by_name=True)
        yield _preview(load.source, "cost", lines.order("charge_period_start, line_id"))
    for relation in FACTS:
        own = ColumnExpression("load_id") == ConstantExpression(load.load_id)
        rows = load.con.table(relation).filter(own)
        if rows.limit(1).fetchall():
            yield _preview(load.source, relation, rows)


def _preview(source: str, relation: str, rows: duckdb.DuckDBPyRelation) -> Preview:
    first = rows.limit(MOST).fetchall()
    filled = [
        place
        for place, name in enumerate(rows.columns)
        if name not in PROVENANCE and any(row[place] is not None for row in first)
    ]
    shown = tuple(tuple(row[place] for place in filled) for row in first)
    return Preview(source, relation, tuple(rows.columns[place] for place in filled), shown)
