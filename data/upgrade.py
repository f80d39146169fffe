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

STEPS = (
    Path(__file__).parent / "schema" / "upgrade"
)  # <version>.sql leads to that version from the one before


def upgrade(snapshots: Iterable[Snapshot]) -> None:
    """Brings those that are older, and that steps lead up from, to SCHEMA_VERSION; of the others a page says what they
    are. Each is replaced in one step: a reader sees the old file or the new one."""
    for snapshot in snapshots:
        build = snapshot.path.with_name(f".upgrade-{snapshot.path.name}")
        shutil.copyfile(snapshot.path, build)
        try:
            if _step_up(build):
                durable.replace(build, snapshot.path)
        except duckdb.Error:
            continue  # a damaged one stays as it is: `check` names it
        finally:
            build.unlink(missing_ok=True)


def _step_up(build: Path) -> bool:
    """Whether the file now stands at SCHEMA_VERSION and did not before. Raises duckdb.Error."""
    with duckdb.connect(build) as con:
        ((version,),) = con.execute("SELECT schema_version FROM snapshot").fetchall()
        missing = range(version + 1, SCHEMA_VERSION + 1)
        if not missing or not all((STEPS / f"{step}.sql").exists() for step in missing):
            return False
        for step in missing:
            con.execute(sql(f"schema/upgrade/{step}"))
        con.execute("UPDATE snapshot SET schema_version = ?", [SCHEMA_VERSION])
        return True
