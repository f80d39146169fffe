"""Pins: what people hold on to. A pinned snapshot outlives retention, and with it the numbers of a sent link.

They live in people.sqlite, which the dashboard writes and ingest only reads: many small writes are SQLite's
strength, and what people entered never mixes with derived data.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.home import people_file, snapshot_file
from data.sql import sql


@dataclass(frozen=True)
class Pin:
    """Why one generation is kept, who asked for it, and when (UTC, without zone)."""

    generation: int
    reason: str
    who: str
    pinned_at: datetime


class GenerationGone(LookupError):
    """The snapshot to be pinned has left the store already."""


def pin(home: Path, generation: int, reason: str, who: str) -> None:
    """Keeps a generation for good; twice for the same reason is once. Raises GenerationGone."""
    with _writing(home) as people:
        now = datetime.now(UTC).replace(tzinfo=None).isoformat()
        people.execute("INSERT OR IGNORE INTO pin VALUES (?, ?, ?, ?)", (generation, reason, who, now))
    # looked at after the pin is written: a publish that runs now either sees the pin or has removed the file
    if not snapshot_file(home, generation).exists():
        unpin(home, generation, reason)
        raise GenerationGone(
            f"Snapshot {generation} cannot be kept for '{reason}': it is no longer in {home}. "
            "Pin the current one instead."
        )


def unpin(home: Path, generation: int, reason: str) -> None:
    """Lets go of one reason; the generation stays while it has another."""
    with _writing(home) as people:
        people.execute("DELETE FROM pin WHERE generation = ? AND reason = ?", (generation, reason))


def pins(home: Path) -> list[Pin]:
    """Every pin, oldest generation first. A store in which nobody entered anything has none."""
    if not people_file(home).exists():
        return []
    with closing(sqlite3.connect(f"{people_file(home).as_uri()}?mode=ro", uri=True, timeout=30)) as people:
        if not people.execute("SELECT 1 FROM sqlite_master WHERE name = 'pin'").fetchone():
            return []
        rows = people.execute(
            "SELECT generation, reason, who, pinned_at FROM pin ORDER BY generation, pinned_at"
        )
        return [Pin(g, reason, who, datetime.fromisoformat(at)) for g, reason, who, at in rows]


@contextmanager
def _writing(home: Path) -> Iterator[sqlite3.Connection]:
    home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(people_file(home), timeout=30)) as people, people:
        people.execute(sql("schema/pin"))
        yield people
