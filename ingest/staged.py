"""Charge lines between their raw file and the store: each raw file becomes one Parquet file, shaped as the store's.

Nothing wide is held in memory, however long an export is: lines go from file to file, checks read the columns that they
need of the view `staged`, and a file that needs no change becomes part of the store as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from duckdb import ColumnExpression, ConstantExpression

from data.load import Load
from data.sql import parquet_view
from data.sql import sql as data_sql

SQL = Path(__file__).parent / "sql"
SMALL = 122_880  # lines of a row group: files with fewer are written anew, several as one


@dataclass(frozen=True)
class StagedFile:
    """The lines of one raw file; line ids from `first_line` to `last_line`, billing periods likewise. Rows may be 0."""

    path: Path
    rows: int
    first_line: int | None = None
    last_line: int | None = None
    first_period: date | None = None
    last_period: date | None = None

    def holds(self, period: date) -> bool:
        """Whether it may: a file of April and June says so of May."""
        if self.first_period is None or self.last_period is None:
            return False
        return self.first_period <= period <= self.last_period

    def holds_only(self, period: date) -> bool:
        return self.first_period == self.last_period == period


def prepare(load: Load) -> None:
    """Once per load: the shape of a charge line, and the billing periods whose lines are not asked for."""
    load.con.execute("CREATE OR REPLACE TEMP TABLE left_out_period (billing_period DATE)")
    load.con.execute("DROP VIEW IF EXISTS temp.staged")
    load.con.execute(data_sql("schema/cost"))


def stage(load: Load, select: str, params: dict[str, object]) -> StagedFile:
    """Writes what a SELECT over `raw` answers, in the shape of a charge line. Unknown columns are a ValueError."""
    shape = load.con.table("temp.stage_cost")
    lines = load.con.sql(select, params=params)
    if unknown := set(lines.columns) - set(shape.columns):
        raise ValueError(f"A charge line has no column {', '.join(sorted(unknown))}")
    cells = (
        (ColumnExpression(name) if name in lines.columns else ConstantExpression(None)).cast(kind).alias(name)
        for name, kind in zip(shape.columns, shape.types, strict=True)
    )
    lines.select(*cells).create_view("staging", replace=True)
    file = _measured(load, *load.stage_parquet("FROM staging"))
    load.con.execute("DROP VIEW staging")
    return file


def rewrite(load: Load, file: StagedFile, statement: str) -> StagedFile:
    """The file's lines as a SELECT over $staged answers them, in a new file; the old one goes."""
    values = {"staged": str(file.path)}
    anew = _measured(load, *load.stage_parquet(statement, values))
    file.path.unlink()
    return anew


def show(load: Load, files: Iterable[StagedFile]) -> None:
    """Creates the view `staged` over the lines of these files, without those of `left_out_period`."""
    paths = [file.path for file in files]
    view = parquet_view("staged", paths, temporary=True)
    ((left_out,),) = load.con.execute("SELECT count(*) FROM left_out_period").fetchall()
    if left_out:
        view += " WHERE billing_period NOT IN (FROM left_out_period)"
    load.con.execute(view if paths else "CREATE OR REPLACE TEMP VIEW staged AS FROM temp.stage_cost")


def write(load: Load, files: Iterable[StagedFile], period: date) -> None:
    """Writes the lines of one billing period to the store.

    A big file that holds nothing else is moved, in the export's order: sorting it would make the load a fifth slower,
    and saves a question for one day about 25 ms per million lines. Small ones are written as one, in the order of
    reading.
    """
    for piece in pieces(file for file in files if file.holds(period)):
        (first, *others) = piece
        if not others and first.rows >= SMALL and first.holds_only(period):
            load.adopt_parquet(first.path, "cost", period, first.rows)
        else:
            statement = "write_big" if first.rows >= SMALL else "write_small"
            values = {"staged": [str(file.path) for file in piece], "period": period}
            load.write_parquet("cost", period, _sql(statement), values)


def drop(load: Load) -> None:
    """Takes away what `prepare` and `show` created."""
    load.con.execute("DROP VIEW temp.staged; DROP TABLE temp.stage_cost")


def pieces(files: Iterable[StagedFile]) -> Iterator[list[StagedFile]]:
    """What is written at a time: big files one by one; small ones gathered until they are big together."""
    gathered: list[StagedFile] = []
    for file in files:
        if file.rows >= SMALL:
            yield [file]
            continue
        gathered.append(file)
        if sum(one.rows for one in gathered) >= SMALL:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _measured(load: Load, path: Path, rows: int) -> StagedFile:
    (found,) = load.con.execute(_sql("staged_file"), {"staged": str(path)}).fetchall()
    return StagedFile(path, rows, *found)


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
