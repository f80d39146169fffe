"""Publishing: from the working file to a stamped, read-only snapshot that readers notice by the pointer.

A kill at any moment leaves the last snapshot whole: a snapshot is built under another name, gets its own name when it is
on the disk, and counts only once CURRENT, replaced in one step, names it. What a kill leaves over, `mend` removes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from data import durable
from data.home import build_file, parquet_dir, snapshot_file, snapshots_dir
from data.parquet import files_on_disk, remove_files
from data.pins import pins
from data.pointer import Pointer, Snapshot, read_pointer, write_pointer
from data.retention import keep
from data.sql import HERE, parquet_view, sql

if TYPE_CHECKING:
    from data.model.settings import ModelSettings

SCHEMA_VERSION = 1
VIEWS = ("cost", "gpu_hour", "part")
COPIED = ("load", "file", "reject", "invoice_total", "parquet_file", "price")


class Model(Protocol):
    """What publishing asks of the model: facts of whole months as Parquet, then every mart of the snapshot."""

    def build_months(
        self, con: duckdb.DuckDBPyConnection, home: Path, months: list[date], settings: ModelSettings
    ) -> None:
        """Replaces gpu_hour and part of these UTC months (files and their rows in parquet_file)."""
        ...

    def write_marts(
        self, con: duckdb.DuckDBPyConnection, home: Path, settings: ModelSettings, catalog: str
    ) -> None:
        """Fills the empty tables of schema/snapshot.sql in `catalog`; its views cost, gpu_hour and part stand already."""
        ...


def default_model() -> Model:
    """The model of this repository."""
    from data.model import build  # here, since the model writes its Parquet through this package's store

    return build


def publish(con: duckdb.DuckDBPyConnection, home: Path, settings: ModelSettings, model: Model) -> Snapshot:
    """Builds what changed and moves CURRENT to the next generation; see Warehouse.publish."""
    pointer = read_pointer(home)
    fingerprint = _model_fingerprint(settings)
    if pointer is None or pointer.model != fingerprint:
        con.execute(sql("schema/mark_all_months")).fetchall()
    _build_months(con, home, settings, model)
    content = _content_fingerprint(con)
    if pointer is not None and (pointer.model, pointer.content) == (fingerprint, content):
        return pointer.current
    snapshot = Snapshot(
        generation=pointer.current.generation + 1 if pointer else 1,
        published_at=datetime.now(UTC).replace(tzinfo=None),
        path=snapshot_file(home, pointer.current.generation + 1 if pointer else 1),
    )
    _write(con, home, snapshot, settings, model)
    pinned = {pin.generation for pin in pins(home)}
    kept = keep([*(pointer.kept if pointer else ()), snapshot], pinned, snapshot.published_at)
    write_pointer(home, Pointer(home=str(home), content=content, model=fingerprint, kept=tuple(kept)))
    sweep(con, home)
    return snapshot


def mend(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Removes what a kill left over, and repairs the paths of a store that was moved."""
    _adopt_lost_snapshots(home)
    sweep(con, home)
    pointer = read_pointer(home)
    if pointer is not None and pointer.home != str(home):
        for snapshot in pointer.kept:
            _repoint(home, snapshot)
        write_pointer(home, replace(pointer, home=str(home)))


def sweep(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Removes snapshots that CURRENT does not keep, and Parquet that neither the working file nor a kept snapshot lists."""
    pointer = read_pointer(home)
    kept = pointer.kept if pointer else ()
    names = {snapshot.path.name for snapshot in kept}
    for path in snapshots_dir(home).iterdir():
        if path.name not in names:
            path.unlink()
    live = {path for (path,) in con.execute("SELECT path FROM parquet_file").fetchall()}
    unknown = files_on_disk(home) - live
    if unknown:  # only then is it worth opening every kept snapshot
        remove_files(home, unknown - listed_files(kept))


def listed_files(snapshots: tuple[Snapshot, ...]) -> set[str]:
    """Every Parquet file, relative to the store, that one of these snapshots reads. Raises duckdb.Error if one is damaged."""
    listed: set[str] = set()
    for snapshot in snapshots:
        with duckdb.connect() as con:
            con.execute("ATTACH $path AS snap (READ_ONLY)", {"path": str(snapshot.path)})
            listed.update(path for (path,) in con.execute("SELECT path FROM snap.parquet_file").fetchall())
    return listed


def _build_months(con: duckdb.DuckDBPyConnection, home: Path, settings: ModelSettings, model: Model) -> None:
    months = [month for (month,) in con.execute("SELECT month FROM dirty_month ORDER BY month").fetchall()]
    if not months:
        return
    con.execute("BEGIN")
    try:
        model.build_months(con, home, months, settings)
        con.execute("DELETE FROM dirty_month").fetchall()
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        sweep(con, home)
        raise


def _write(
    con: duckdb.DuckDBPyConnection, home: Path, snapshot: Snapshot, settings: ModelSettings, model: Model
) -> None:
    build = build_file(home, snapshot.generation)
    with _attached(con, build):
        con.execute(sql("schema/snapshot"))
        _create_views(con, home)
        for table in COPIED:
            con.execute(f"CREATE OR REPLACE TABLE snap.{table} AS FROM work.main.{table}").fetchall()
        con.execute("USE work")
        model.write_marts(con, home, settings, catalog="snap")
        con.execute("USE snap")
        con.execute(sql("schema/source_state"))
        con.execute(
            sql("schema/stamp_snapshot"),
            {
                "generation": snapshot.generation,
                "published_at": snapshot.published_at,
                "schema_version": SCHEMA_VERSION,
            },
        ).fetchall()
    durable.replace(build, snapshot.path)


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, build: Path) -> Iterator[None]:
    """The file as catalog `snap` and the place where statements act; complete on the disk's side when it is left."""
    build.unlink(missing_ok=True)
    con.execute("ATTACH $path AS snap", {"path": str(build)})
    try:
        con.execute("USE snap")
        yield
        con.execute("CHECKPOINT snap")
    finally:
        con.execute("USE work")
        con.execute("DETACH snap")


def _create_views(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """cost, gpu_hour and part over their Parquet files; without a file, an empty table of the same shape."""
    con.execute(sql("schema/cost"))
    con.execute("CREATE TABLE cost AS FROM temp.stage_cost LIMIT 0")
    con.execute("DROP TABLE temp.stage_cost")
    for relation in VIEWS:
        files = con.execute(
            "SELECT path FROM work.main.parquet_file WHERE relation = $relation ORDER BY path",
            {"relation": relation},
        ).fetchall()
        if files:
            con.execute(f"DROP TABLE {relation}")
            con.execute(parquet_view(relation, [home / path for (path,) in files]))


def _model_fingerprint(settings: ModelSettings) -> str:
    """Changes with the model's code and settings: then every month is built again."""
    digest = hashlib.sha256(repr(settings).encode())
    for folder in (HERE / "model", HERE / "schema"):
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".sql", ".py", ".csv")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _content_fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """Changes with every load that did something, and with every Parquet file that came or went."""
    return "".join(str(value) for (value,) in con.execute(sql("schema/content_fingerprint")).fetchall())


def _adopt_lost_snapshots(home: Path) -> None:
    """Writes CURRENT again where snapshots lie without it, as after a restore that forgot it."""
    paths = sorted(snapshots_dir(home).glob("serving-*.duckdb"))
    if read_pointer(home) is not None or not paths:
        return
    found = tuple(_read_stamp(path) for path in paths)
    # empty hashes: the next publish cannot tell what these hold, so it writes a new generation
    write_pointer(home, Pointer(home="", content="", model="", kept=found))


def _read_stamp(path: Path) -> Snapshot:
    with duckdb.connect() as con:
        con.execute("ATTACH $path AS snap (READ_ONLY)", {"path": str(path)})
        ((generation, published_at),) = con.execute(
            "SELECT generation, published_at FROM snap.snapshot"
        ).fetchall()
        return Snapshot(generation, published_at, path)


def _repoint(home: Path, snapshot: Snapshot) -> None:
    """Gives a snapshot's views the paths of where the store lies now; its numbers stay what they were."""
    build = build_file(home, snapshot.generation)
    shutil.copyfile(snapshot.path, build)
    with duckdb.connect(str(build)) as con:
        for relation in VIEWS:
            files = con.execute(
                "SELECT path FROM parquet_file WHERE relation = $relation ORDER BY path",
                {"relation": relation},
            ).fetchall()
            if files:
                con.execute(parquet_view(relation, [home / path for (path,) in files]))
    durable.replace(build, snapshot.path)


__all__ = ["Model", "default_model", "listed_files", "mend", "parquet_dir", "publish", "sweep"]
