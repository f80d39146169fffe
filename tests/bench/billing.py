"""Billing ingest: CUR 2.0 lines through the real loader, against a raw copy of the same files, and against pandas."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import duckdb
from measure import Row, compared, in_turns, timed
from pandas_job import pandas_job
from setting import Setting

from data.demo.cur import write_exports
from data.demo.layout import Layout
from data.demo.signal import Calendar
from data.warehouse import Warehouse
from ingest.load_cost import load_deliveries
from ingest.source import Window
from ingest.sources.aws_cur import AwsCur

HERE = Path(__file__).parent
FILES = 4
PANDAS_LINES = 100_000
OCTOBER = 31  # days of the demo that are needed here
EXECUTION = "2026-11-01T08:27:14.035Z-bench"


def measure(setting: Setting) -> list[Row]:
    with setting.folder() as folder:
        export = write_lines(folder, setting.lines)
        files = parquet_files(export)
        part = folder / "part.parquet"
        share = take_part(files, part, min(PANDAS_LINES, setting.lines)) / setting.lines
        ours, raw = in_turns(
            setting.repeats(3),
            partial(ingest, export, folder / "home"),
            partial(raw_copy, files, folder / "raw.parquet"),
        )
        pandas = [timed(partial(pandas_job, part, folder / "pandas.parquet"))]
    size = f"{setting.lines:,} CUR 2.0 lines"
    return [
        compared(f"ingest {size} ÷ DuckDB copying the files", ours, raw, "≤ 2 ×"),
        compared(f"ingest {size}, faster than pandas", ours, pandas, "≥ 10 ×", times=1 / share, faster=True),
    ]


def write_lines(folder: Path, lines: int) -> Path:
    """One billing period of that many lines in AWS's layout, with its manifest: the demo's October, repeated.

    Each repetition has resources, line ids and amounts of its own, so that nothing compresses better than in life.
    """
    demo = folder / "demo"
    write_exports(Layout(), Calendar(OCTOBER), demo)
    october = str(next(demo.glob("s3/*/*/data/BILLING_PERIOD=2026-10/*"))) + "/*.parquet"
    export = folder / "export" / "bench-cur"
    data = export / "data" / "BILLING_PERIOD=2026-10" / EXECUTION
    data.mkdir(parents=True)
    names = [f"bench-cur-{number:05}.snappy.parquet" for number in range(1, FILES + 1)]
    with duckdb.connect() as con:
        for number, name in enumerate(names):
            values = {
                "source": october,
                "lines": lines,
                "file": number,
                "files": FILES,
                "target": str(data / name),
            }
            con.execute((HERE / "write_lines.sql").read_text(encoding="utf-8"), values)
    metadata = export / "metadata" / "BILLING_PERIOD=2026-10"
    metadata.mkdir(parents=True)
    base = f"s3://bench/export/bench-cur/data/BILLING_PERIOD=2026-10/{EXECUTION}"
    body = {"executionId": "bench", "dataFiles": [f"{base}/{name}" for name in names]}
    (metadata / "bench-cur-Manifest.json").write_text(json.dumps(body))
    shutil.rmtree(demo)
    return export


def parquet_files(export: Path) -> list[str]:
    return [str(path) for path in sorted(export.rglob("*.parquet"))]


def take_part(files: list[str], target: Path, lines: int) -> int:
    """Evenly spread lines of the same files, for the job that would take too long on all of them."""
    with duckdb.connect() as con:
        ((every,),) = con.execute("SELECT count(*) FROM read_parquet($files)", {"files": files}).fetchall()
        part = "SELECT * EXCLUDE (place) FROM (SELECT *, row_number() OVER () AS place FROM read_parquet($files))"
        copy = f"COPY ({part} WHERE place % $step = 0) TO $target (FORMAT parquet)"
        values = {"files": files, "step": max(every // lines, 1), "target": str(target)}
        return int(con.execute(copy, values).fetchall()[0][0])


def ingest(export: Path, home: Path) -> None:
    """The real loader into an empty store, without publishing."""
    shutil.rmtree(home, ignore_errors=True)
    with Warehouse.open(home) as warehouse:
        (result,) = load_deliveries(warehouse, "bench", AwsCur(str(export)), Window())
    if result.status != "loaded" or result.rejected:
        raise RuntimeError(f"The loader did not take the lines: {result}")


def raw_copy(files: list[str], target: Path) -> None:
    """The same columns, unchanged, with the compression that the store uses and no order to keep."""
    with duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = false")
        copy = "COPY (SELECT * FROM read_parquet($files, hive_partitioning = false)) TO $target"
        con.execute(f"{copy} (FORMAT parquet, COMPRESSION zstd)", {"files": files, "target": str(target)})
