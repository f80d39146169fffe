"""How a loader tells the command line where it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with what is being done now and, where it can be told, the part of the load that is done."""

    def __call__(self, text: str, done: float | None = None) -> None:
        """`done` is 0..1, None = nobody can tell."""
        ...


def silent(text: str, done: float | None = None) -> None:
    """For tests and for output that is not a terminal."""
