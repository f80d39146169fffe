"""Which snapshots stay: the rollback, the time machine, and what people hold on to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from data.pointer import Snapshot

LAST = 5
MONTHS = 13


def keep(snapshots: Sequence[Snapshot], pinned: Collection[int], now: datetime) -> list[Snapshot]:
    """The last 5 generations, the last of each ISO week for 13 months, and the pinned ones; oldest first.

    One that only tells of failures takes none of these places: it stays while it is the newest, or pinned.
    """
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.generation)
    good = [snapshot for snapshot in ordered if not snapshot.only_failures]
    staying = {snapshot.generation for snapshot in (*good[-LAST:], *ordered[-1:])} | set(pinned)
    last_of_week = {tuple(s.published_at.isocalendar()[:2]): s for s in good}
    horizon = _months_before(now, MONTHS)
    staying.update(s.generation for s in last_of_week.values() if s.published_at >= horizon)
    return [snapshot for snapshot in ordered if snapshot.generation in staying]


def _months_before(moment: datetime, months: int) -> datetime:
    """That many calendar months earlier; on the 28th at the latest, so that every month has the day."""
    index = moment.year * 12 + moment.month - 1 - months
    return moment.replace(year=index // 12, month=index % 12 + 1, day=min(moment.day, 28))
