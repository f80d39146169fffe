"""people.sqlite: what people entered. The dashboard writes it, ingest only reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from data.home import people_file
from data.sql import sql


@contextmanager
def writing(home: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """A connection that commits when it is left, with the table of schema/<schema>.sql."""
    home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(people_file(home), timeout=30)) as people, people:
        people.execute(sql(f"schema/{schema}"))
        yield people


@contextmanager
def reading(home: Path, table: str) -> Iterator[sqlite3.Connection | None]:
    """A read-only connection; None where nobody has entered anything into that table."""
    if not people_file(home).exists():
        yield None
        return
    with closing(sqlite3.connect(f"{people_file(home).as_uri()}?mode=ro", uri=True, timeout=30)) as people:
        told = people.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        yield people if told else None
