"""Rows that cannot be used, whatever the source: kept with file, line and reason; more than 1 % stop the load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.load import Load
from ingest.source import SourceError

MOST_REJECTS = 0.01  # share of a load's rows
SHOWN_REJECTS = 10


@dataclass(frozen=True)
class Unusable:
    """A row that cannot be used. line_no: 1 = first data row; None where rows have no number. raw: as it was read."""

    line_no: int | None
    reason: str
    raw: str | None


def keep(load: Load, file_id: str, unusable: Iterable[Unusable]) -> None:
    """Keeps each row in `reject`."""
    for row in unusable:
        load.reject(file_id, row.line_no, row.reason, row.raw)


def check_kept(load: Load, rows: int, rejected: int) -> None:
    """Raises SourceError where more than 1 % of `rows` (all that were read) were rejected; those are in `reject`."""
    if is_too_many(rows, rejected):
        asked = {"load_id": load.load_id, "most": SHOWN_REJECTS}
        raise too_many(rows, rejected, load.con.execute(_sql("first_rejects"), asked).fetchall())


def check(uri: str, rows: int, unusable: Sequence[Unusable], advice: str = "") -> None:
    """The same before a load begins, of the rows of one place. Raises SourceError, which ends with the advice."""
    if is_too_many(rows, len(unusable)):
        first = [(uri, row.line_no, row.reason) for row in unusable[:SHOWN_REJECTS]]
        raise too_many(rows, len(unusable), first, advice)


def is_too_many(rows: int, rejected: int) -> bool:
    return rejected > MOST_REJECTS * rows


def too_many(
    rows: int, rejected: int, first: Iterable[tuple[str, int | None, str]], advice: str = ""
) -> SourceError:
    """What stops a load; first: uri, line and reason of the rows to show."""
    shown = "\n".join(
        f"  {Path(uri).name}{'' if line is None else f' line {line}'}: {reason}"
        for uri, line, reason in first
    )
    return SourceError(
        f"{rejected:,} of {rows:,} lines cannot be used (limit {MOST_REJECTS:.0%}). Nothing was loaded. "
        f"The first ones:\n{shown}" + (f"\n{advice}" if advice else "")
    )


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
