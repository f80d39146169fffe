"""One load: what it read, what it refused, what it wrote. Everything here happens inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from data.parquet import adopt_parquet, drop_staged, stage_parquet, write_parquet
from data.restatement import Restatement, restatements
from data.sql import sql

RAW_CHARACTERS = 4000


class Load:
    """Handed out by `Warehouse.load`; `finish` must be called once before leaving."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, home: Path, load_id: str, source: str, again: bool = False
    ) -> None:
        self.con = con
        self.home = home
        self.load_id = load_id
        self.source = source
        self.again = again  # load what is live already once more
        self._files = 0
        self._replaced: set[str] = set()
        self._finished = False

    def add_file(self, uri: str, etag: str | None, bytes: int | None, rows: int | None) -> str:
        """Notes a file that was read; returns its file_id."""
        self._files += 1
        file_id = f"{self.load_id}/{self._files}"
        noted = [file_id, self.load_id, self.source, uri, etag, bytes, rows]
        self.con.execute("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", noted).fetchall()
        return file_id

    def reject(self, file_id: str, line_no: int | None, reason: str, raw: str | None) -> None:
        """Keeps one row that could not be loaded, cut at 4,000 characters."""
        kept = [self.load_id, file_id, self.source, line_no, reason, raw and raw[:RAW_CHARACTERS]]
        self.con.execute("INSERT INTO reject VALUES (?, ?, ?, ?, ?, ?)", kept).fetchall()

    def reject_select(self, query: str, params: Mapping[str, object] | None = None) -> int:
        """Keeps every row of a SELECT file_id, line_no, reason, raw; returns how many."""
        columns = "SELECT $load_id, file_id, $source, line_no, reason, left(raw, 4000)"
        statement = f"INSERT INTO reject {columns} FROM ({query})"
        ((rows,),) = self._run(statement, source=self.source, **(params or {}))
        return int(rows)

    def write_parquet(
        self, relation: str, period: date, query: str, params: Mapping[str, object] | None = None
    ) -> int:
        """Writes what a SELECT answers as immutable Parquet of this load and period; returns its rows."""
        return write_parquet(self.con, self.home, relation, self.source, period, self.load_id, query, params)

    def stage_parquet(self, query: str, params: Mapping[str, object] | None = None) -> tuple[Path, int]:
        """Writes what a SELECT answers to a file that nothing lists; returns it and its rows.

        It goes with the end of the load, unless `adopt_parquet` made it part of the store.
        """
        return stage_parquet(self.con, self.home, self.load_id, query, params)

    def adopt_parquet(self, staged: Path, relation: str, period: date, rows: int) -> None:
        """Makes a staged file, unchanged, part of the store, in place of writing its rows a second time."""
        adopt_parquet(self.con, self.home, staged, relation, self.source, period, self.load_id, rows)

    def drop_cost_period(self, period: date) -> None:
        """Takes what this source held of a billing period out: its cost files and invoice totals.

        The files stay on the disk for the snapshots that list them.
        """
        month = period.replace(day=1)
        replaced = self._run(sql("work/drop_cost_files"), source=self.source, period=month)
        self._run(sql("work/keep_replaced_totals"), source=self.source, period=month)
        self._run(sql("work/drop_invoice_totals"), source=self.source, period=month)
        self._replaced.update(load_id for (load_id,) in replaced)

    def restatements(self) -> tuple[Restatement, ...]:
        """What this load replaced and states instead; to be asked when its invoice totals are written."""
        return restatements(self.con, self.load_id)

    def replace_reference(self) -> None:
        """States that earlier loads of this source and kind hold nothing any more, nor do their rejects count."""
        self._run(sql("work/replace_reference"))

    def replace_window(self, start: datetime, end: datetime) -> None:
        """States that earlier loads of this source, whose hours all lie in [start, end), hold nothing any more."""
        self._run(sql("work/replace_window"), start=start, end=end)

    def mark_dirty(self, months: Iterable[date]) -> None:
        """Has the facts of these UTC months built again before the next publish."""
        for month in sorted({date(day.year, day.month, 1) for day in months}):
            self.con.execute("INSERT OR IGNORE INTO dirty_month VALUES (?)", [month]).fetchall()

    def finish(
        self,
        *,
        rows: int,
        delivery_id: str | None = None,
        billing_period: date | None = None,
        window: tuple[datetime | None, datetime | None] | None = None,
        status: Literal["loaded", "unchanged", "replaced"] = "loaded",
        message: str | None = None,
    ) -> None:
        """States what the load was. Counts the rejected rows; loads that it emptied become 'replaced'."""
        start, end = window or (None, None)
        self._run(
            sql("work/finish_load"),
            rows=rows,
            delivery_id=delivery_id,
            billing_period=billing_period,
            window_start=start,
            window_end=end,
            status=status,
            message=message,
            now=datetime.now(UTC).replace(tzinfo=None),
        )
        for load_id in self._replaced:
            self.con.execute(sql("work/mark_replaced"), {"old": load_id}).fetchall()
        if status == "unchanged":
            self._run(sql("work/forget_older_checks"), source=self.source, delivery_id=delivery_id)
        self._finished = True

    def close(self) -> None:
        """Called by the warehouse before the commit. Raises RuntimeError if the load was never finished."""
        if not self._finished:
            raise RuntimeError(
                f"Load {self.load_id} of '{self.source}' ended without finish(); nothing was kept."
            )
        drop_staged(self.home)

    def _run(self, statement: str, **params: object) -> list[tuple[Any, ...]]:
        return self.con.execute(statement, {"load_id": self.load_id, **params}).fetchall()
