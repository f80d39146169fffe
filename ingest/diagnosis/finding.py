"""What an examination says: one sentence, how bad it is, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "doubtful", "bad"]


@dataclass(frozen=True)
class Finding:
    """`bad` keeps a load from being right or from happening at all; `doubtful` leaves figures unknown."""

    state: State
    said: str
    next_step: str = ""


def good(said: str) -> Finding:
    return Finding("good", said)


def doubtful(said: str, next_step: str) -> Finding:
    return Finding("doubtful", said, next_step)


def bad(said: str, next_step: str = "") -> Finding:
    return Finding("bad", said, next_step)


def some(names: list[str], most: int = 5) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
