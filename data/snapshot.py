"""Reading the store: a locked-down, read-only view of one published snapshot at a time.

    reader = open_latest(home)
    reader.cursor().execute("SELECT sum(billed_cost) FROM cost").fetchall()

A cursor per call, always read to its end: a connection refuses two threads and two unfinished results.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.home import parquet_dir, pointer_file, spill_dir
from data.pointer import SCHEMA_VERSION, Pointer, Snapshot, read_pointer

THREADS = 2
MEMORY_LIMIT = "1GB"


class NoSnapshot(LookupError):
    """Nothing to read: an empty store, a moved one, a generation that is gone or of another version of the code."""


@dataclass(frozen=True)
class _Opened:
    """One snapshot and the in-memory database that it is attached to.

    Never closed by hand: closing would end the cursors of other threads. DuckDB lets go of the file when the
    connection and its last cursor are gone.
    """

    snapshot: Snapshot
    con: duckdb.DuckDBPyConnection

    def cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self.con.cursor()
        cursor.execute("USE snap")  # a cursor does not inherit it
        return cursor


class Reader:
    """Hands out cursors on the newest snapshot, or on one fixed generation. Safe to share between threads."""

    def __init__(self, home: Path, fixed: _Opened | None = None) -> None:
        self.home = home
        self._fixed = fixed
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._opened: _Opened | None = None

    @property
    def snapshot(self) -> Snapshot:
        """Which snapshot a cursor taken now would read."""
        return self._latest().snapshot

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh cursor, on the newest generation if CURRENT moved. Raises NoSnapshot."""
        return self._latest().cursor()

    def at(self, generation: int) -> Reader:
        """A reader that stays on one generation, for a page that asks several questions of one state.

        Raises NoSnapshot with the generations that are kept.
        """
        latest = self._latest()
        if latest.snapshot.generation == generation:
            return Reader(self.home, latest)
        pointer = _require_pointer(self.home)
        snapshot = pointer.find(generation)
        if snapshot is None:
            kept = ", ".join(str(s.generation) for s in pointer.kept)
            raise NoSnapshot(
                f"Snapshot {generation} is no longer kept in {self.home}. Kept: {kept}. Open one of these."
            )
        return Reader(self.home, _open(self.home, snapshot))

    def generations(self) -> tuple[Snapshot, ...]:
        """Every kept snapshot, oldest first."""
        return _require_pointer(self.home).kept

    def _latest(self) -> _Opened:
        if self._fixed is not None:
            return self._fixed
        with self._lock:
            stamp = _stamp(self.home)
            if self._opened is None or stamp != self._seen:
                self._opened = _open_current(self.home, self._opened)
                self._seen = stamp
            return self._opened


def open_latest(home: Path) -> Reader:
    """A reader of the store's newest snapshot. Raises NoSnapshot where there is none."""
    reader = Reader(home.resolve())
    reader.snapshot  # noqa: B018 - opened now, so that an empty store is told here and not in the middle of a page
    return reader


def _stamp(home: Path) -> tuple[int, int] | None:
    """Changes whenever CURRENT is replaced; a fifth of the price of reading it."""
    try:
        found = pointer_file(home).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _require_pointer(home: Path) -> Pointer:
    pointer = read_pointer(home)
    if pointer is None:
        raise NoSnapshot(
            f"No snapshot in {home} yet. Load something first, for instance: python -m ingest demo"
        )
    if pointer.home != str(home):
        raise NoSnapshot(
            f"The store was moved from {pointer.home} to {home}, and its snapshots still name files there. "
            "Run: python -m ingest check --mend. It mends them, and loads nothing."
        )
    return pointer


def _open_current(home: Path, opened: _Opened | None) -> _Opened:
    while True:
        current = _require_pointer(home).current
        if opened is not None and opened.snapshot == current:
            return opened
        try:
            return _open(home, current)
        except (duckdb.IOException, FileNotFoundError):
            # retention may take a snapshot before it is opened, but then the pointer has moved on
            if _require_pointer(home).current == current:
                raise


def _require_schema(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    ((version,),) = con.execute("SELECT schema_version FROM snap.snapshot").fetchall()
    if version != SCHEMA_VERSION:
        raise NoSnapshot(
            f"Snapshot {snapshot.generation} has relations of version {version}, and this code reads version "
            f"{SCHEMA_VERSION}. For a current one, run: python -m ingest run"
        )


def _open(home: Path, snapshot: Snapshot) -> _Opened:
    """Attached to a database in memory: two connections to one file in one process would share settings."""
    con = duckdb.connect(":memory:", config={"threads": THREADS, "memory_limit": MEMORY_LIMIT})
    con.execute("ATTACH $path AS snap (READ_ONLY)", {"path": str(snapshot.path)})
    _require_schema(con, snapshot)
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    con.execute("SET GLOBAL temp_directory = $spill", {"spill": str(spill_dir(home))})
    con.execute("SET GLOBAL allowed_directories = $folders", {"folders": [str(parquet_dir(home))]})
    con.execute("SET GLOBAL enable_external_access = false")
    con.execute("SET GLOBAL lock_configuration = true")
    return _Opened(snapshot, con)
