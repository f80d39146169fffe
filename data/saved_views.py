"""Saved views: a page with its filters under a name, so that the weekly review opens with one click."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.people import NAME, BadText, now, reading, typed, writing
from data.pins import pin

LONGEST = 80  # characters of a name
_PAGE = re.compile(r"[a-z_]*")  # a view leads to a page of the dashboard, and nowhere else

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SavedView:
    """page: its address under the dashboard's ("" = the Overview); query: key and value, in the address's order;
    saved_at: UTC, without zone."""

    name: str
    page: str
    query: Query
    who: str
    saved_at: datetime

    @property
    def snapshot(self) -> str | None:
        """The snapshot that it stays on; None = it follows the newest."""
        return dict(self.query).get("snapshot")


class BadView(ValueError):
    """A view that cannot be kept; the message says why."""


class NameTaken(BadView):
    """There is a view of that name, and nobody said to replace it."""


def save_view(home: Path, name: str, page: str, query: Query, who: str, *, replace: bool = False) -> None:
    """Keeps a view under a name, and for good the snapshot that its query names. Raises BadView, NameTaken where the
    name has a view that is not to be replaced, GenerationGone, PeopleFileUnusable."""
    try:
        name, who = (
            typed("its name", " ".join(name.split()), LONGEST),
            typed("the name of who saves it", who, NAME),
        )
    except BadText as error:
        raise BadView(f"No view was kept: {error}") from error
    if not _PAGE.fullmatch(page):
        raise BadView(f"No view was kept: '{page}' is no page of the dashboard.")
    if not replace:
        _refuse_taken(saved_views(home), name)  # before its snapshot is kept for nothing
    generation = dict(query).get("snapshot")
    if generation is not None:
        if not generation.isdecimal():
            raise BadView(f"No view was kept: '{generation}' is no snapshot's number.")
        pin(home, int(generation), f"saved view: {name}", who)
    with writing(home, "saved_view") as people:
        people.execute("BEGIN IMMEDIATE")  # who saves the same name at the same time comes after
        if not replace:
            _refuse_taken(_latest(people), name)
        _add(people, name, page, query, who, removed=False)


def remove_view(home: Path, name: str, who: str) -> None:
    """There is no view of that name from now on; twice is once. What it was stays in the history, and a snapshot that
    it stayed on is still kept, for links that were sent. Raises PeopleFileUnusable."""
    with writing(home, "saved_view") as people:
        people.execute("BEGIN IMMEDIATE")
        if any(view.name == name for view in _latest(people)):
            _add(people, name, "", (), who.strip(), removed=True)


def saved_views(home: Path) -> tuple[SavedView, ...]:
    """By name. Raises PeopleFileUnusable."""
    with reading(home, "saved_view") as people:
        return () if people is None else _latest(people)


def _latest(people: sqlite3.Connection) -> tuple[SavedView, ...]:
    rows = people.execute(
        "SELECT name, page, query, who, saved_at FROM saved_view WHERE removed = 0 AND view_id IN "
        "(SELECT max(view_id) FROM saved_view GROUP BY name) ORDER BY lower(name), name"
    ).fetchall()
    return tuple(
        SavedView(
            name,
            page,
            tuple((key, value) for key, value in json.loads(query)),
            who,
            datetime.fromisoformat(at),
        )
        for name, page, query, who, at in rows
    )


def _add(people: sqlite3.Connection, name: str, page: str, query: Query, who: str, *, removed: bool) -> None:
    people.execute(
        "INSERT INTO saved_view (name, page, query, who, saved_at, removed) VALUES (?, ?, ?, ?, ?, ?)",
        (name, page, json.dumps(query), who, now(), int(removed)),
    )


def _refuse_taken(views: tuple[SavedView, ...], name: str) -> None:
    taken = next((view for view in views if view.name == name), None)
    if taken is not None:
        raise NameTaken(
            f"No view was kept: {taken.who} saved one as '{name}'. Choose another name, or replace that one."
        )
