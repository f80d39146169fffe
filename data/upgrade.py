"""Older snapshots under newer code: what a version of the relations added is unknown in them, and so NULL. Their id and
their figures stay, so that a link of last month shows last month's number after an upgrade.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from data import durable
from data.pointer import SCHEMA_VERSION, Snapshot
from data.sql import sql

Columns = frozenset[tuple[str, str]]  # table or view, column

STEPS = (
    Path(__file__).parent / "schema" / "upgrade"
)  # <version>.sql leads to that version from the one before


def upgrade(snapshots: Iterable[Snapshot], copied: Iterable[str]) -> None:
    """Brings those that are older, and that steps lead up from, to SCHEMA_VERSION; of the others a page says what they
    are. Each is replaced in one step: a reader sees the old file or the new one. `copied`: the tables of the working
    file that every snapshot holds."""
    wanted = _wanted(copied)
    for snapshot in snapshots:
        if not snapshot.path.exists():
            continue  # nothing is left to bring up; the next generation takes its place
        build = snapshot.path.with_name(f".upgrade-{snapshot.path.name}")
        shutil.copyfile(snapshot.path, build)
        try:
            if _step_up(build, wanted):
                durable.replace(build, snapshot.path)
        except duckdb.Error:
            continue  # a damaged one stays as it is: `check` names it
        finally:
            build.unlink(missing_ok=True)


def _wanted(copied: Iterable[str]) -> Columns:
    """Every column that the questions of this version may ask for."""
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA work; USE work")
        con.execute(sql("schema/work"))
        con.execute("USE main")
        con.execute(sql("schema/snapshot"))
        return _columns(con, "main") | {
            (table, column) for table, column in _columns(con, "work") if table in set(copied)
        }


def _columns(con: duckdb.DuckDBPyConnection, schema: str = "main") -> Columns:
    found = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = ? AND NOT internal",
        [schema],
    )
    return frozenset(found.fetchall())


def _lacks(con: duckdb.DuckDBPyConnection, wanted: Columns) -> bool:
    """Views show what their Parquet files hold, whatever the version."""
    views = {
        name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    }
    return any(table not in views for table, _ in wanted - _columns(con))


def _step_up(build: Path, wanted: Columns) -> bool:
    """Whether the file now stands at SCHEMA_VERSION and did not before. Raises duckdb.Error."""
    with duckdb.connect(build) as con:
        ((version,),) = con.execute("SELECT schema_version FROM snapshot").fetchall()
        missing = range(version + 1, SCHEMA_VERSION + 1)
        if not missing or not all((STEPS / f"{step}.sql").exists() for step in missing):
            return False
        for step in missing:
            con.execute(sql(f"schema/upgrade/{step}"))
        if _lacks(
            con, wanted
        ):  # it was made while its version still grew: a page would break on what it lacks
            return False
        con.execute("UPDATE snapshot SET schema_version = ?", [SCHEMA_VERSION])
        return True
