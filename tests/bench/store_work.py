"""What happens inside the store: telemetry against a scan of its dump, the model against a scan of its facts."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import duckdb
from measure import Row, compared, in_turns
from setting import Setting

from data.mend import sweep
from data.model.build import build_months
from data.model.settings import ModelSettings
from data.warehouse import Warehouse
from ingest.load_telemetry import load_telemetry
from ingest.source import Window
from ingest.sources.prometheus import Prometheus

WEEKS = 4  # of the demo's dump, so that three loads fit into the bench's five minutes
FACTS = ("device_hour", "idle_stretch", "traffic", "deployment_map", "resource_map")


def measure_telemetry(setting: Setting) -> list[Row]:
    weeks = sorted((setting.demo / "demo" / "telemetry").glob("*.parquet"))[:WEEKS]
    with setting.folder() as folder:
        dump = folder / "dump"
        dump.mkdir()
        for week in weeks:
            (dump / week.name).symlink_to(week)
        ours, scan = in_turns(
            setting.repeats(3), partial(_load, dump, folder / "home"), partial(_scan, str(dump / "*.parquet"))
        )
        with duckdb.connect() as con:
            counted = "SELECT count(*) FROM read_parquet($dump)"
            ((samples,),) = con.execute(counted, {"dump": str(dump / "*.parquet")}).fetchall()
    return [compared(f"load {samples / 1e6:.1f} M telemetry samples ÷ one scan by metric", ours, scan)]


def _load(dump: Path, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    with Warehouse.open(home) as warehouse:
        (result,) = load_telemetry(warehouse, "bench", Prometheus(str(dump)), Window())
    if result.status != "loaded":
        raise RuntimeError(f"The loader did not take the dump: {result}")


def _scan(dump: str) -> None:
    with duckdb.connect() as con:
        question = (
            "SELECT metric, count(*), sum(value), min(ts), max(ts) FROM read_parquet($dump) GROUP BY metric"
        )
        con.execute(question, {"dump": dump}).fetchall()


def measure_model(setting: Setting) -> list[Row]:
    with Warehouse.open(setting.demo) as warehouse:
        con, home = warehouse.con, warehouse.home
        charges = [str(path) for path in warehouse.live_files("cost")]
        months = [
            month for (month,) in con.execute("SELECT DISTINCT month FROM built_ladder ORDER BY 1").fetchall()
        ]
        ours, scan = in_turns(
            setting.repeats(2), partial(_build, con, home, months[-1:]), partial(_read_all, con, charges)
        )
        sweep(con, home)
    return [
        compared(f"facts → ladder, {months[-1]:%Y-%m} and what it shares ÷ one scan of all facts", ours, scan)
    ]


def _build(con: duckdb.DuckDBPyConnection, home: Path, months: list) -> None:
    """In a transaction that is taken back: the store stays as it is."""
    con.execute("BEGIN")
    try:
        build_months(con, home, months, ModelSettings())
    finally:
        con.execute("ROLLBACK")


def _read_all(con: duckdb.DuckDBPyConnection, charges: list[str]) -> None:
    """Every column of every fact, once: a hash over the row cannot leave one out."""
    con.execute("SELECT bit_xor(hash(c)) FROM read_parquet($charges) AS c", {"charges": charges}).fetchall()
    for relation in FACTS:
        con.execute(f"SELECT bit_xor(hash(f)) FROM work.main.{relation} AS f").fetchall()
