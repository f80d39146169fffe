"""Putting a store right: what a kill left over goes, and a store that was moved finds its files again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from data import durable
from data.home import build_file, snapshots_dir
from data.parquet import files_on_disk, remove_files
from data.pointer import Pointer, Snapshot, read_pointer, write_pointer
from data.sql import parquet_view, sql


def mend(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Called by the one writer before anything else. Numbers of kept snapshots never change by it."""
    _adopt_lost_snapshots(home)
    _forget_missing_snapshots(home)
    sweep(con, home)
    pointer = read_pointer(home)
    if pointer is not None and pointer.home != str(home):
        for snapshot in (s for s in pointer.kept if s.path.exists()):
            _repoint(home, snapshot)
        write_pointer(home, replace(pointer, home=str(home)))


def sweep(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Removes snapshots that CURRENT does not keep, and Parquet that no kept one and not the writer lists."""
    pointer = read_pointer(home)
    kept = pointer.kept if pointer else ()
    names = {snapshot.path.name for snapshot in kept}
    for path in snapshots_dir(home).iterdir():
        if path.name not in names:
            path.unlink()
    live = {path for (path,) in con.execute("SELECT path FROM parquet_file").fetchall()}
    unknown = files_on_disk(home) - live
    if not unknown:  # the ordinary case, and it spares opening every kept snapshot
        return
    try:
        remove_files(home, unknown - listed_files(kept))
    except duckdb.Error:
        return  # a damaged snapshot cannot say what it needs, so nothing goes; `check` names it


def listed_files(snapshots: tuple[Snapshot, ...]) -> set[str]:
    """Every Parquet file that one of these snapshots reads, relative to the store. Raises duckdb.Error."""
    listed: set[str] = set()
    with duckdb.connect(config={"threads": 1}) as con:
        for snapshot in snapshots:
            con.execute("ATTACH $path AS snap (READ_ONLY)", {"path": str(snapshot.path)})
            listed.update(path for (path,) in con.execute("SELECT path FROM snap.parquet_file").fetchall())
            con.execute("DETACH snap")
    return listed


def _adopt_lost_snapshots(home: Path) -> None:
    """Writes CURRENT again where snapshots lie without it: a kill, or a partial restore."""
    paths = sorted(snapshots_dir(home).glob("serving-*.duckdb"))
    if read_pointer(home) is not None or not paths:
        return
    found = tuple(read_stamp(path) for path in paths)
    # empty fingerprints: nobody can tell what these hold, so the next publish writes a new generation
    write_pointer(home, Pointer(home="", content="", model="", kept=found))


def _forget_missing_snapshots(home: Path) -> None:
    pointer = read_pointer(home)
    if pointer is None:
        return
    there = tuple(snapshot for snapshot in pointer.kept if snapshot.path.exists())
    if there != pointer.kept:
        # without a fingerprint the next publish writes a new generation, whatever was loaded
        write_pointer(home, replace(pointer, content="", facts="", kept=there or pointer.kept[-1:]))


def read_stamp(path: Path) -> Snapshot:
    """What a snapshot's file says of itself, whatever the version of its relations. Raises duckdb.Error."""
    with duckdb.connect() as con:
        con.execute("ATTACH $path AS snap (READ_ONLY)", {"path": str(path)})
        ((generation, at),) = con.execute("SELECT generation, published_at FROM snap.snapshot").fetchall()
        return Snapshot(generation, at, path)


def _repoint(home: Path, snapshot: Snapshot) -> None:
    """Gives a snapshot's views the paths of where the store lies now."""
    build = build_file(home, snapshot.generation)
    shutil.copyfile(snapshot.path, build)
    with duckdb.connect(str(build)) as con:
        for relation, paths in con.execute(sql("work/files_by_relation")).fetchall():
            con.execute(parquet_view(relation, [home / path for path in paths]))
    durable.replace(build, snapshot.path)
