"""Taking a source out of the store again: all that it holds, in one transaction; its loads stay listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data.sql import sql
from data.warehouse import Warehouse


class UnknownSource(LookupError):
    """No load was ever tried of such a source; `known` are those that there are."""

    def __init__(self, source: str, known: tuple[str, ...]) -> None:
        super().__init__(source)
        self.source, self.known = source, known


@dataclass(frozen=True)
class Taken:
    """Rows that were taken out. Days are inclusive, months of costs by their first day; billed is of one currency."""

    what: str
    first_day: date | None
    last_day: date | None
    currency: str | None
    billed: Decimal | None
    rows: int


def forget(warehouse: Warehouse, source: str) -> tuple[Taken, ...]:
    """Takes out everything that the source holds; says what that was, nothing where it holds nothing.

    The next publish builds every month again: a mapping and a commitment reach beyond their own lines. Files stay on
    the disk for the snapshots that list them. Raises UnknownSource.
    """
    con = warehouse.con
    found = {name: (kind, grain) for name, kind, grain in con.execute(sql("work/known_sources")).fetchall()}
    if source not in found:
        raise UnknownSource(source, tuple(found))
    held = con.execute(sql("work/held_by_source"), {"source": source}).fetchall()
    taken = tuple(Taken(*row) for row in held)
    if not taken:
        return ()
    kind, grain = found[source]
    with warehouse.load(source, kind, grain) as load:  # a row that says so, among the loads
        con.execute(sql("work/mark_all_months")).fetchall()
        for statement in con.extract_statements(sql("work/forget_source")):
            con.execute(statement, {"source": source}).fetchall()
        load.finish(rows=0, status="replaced", message="taken out: python -m ingest forget")
    return taken
