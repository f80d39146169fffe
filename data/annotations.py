"""Annotations: what people noted about a day, so that who looks at a chart next month knows what happened on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from data.filters import Filters
from data.people import NAME, BadText, now, reading, typed, writing

LONGEST = 500  # characters: a note beside a chart, no report


@dataclass(frozen=True)
class Annotation:
    """day: UTC; model: None = the whole estate; noted_at: UTC, without zone."""

    annotation_id: int
    day: date
    model: str | None
    text: str
    who: str
    noted_at: datetime


class BadAnnotation(ValueError):
    """A note that cannot be kept; the message says why."""


def annotate(home: Path, day: date, text: str, who: str, model: str | None = None) -> None:
    """Keeps a note. Raises BadAnnotation, PeopleFileUnusable."""
    if not isinstance(day, date):
        raise BadAnnotation(f"No note was kept: {day!r} is no day.")
    try:
        told, name = typed("the note", text, LONGEST), typed("the name of who writes it", who, NAME)
    except BadText as error:
        raise BadAnnotation(f"No note was kept: {error}") from error
    with writing(home, "annotation") as people:
        people.execute(
            "INSERT INTO annotation (day, model, text, who, noted_at) VALUES (?, ?, ?, ?, ?)",
            (day.isoformat(), model, told, name, now()),
        )


def take_back(home: Path, annotation_id: int, who: str) -> None:
    """It is shown no longer, but kept with who took it back; the first one counts. Raises BadAnnotation,
    PeopleFileUnusable."""
    try:
        name = typed("the name of who takes it back", who, NAME)
    except BadText as error:
        raise BadAnnotation(f"The note was not taken back: {error}") from error
    with writing(home, "annotation") as people:
        people.execute(
            "UPDATE annotation SET removed_by = ?, removed_at = ? WHERE annotation_id = ? AND removed_at IS NULL",
            (name, now(), annotation_id),
        )


def noted(home: Path, filters: Filters) -> tuple[Annotation, ...]:
    """Those about the days of the filters, by day: all of the whole estate, and of models those of the chosen ones."""
    with reading(home, "annotation") as people:
        if people is None:
            return ()
        rows = people.execute(
            "SELECT annotation_id, day, model, text, who, noted_at FROM annotation "
            "WHERE removed_at IS NULL AND day >= ? AND day < ? ORDER BY day, annotation_id",
            (filters.start.isoformat(), filters.end.isoformat()),
        ).fetchall()
    told = (_annotation(*row) for row in rows)
    return tuple(a for a in told if not filters.models or a.model is None or a.model in filters.models)


def _annotation(
    annotation_id: int, day: str, model: str | None, text: str, who: str, noted_at: str
) -> Annotation:
    when = datetime.fromisoformat(noted_at)
    return Annotation(annotation_id, date.fromisoformat(day), model, text, who, when)
