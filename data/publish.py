"""Publishing: from the working file to a stamped, read-only snapshot that readers notice by the pointer.

A kill at any moment leaves the last snapshot whole: the next one is built under another name, gets its own
when it is on the disk, and counts only once CURRENT, replaced in one step, names it. What a kill leaves over
goes when the next ingest opens the store (data.mend).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from data import durable
from data.fingerprint import model_fingerprint
from data.home import build_file, snapshot_file
from data.mend import sweep
from data.pins import pins
from data.pointer import SCHEMA_VERSION, Pointer, Snapshot, read_pointer, write_pointer
from data.retention import keep
from data.sql import macros, parquet_view, sql
from data.upgrade import upgrade

if TYPE_CHECKING:
    from data.model.settings import ModelSettings

COPIED = (
    "load", "file", "reject", "invoice_total", "unusable_effective", "replaced_total", "parquet_file",
    "price", "fx_rate", "account", "business_output",
)  # fmt: skip


class Model(Protocol):
    """What publishing asks of the model: facts of whole months, then every mart of the snapshot."""

    def build_months(
        self, con: duckdb.DuckDBPyConnection, home: Path, months: list[date], settings: ModelSettings
    ) -> None:
        """Replaces gpu_hour and part of these UTC months: their Parquet, and its rows in parquet_file."""
        ...

    def write_marts(
        self, con: duckdb.DuckDBPyConnection, home: Path, settings: ModelSettings, catalog: str
    ) -> None:
        """Fills the tables of schema/snapshot.sql in `catalog`; cost, gpu_hour and part stand already."""
        ...


def default_model() -> Model:
    """The model of this repository."""
    from data.model import build  # only here: reading and status do without the model's code

    return build


def publish(con: duckdb.DuckDBPyConnection, home: Path, settings: ModelSettings, model: Model) -> Snapshot:
    """Builds what changed and moves CURRENT to the next generation; see Warehouse.publish."""
    pointer = read_pointer(home)
    fingerprint = model_fingerprint(settings)
    if pointer is None or pointer.model != fingerprint:
        con.execute(sql("work/mark_all_months")).fetchall()
        upgrade(pointer.kept if pointer else (), COPIED)
    _build_months(con, home, settings, model)
    content, facts = _content_fingerprints(con)
    if pointer is not None and (pointer.model, pointer.content) == (fingerprint, content):
        return pointer.current
    only_failures = pointer is not None and (pointer.model, pointer.facts) == (fingerprint, facts)
    snapshot = _next(home, pointer, only_failures=only_failures)
    _write(con, home, snapshot, settings, model)
    pinned = {pin.generation for pin in pins(home)}
    kept = keep([*(pointer.kept if pointer else ()), snapshot], pinned, snapshot.published_at)
    write_pointer(home, Pointer(str(home), content, fingerprint, tuple(kept), facts))
    sweep(con, home)
    return snapshot


def _next(home: Path, pointer: Pointer | None, *, only_failures: bool) -> Snapshot:
    generation = pointer.current.generation + 1 if pointer else 1
    now = datetime.now(UTC).replace(tzinfo=None)
    return Snapshot(generation, now, snapshot_file(home, generation), only_failures)


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
        con.execute(macros())
        for table in COPIED:
            con.execute(f"CREATE OR REPLACE TABLE {table} AS FROM work.main.{table}").fetchall()
        con.execute("INSERT INTO fx_setting VALUES (?)", [settings.rate_max_age_days]).fetchall()
        con.execute("INSERT INTO model_setting VALUES (?)", [settings.device_share]).fetchall()
        con.execute(sql("fx"))
        _create_views(con, home)
        con.execute("USE work")
        model.write_marts(con, home, settings, catalog="snap")
        con.execute("USE snap")
        con.execute(sql("work/source_period")).fetchall()
        con.execute(sql("work/source_state")).fetchall()
        stamp = [snapshot.generation, snapshot.published_at, SCHEMA_VERSION]
        con.execute(sql("work/stamp_snapshot"), stamp).fetchall()
    durable.replace(build, snapshot.path)


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, build: Path) -> Iterator[None]:
    """A new file as catalog `snap`, where statements act by default; written out when it is left."""
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
    """cost, gpu_hour and part over their Parquet files; where there is none, the empty table stays."""
    con.execute(sql("schema/cost"))
    con.execute("CREATE TABLE cost AS FROM temp.stage_cost LIMIT 0")
    con.execute("DROP TABLE temp.stage_cost")
    files = con.execute(sql("work/files_by_relation")).fetchall()
    for relation, paths in files:
        con.execute(f"DROP TABLE {relation}")
        con.execute(parquet_view(relation, [home / path for path in paths]))


def _content_fingerprints(con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """Change with every load that did something and every Parquet file; the first also with failed loads."""
    ((content, facts),) = con.execute(sql("work/content_fingerprint")).fetchall()
    return str(content), str(facts)
