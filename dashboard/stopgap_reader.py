"""Stands in for data.snapshot until that lands: newest snapshots/serving-*.duckdb, read-only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb


class NoSnapshot(Exception):  # noqa: N818
    """Nothing was published yet."""


@dataclass(frozen=True)
class Snapshot:
    """Which snapshot."""

    generation: int
    published_at: datetime
    path: Path


class Reader:
    """Newest file in the folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._open: tuple[Path, duckdb.DuckDBPyConnection] | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The newest."""
        found = sorted((self.home / "snapshots").glob("serving-*.duckdb"))
        if not found:
            raise NoSnapshot(f"No snapshot in {self.home}.")
        path = found[-1]
        return Snapshot(int(path.stem.split("-")[1]), datetime.fromtimestamp(path.stat().st_mtime), path)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor on it."""
        path = self.snapshot.path
        if self._open is None or self._open[0] != path:
            self._open = (path, duckdb.connect(str(path), read_only=True))
        return self._open[1].cursor()


def open_latest(home: Path) -> Reader:
    """A reader."""
    return Reader(home)


def home() -> Path:
    """Where the store lies."""
    return Path(os.environ.get("INFERLEDGER_HOME", Path(__file__).parents[1] / "data" / "store"))
