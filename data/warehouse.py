"""The one writer: opens the working file under the lock, runs each load as one transaction, and publishes."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from data import mend
from data import publish as publishing
from data.home import lock_file, make_home, spill_dir, work_file
from data.load import Load
from data.lock import IngestLock
from data.parquet import check_source_name
from data.pointer import Snapshot
from data.preview import Preview, previews
from data.sql import sql

if TYPE_CHECKING:
    from data.model.settings import ModelSettings

Grain = Literal["cost", "telemetry", "traffic", "reference"]


@dataclass(frozen=True)
class Mode:
    """How an opening of the store loads.

    rehearse: every load is done in full, previewed and taken back. again: a delivery that is live already is loaded
    once more, and may take away lines of accounts that it does not hold itself and hours that it tells in part.
    """

    rehearse: bool = False
    again: bool = False


class Warehouse:
    """The store, open for writing. A context manager; make one with `Warehouse.open`."""

    def __init__(
        self, home: Path, con: duckdb.DuckDBPyConnection, lock: IngestLock, mode: Mode | None = None
    ) -> None:
        self.home = home
        self.con = con
        self.mode = mode or Mode()
        self.previews: list[Preview] = []  # of the loads that were rehearsed
        self._lock = lock
        self._recorded: BaseException | None = None

    @classmethod
    def open(
        cls,
        home: Path,
        wait_seconds: float = 600,
        on_wait: Callable[[str], None] = lambda _: None,
        mode: Mode | None = None,
    ) -> Warehouse:
        """Takes the lock, opens work.duckdb (creating it), and mends what a killed ingest left behind.

        `on_wait` is told once who holds the lock. Raises LockHeld after wait_seconds, HomeUnusable.
        """
        home = home.resolve()
        make_home(home)
        lock = IngestLock(lock_file(home))
        try:
            lock.acquire(wait_seconds, on_wait)
            warehouse = cls(home, _connect(home), lock, mode)
            warehouse._mend()
        except BaseException:
            lock.release()
            raise
        return warehouse

    def close(self) -> None:
        self.con.close()
        self._lock.release()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def load(self, source: str, kind: str, grain: Grain) -> Iterator[Load]:
        """One load in one transaction: commits on leaving, if `finish` was called.

        An exception rolls everything back, Parquet files too, leaves a row load(status = 'failed', message)
        for people to see, and is raised again. A rehearsal ends with its preview instead, and leaves nothing.
        """
        check_source_name(source)
        load = Load(self.con, self.home, self._begin(source, kind, grain), source, self.mode.again)
        self._run("BEGIN")
        try:
            yield load
            load.close()
            self._settle(load)
        except BaseException as error:
            self._roll_back()
            self._fail(load.load_id, error)
            raise

    def _settle(self, load: Load) -> None:
        if not self.mode.rehearse:
            self._run("COMMIT")
            return
        self.previews.extend(previews(load))
        self._roll_back()
        self._run(sql("work/forget_load"), load_id=load.load_id)

    def record_failure(self, source: str, kind: str, grain: Grain, error: BaseException) -> None:
        """Leaves a failed load for people to see, where the failure came before a load began; else there is one."""
        if error is not self._recorded:
            load_id = self._begin(source, kind, grain)
            self._fail(load_id, error)

    def live_files(self, relation: str, source: str | None = None) -> list[Path]:
        """The Parquet files that make up a relation now, absolute, in a fixed order."""
        rows = self._run(sql("work/live_files"), relation=relation, source=source)
        return [self.home / path for (path,) in rows]

    def publish(self, settings: ModelSettings, model: publishing.Model | None = None) -> Snapshot:
        """Builds the months that changed, writes the next snapshot and moves CURRENT to it.

        Nothing changed since the last one: returns that. Snapshots that nobody needs leave the disk.
        """
        return publishing.publish(self.con, self.home, settings, model or publishing.default_model())

    def _mend(self) -> None:
        self._run(sql("work/mend_loads"), now=_now())
        mend.mend(self.con, self.home)

    def _begin(self, source: str, kind: str, grain: Grain) -> str:
        new = {"load_id": _new_load_id(), "source": source, "kind": kind, "grain": grain, "now": _now()}
        self._run(sql("work/begin_load"), **new)
        return str(new["load_id"])

    def _fail(self, load_id: str, error: BaseException) -> None:
        self._recorded = error
        if self.mode.rehearse:
            self._run(sql("work/forget_load"), load_id=load_id)
            return
        message = (str(error) or type(error).__name__)[:4000]
        self._run(sql("work/fail_load"), load_id=load_id, message=message, now=_now())

    def _roll_back(self) -> None:
        try:
            self._run("ROLLBACK")
        except duckdb.TransactionException:
            return  # the commit itself failed, and DuckDB has rolled back already
        finally:
            mend.sweep(self.con, self.home)

    def _run(self, statement: str, **params: object) -> list[tuple[Any, ...]]:
        return self.con.execute(statement, params or None).fetchall()


def _connect(home: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(work_file(home)))
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    con.execute("SET GLOBAL preserve_insertion_order = false")
    con.execute("SET GLOBAL temp_directory = $spill", {"spill": str(spill_dir(home))})
    con.execute(sql("schema/work"))
    con.execute(sql("work/upgrade"))
    return con


def _new_load_id() -> str:
    """Sorts by time, and no two are equal."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid():x}{secrets.token_hex(2)}"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
