"""The invariants of a store: what must hold whatever was loaded, and what to do where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.home import snapshots_dir
from data.mend import listed_files, read_stamp
from data.pointer import Snapshot
from data.snapshot import Reader
from data.sql import sql

RELOAD = "load that source again; if it stays, keep the export and report a bug with this output"


@dataclass(frozen=True)
class Invariant:
    """A question that answers one line of text per violation: data/query/check/<question>.sql."""

    question: str
    sentence: str
    next_step: str


@dataclass(frozen=True)
class Finding:
    """How one invariant stands: no violation = it holds."""

    sentence: str
    violations: tuple[str, ...]
    next_step: str


INVARIANTS = (
    Invariant("unexplained", "The ladder explains every invoice total to the last digit", RELOAD),
    Invariant("part_line", "The parts of every charge line sum to the line", RELOAD),
    Invariant("ladder_part", "Every rung of the ladder is the sum of its parts", RELOAD),
    Invariant(
        "two_sources",
        "No account's billing period comes from two sources",
        "take one of the two out of inferledger.toml and the store (python -m ingest forget), or part their accounts",
    ),
    Invariant(
        "device_hour",
        "No device has more than 3,600 seconds in an hour",
        "see whether two exporters report one device; name the better one in source_order",
    ),
    Invariant("load_rows", "Every cost load still has the lines that it loaded", RELOAD),
)


def check(reader: Reader) -> list[Finding]:
    """Asks every invariant of the newest snapshot, then looks at the files of all that are kept."""
    current = reader.at(reader.snapshot.generation)
    cursor = current.cursor()
    findings = [_ask(cursor, invariant) for invariant in INVARIANTS]
    return [*findings, _files(reader.home, current), _snapshots(reader)]


def _ask(cursor: duckdb.DuckDBPyConnection, invariant: Invariant) -> Finding:
    try:
        rows = cursor.execute(sql(f"query/check/{invariant.question}")).fetchall()
    except duckdb.Error as error:  # a missing file hides every line: say so and go on with what can be asked
        return Finding(
            invariant.sentence, (f"cannot be asked: {error}",), "mend the files named below, then check again"
        )
    return Finding(invariant.sentence, tuple(text for (text,) in rows), invariant.next_step)


def _files(home: Path, reader: Reader) -> Finding:
    """The Parquet of the newest snapshot: there, and as long as listed."""
    listed = dict(reader.cursor().execute("SELECT path, rows FROM parquet_file ORDER BY path").fetchall())
    missing = [path for path in listed if not (home / path).is_file()]
    there = [path for path in listed if path not in set(missing)]
    violations = [f"{path} is missing" for path in missing]
    for path in there:
        violations += _wrong_length(reader, home / path, listed[path])
    return Finding(
        "Every Parquet file is there and has its rows",
        tuple(violations),
        "restore the file from a backup, or load its source and period again",
    )


def _wrong_length(reader: Reader, path: Path, rows: int) -> list[str]:
    try:
        ((found,),) = reader.cursor().execute(sql("query/check/file_rows"), {"path": str(path)}).fetchall()
    except duckdb.Error as error:
        return [f"{path} cannot be read: {error}"]
    return [] if found == rows else [f"{path} has {found} rows, not {rows}"]


def _snapshots(reader: Reader) -> Finding:
    violations = [text for snapshot in reader.generations() if (text := _damage(reader, snapshot))]
    return Finding(
        "Every kept snapshot opens and finds its files",
        tuple(violations),
        f"delete what is damaged from {snapshots_dir(reader.home)}; the next load forgets it",
    )


def _damage(reader: Reader, snapshot: Snapshot) -> str | None:
    """What is wrong with a kept snapshot, or None."""
    try:
        # asked of the file, not of a reader: one of an older version is sound too, though readers refuse it
        generation = read_stamp(snapshot.path).generation
        paths = sorted(listed_files((snapshot,)))
    except (duckdb.Error, OSError, ValueError) as error:
        return f"{snapshot.path.name} does not open: {error}"
    missing = [path for path in paths if not (reader.home / path).is_file()]
    if generation != snapshot.generation:
        return f"{snapshot.path.name} says that it is generation {generation}"
    return (
        f"{snapshot.path.name} lists {len(missing)} files that are gone, first {missing[0]}"
        if missing
        else None
    )
