"""Requests that several files, or a file and what the store holds already, tell alike: each counts once.

A request is known by its request_id, else by its line: what its cells hold, and how many like it stand before it in
the file. Two servers may write equal lines, so files count as one log only where one has nothing of its own beside
the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from duckdb import CaseExpression, ColumnExpression, ConstantExpression, FunctionExpression, StarExpression

from data.load import Load
from ingest.hours import HOUR, Hours
from ingest.raw import RawFile
from ingest.telemetry.staging import run_each

LINE_HASH = "inferledger_line_hash"
EDGES = 24  # hours whose requests the working file keeps per source
ALIKE = 0.5  # share of equal lines from which on two files are worth a word, though they are two logs


def with_line_hash(opened: RawFile) -> RawFile:
    """The file with a hash over each line's cells; an empty cell is as one that is not there."""
    cells = [
        CaseExpression(
            ColumnExpression(name).isnotnull(),
            FunctionExpression("concat", ConstantExpression(f"{name}="), ColumnExpression(name).cast(str)),
        )
        for name in sorted(opened.relation.columns)
        if name != "line_no"
    ]
    line = FunctionExpression("md5", FunctionExpression("concat_ws", ConstantExpression("\x1f"), *cells))
    return replace(opened, relation=opened.relation.select(StarExpression(), line.alias(LINE_HASH)))


def count_copies_once(load: Load, names: Sequence[str]) -> list[str]:
    """Takes out lines that copied or rotated files of one log tell again; `names` of the files, in order.

    Answers what to say of it.
    """
    if len(names) < 2:
        return []
    pairs = load.con.execute(_text("overlapping_files")).fetchall()
    notes = [
        f"{names[one]} and {names[other]} hold {alike:,} equal lines beside others and count as two logs, both whole"
        for one, other, is_same, alike, lesser in pairs
        if not is_same and alike >= ALIKE * lesser and lesser > 1
    ]
    logs = list(range(len(names)))
    for one, other, is_same, _, _ in pairs:
        if is_same:
            first, second = logs[one], logs[other]
            logs = [min(first, second) if log in (first, second) else log for log in logs]
    several = [number for number, log in enumerate(logs) if logs.count(log) > 1]
    if several:
        asked = {"files": several, "logs": [logs[number] for number in several]}
        ((dropped,),) = load.con.execute(_text("drop_overlaps"), asked).fetchall()
        told = ", ".join(names[number] for number in several)
        notes.insert(0, f"lines that {told} tell alike, and count once: {dropped:,}")
    return notes


def carry_over(load: Load, hours: Hours) -> list[str]:
    """Adds to `request` what the source held of the load's first and last hour, where the load goes on with it.

    Answers what to say of it. To be called before the load writes; not with --replace, which takes the load alone.
    """
    if load.again:
        return []
    # the first hour even where a row stands on it: a log that was cut in that second left the others in the older part
    asked = {"source": load.source, "hours": [hours.start, hours.end - HOUR]}
    load.con.execute(_text("carried"), asked).fetchall()
    found = load.con.execute(_text("carry"), {"source": load.source}).fetchall()
    counts: Counter[datetime] = Counter(hour for (hour,) in found)
    return [
        f"{hour:%Y-%m-%d %H:%M} goes on with what was loaded before: {lines:,} requests of it count beside"
        for hour, lines in sorted(counts.items())
    ]


def keep_edges(load: Load, hours: Hours, replaced: Hours | None) -> None:
    """Keeps the requests of the hours that a later log may go on with. To be called after the load has settled."""
    if replaced is None:
        return
    values = {
        "source": load.source,
        "load_id": load.load_id,
        "start": replaced.start,
        "end": replaced.end,
        "hours": [hour for hour in hours.partial if replaced.start <= hour <= replaced.end - HOUR],
        "most": EDGES,
    }
    run_each(load.con, _text("keep_edges"), values)


def _text(name: str) -> str:
    return (Path(__file__).parent / "traffic" / f"{name}.sql").read_text(encoding="utf-8")
