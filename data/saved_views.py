"""Saved views: a page with its filters under a name, so that the weekly review opens with one click."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.people import reading, writing

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


def save_view(home: Path, name: str, page: str, query: Query, who: str, *, replace: bool = False) -> None:
    """Keeps a view under a name. Raises BadView, also where the name is taken and not to be replaced;
    sqlite3.OperationalError for a store that cannot be written."""
    name, who = " ".join(name.split()), who.strip()
    if not name or len(name) > LONGEST:
        raise BadView(f"No view was kept: a name has 1 to {LONGEST} characters, this one has {len(name)}.")
    if not who:
        raise BadView("No view was kept: it says not who saved it. Put in your name.")
    if not _PAGE.fullmatch(page):
        raise BadView(f"No view was kept: '{page}' is no page of the dashboard.")
    with writing(home, "saved_view") as people:
        people.execute("BEGIN IMMEDIATE")  # who saves the same name at the same time comes after
        taken = {view.name: view for view in _latest(people)}.get(name)
        if taken is not None and not replace:
            raise BadView(
                f"No view was kept: {taken.who} saved one as '{name}'. Choose another name, or replace that one."
            )
        _add(people, name, page, query, who, removed=False)


def remove_view(home: Path, name: str, who: str) -> None:
    """There is no view of that name from now on; what it was stays in the history."""
    with writing(home, "saved_view") as people:
        _add(people, name, "", (), who.strip(), removed=True)


def saved_views(home: Path) -> tuple[SavedView, ...]:
    """By name."""
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
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()
    people.execute(
        "INSERT INTO saved_view (name, page, query, who, saved_at, removed) VALUES (?, ?, ?, ?, ?, ?)",
        (name, page, json.dumps(query), who, now, int(removed)),
    )
