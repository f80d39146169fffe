"""Immutable Parquet: written once under its final, load-stamped name, and listed in parquet_file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import duckdb

from data import durable
from data.home import parquet_dir

COMPRESSION = "zstd"  # billing lines: a quarter of snappy's size for the same time to write and to read
STAGED = ".staged"  # no source can be called so
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
    path = _free_name(_folder(home, source, period, load_id), relation)
    rows = _copy(con, path, query, params)
    if rows == 0:
        path.unlink()
    else:
        _list(con, home, path, relation, source, period, load_id, rows)
    return rows


def stage_parquet(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    load_id: str,
    query: str,
    params: Mapping[str, object] | None = None,
) -> tuple[Path, int]:
    """Writes what `query` answers to a file that nothing lists yet; returns it and its rows.

    `adopt_parquet` makes it part of the store. `drop_staged` removes the others; after a kill, the next sweep does.
    """
    folder = parquet_dir(home) / STAGED / load_id
    folder.mkdir(parents=True, exist_ok=True)
    path = _free_name(folder, "staged")
    return path, _copy(con, path, query, params)


def adopt_parquet(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    staged: Path,
    relation: str,
    source: str,
    period: date,
    load_id: str,
    rows: int,
) -> None:
    """Moves a staged file, as it is, to where `write_parquet` would have written it, and lists it."""
    path = _free_name(_folder(home, source, period, load_id), relation)
    staged.replace(path)
    _list(con, home, path, relation, source, period, load_id, rows)


def drop_staged(home: Path) -> None:
    """Takes every staged file off the disk."""
    folder = parquet_dir(home) / STAGED
    if folder.exists():
        shutil.rmtree(folder)


def _folder(home: Path, source: str, period: date, load_id: str) -> Path:
    folder = parquet_dir(home) / source / f"{period:%Y-%m}" / load_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _copy(con: duckdb.DuckDBPyConnection, path: Path, query: str, params: Mapping[str, object] | None) -> int:
    copy = f"COPY ({query}) TO $parquet_path (FORMAT parquet, COMPRESSION {COMPRESSION})"
    ((rows,),) = con.execute(copy, {**(params or {}), "parquet_path": str(path)}).fetchall()
    return int(rows)


def _list(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    path: Path,
    relation: str,
    source: str,
    period: date,
    load_id: str,
    rows: int,
) -> None:
    durable.sync_file(path)
    for made in list(path.parents)[:3]:
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
