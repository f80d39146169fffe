"""Pins: what people hold on to. A pinned snapshot outlives retention, and with it the numbers of a sent link.

They live in people.sqlite, which the dashboard writes and ingest only reads: many small writes are SQLite's
strength, and what people entered never mixes with derived data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.home import snapshot_file
from data.people import now, reading, writing


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
    """Keeps a generation for good; twice for the same reason is once. Raises GenerationGone, PeopleFileUnusable."""
    with writing(home, "pin") as people:
        people.execute("INSERT OR IGNORE INTO pin VALUES (?, ?, ?, ?)", (generation, reason, who, now()))
    # looked at after the pin is written: a publish that runs now either sees the pin or has removed the file
    if not snapshot_file(home, generation).exists():
        unpin(home, generation, reason)
        raise GenerationGone(
            f"Snapshot {generation} cannot be kept for '{reason}': it is no longer in {home}. "
            "Pin the current one instead."
        )


def unpin(home: Path, generation: int, reason: str) -> None:
    """Lets go of one reason; the generation stays while it has another."""
    with writing(home, "pin") as people:
        people.execute("DELETE FROM pin WHERE generation = ? AND reason = ?", (generation, reason))


def pins(home: Path) -> list[Pin]:
    """Every pin, oldest generation first. A store in which nobody entered anything has none."""
    with reading(home, "pin") as people:
        if people is None:
            return []
        rows = people.execute(
            "SELECT generation, reason, who, pinned_at FROM pin ORDER BY generation, pinned_at"
        ).fetchall()
    return [Pin(g, reason, who, datetime.fromisoformat(at)) for g, reason, who, at in rows]
