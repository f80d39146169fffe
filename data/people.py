"""people.sqlite: what people entered. The dashboard writes it, ingest only reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from data.home import VARIABLE, people_file
from data.sql import sql

_SEEN = "\n\u200c\u200d"  # not printable to Python, and part of notes, of Persian words and of emoji
NAME = 80  # characters of who it was
# Of SQLite's errors those that the folder or the file causes; any other is a mistake in a statement.
_OF_THE_FILE = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB,
}  # fmt: skip


class PeopleFileUnusable(OSError):
    """people.sqlite cannot be read or written; the message says why and what to do."""


@contextmanager
def writing(home: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """A connection that commits when it is left, with the table of schema/<schema>.sql.
    Raises PeopleFileUnusable."""
    with _usable(home, "written"):
        home.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(people_file(home), timeout=30)) as people, people:
            people.execute(sql(f"schema/{schema}"))
            yield people


@contextmanager
def reading(home: Path, table: str) -> Iterator[sqlite3.Connection | None]:
    """A read-only connection; None where nobody has entered anything into that table. Raises PeopleFileUnusable."""
    if not people_file(home).exists():
        yield None
        return
    with (
        _usable(home, "read"),
        closing(sqlite3.connect(f"{people_file(home).as_uri()}?mode=ro", uri=True, timeout=30)) as people,
    ):
        told = people.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        yield people if told else None


def now() -> str:
    """This moment as the tables keep it: UTC, ISO 8601, without zone."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat()


class BadText(ValueError):
    """What somebody typed cannot be kept; the message says what it is, and why."""


def typed(what: str, text: str, longest: int) -> str:
    """What somebody typed, without space around it and with one line end where there are several. Raises BadText."""
    told = "\n".join(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)
    if not 0 < len(told) <= longest:
        raise BadText(f"{what} has {len(told):,} characters. Put in 1 to {longest}.")
    unseen = next((c for c in told if not c.isprintable() and c not in _SEEN), None)
    if unseen is not None:
        raise BadText(f"{what} holds U+{ord(unseen):04X}, which cannot be seen. Type it anew.")
    return told


@contextmanager
def _usable(home: Path, how: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if (
            isinstance(error, sqlite3.Error)
            and getattr(error, "sqlite_errorcode", 0) & 0xFF not in _OF_THE_FILE
        ):
            raise
        raise PeopleFileUnusable(
            f"{people_file(home)} cannot be {how}: {getattr(error, 'strerror', None) or error}. Let the dashboard's "
            f"user read and write that folder, or set {VARIABLE} to a store where it may."
        ) from error
