"""CURRENT: the small JSON file that says which snapshot readers open, and which older ones are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data import durable
from data.home import pointer_file, snapshot_file

# Of the relations in a snapshot; raised when a query of today would not run on yesterday's.
# schema/upgrade/<n>.sql leads to version n from the one before, where what is new may be unknown in an older snapshot.
SCHEMA_VERSION = 4


@dataclass(frozen=True)
class Snapshot:
    """One published generation of the store."""

    generation: int
    published_at: datetime  # UTC, without zone
    path: Path
    only_failures: bool = False  # nothing but failed loads came since the generation before


@dataclass(frozen=True)
class Pointer:
    """What CURRENT says."""

    home: str  # where the store lay when its snapshots were written: their views name absolute paths
    content: str  # hash over what was loaded: equal content is not published twice
    model: str  # hash over what the model's code does and its settings: a new model builds every month again
    kept: tuple[Snapshot, ...]  # oldest first; the last one is current
    facts: str = ""  # as content, without failed loads: what they alone change pushes no generation out

    @property
    def current(self) -> Snapshot:
        return self.kept[-1]

    def find(self, generation: int) -> Snapshot | None:
        return next((s for s in self.kept if s.generation == generation), None)


def read_pointer(home: Path) -> Pointer | None:
    """The pointer, or None in a store that has not published yet."""
    try:
        text = pointer_file(home).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    note = json.loads(text)
    kept = tuple(
        Snapshot(
            generation=row["generation"],
            published_at=datetime.fromisoformat(row["published_at"]).replace(tzinfo=None),
            path=snapshot_file(home, row["generation"]),
            only_failures=row.get("only_failures", False),
        )
        for row in note["kept"]
    )
    return Pointer(
        home=note["home"],
        content=note["content"],
        facts=note.get("facts", ""),
        model=note["model"],
        kept=kept,
    )


def write_pointer(home: Path, pointer: Pointer) -> None:
    """Moves CURRENT in one step; a reader sees the old pointer or the new one."""
    note = {
        "generation": pointer.current.generation,
        "file": f"snapshots/{pointer.current.path.name}",
        "published_at": _stamp(pointer.current.published_at),
        "home": pointer.home,
        "content": pointer.content,
        "facts": pointer.facts,
        "model": pointer.model,
        "kept": [
            {
                "generation": s.generation,
                "published_at": _stamp(s.published_at),
                "only_failures": s.only_failures,
            }
            for s in pointer.kept
        ],
    }
    durable.write_text(pointer_file(home), json.dumps(note, indent=1))


def _stamp(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).isoformat()
