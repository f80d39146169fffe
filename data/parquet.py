"""Immutable Parquet: written once under its final, load-stamped name, and listed in parquet_file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import duckdb

from data import durable
from data.home import parquet_dir

COMPRESSION = "zstd"  # billing lines: a quarter of snappy's size for the same time to write and to read
SOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def check_source_name(name: str) -> None:
    """A source's name is a folder's name too. Raises ValueError."""
    if not SOURCE_NAME.fullmatch(name):
        raise ValueError(
            f"'{name}' cannot name a source: it names a folder of the store. "
            "Use letters, digits, dot, dash and underscore, for instance 'aws-main'."
        )


def write_parquet(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    relation: str,
    source: str,
    period: date,
    load_id: str,
    query: str,
    params: Mapping[str, object] | None = None,
) -> int:
    """Writes what `query` answers and lists the file in parquet_file; returns its rows. No rows, no file.

    Call it inside a transaction: the listing counts after the commit, and the file is on the disk before it.
    After a rollback the file is an orphan, which the next sweep removes.
    """
    folder = parquet_dir(home) / source / f"{period:%Y-%m}" / load_id
    folder.mkdir(parents=True, exist_ok=True)
    path = _free_name(folder, relation)
    copy = f"COPY ({query}) TO $parquet_path (FORMAT parquet, COMPRESSION {COMPRESSION})"
    (rows,) = con.execute(copy, {**(params or {}), "parquet_path": str(path)}).fetchall()[0]
    if rows == 0:
        path.unlink()
        return 0
    durable.sync_file(path)
    for made in (folder, folder.parent, folder.parent.parent):
        durable.sync_folder(made)
    con.execute(
        "INSERT INTO parquet_file VALUES ($relation, $source, $period, $load_id, $path, $rows, $bytes)",
        {
            "relation": relation,
            "source": source,
            "period": period.replace(day=1),
            "load_id": load_id,
            "path": path.relative_to(home).as_posix(),
            "rows": rows,
            "bytes": path.stat().st_size,
        },
    ).fetchall()
    return int(rows)


def remove_files(home: Path, relative: Iterable[str]) -> None:
    """Takes files off the disk, and the folders that become empty."""
    top = parquet_dir(home)
    for name in relative:
        path = home / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == top or any(folder.iterdir()):
                break
            folder.rmdir()


def files_on_disk(home: Path) -> set[str]:
    """Every file under the Parquet folder, relative to the store; half-written ones too."""
    return {path.relative_to(home).as_posix() for path in parquet_dir(home).rglob("*") if path.is_file()}


def _free_name(folder: Path, relation: str) -> Path:
    """`<relation>.parquet`; for a load that writes it in several pieces, `<relation>-2.parquet` and so on."""
    path, piece = folder / f"{relation}.parquet", 1
    while path.exists():
        piece += 1
        path = folder / f"{relation}-{piece}.parquet"
    return path
