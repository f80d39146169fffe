"""A small invented estate as a published snapshot: numbers one can work out by hand
(tests/support/estate.sql).
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import duckdb

from data.home import snapshot_file
from data.model.build import model_files
from data.pointer import SCHEMA_VERSION, Pointer, Snapshot, write_pointer
from data.sql import sql

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "data" / "schema"
PUBLISHED_AT = datetime(2026, 11, 1, 6, 3)
FROM_WORK = (
    "load",
    "file",
    "reject",
    "invoice_total",
    "unusable_effective",
    "replaced_total",
    "price",
    "fx_rate",
    "business_output",
)


def _shapes() -> str:
    """Every relation of a snapshot as an empty table, from the project's own schema files."""
    cost = (SCHEMA / "cost.sql").read_text() + "CREATE TABLE cost AS FROM stage_cost LIMIT 0;"
    work = [s.query for s in duckdb.extract_statements((SCHEMA / "work.sql").read_text())]
    wanted = [s for s in work if any(f"EXISTS {name} (" in s for name in FROM_WORK)]
    return "\n".join([cost, (SCHEMA / "snapshot.sql").read_text(), *wanted])


def fill_free_time(con: duckdb.DuckDBPyConnection) -> None:
    """device_day and free_time of the rows that stand in the other relations, by the model's own files."""
    con.execute(sql("model/prelude/duckdb"))
    con.execute("""
        CREATE OR REPLACE TEMP VIEW device_part AS FROM part;
        CREATE OR REPLACE TEMP VIEW month_line AS
        SELECT *, commitment_discount_id AS commitment_id, coalesce(x_commitment_credit, 0) AS commitment_credit
        FROM cost;
    """)
    selects = dict([*model_files("month"), *model_files("mart")])
    con.execute(f"CREATE OR REPLACE TEMP TABLE built_device_day AS {selects['device_day']}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE built_unheld_hour AS {selects['unheld_hour']}")
    con.execute("INSERT INTO device_day BY NAME FROM built_device_day")
    con.execute(f"INSERT INTO free_time BY NAME {selects['free_time']}")


def build(home: Path, *, rows: bool = True) -> Path:
    """Write snapshot 1 under home; without rows, a snapshot of empty relations. Returns home."""
    home = home.resolve()
    path = snapshot_file(home, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute(_shapes())
        con.execute(sql("fx"))
        if rows:
            con.execute((Path(__file__).parent / "estate.sql").read_text())
            fill_free_time(con)
        stamp = [1, PUBLISHED_AT, SCHEMA_VERSION, date(2026, 11, 1) if rows else None]
        con.execute("INSERT INTO model_setting VALUES (1.0)")
        con.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?)", stamp)  # an empty store says its shape too
    published = Snapshot(1, PUBLISHED_AT, path)
    write_pointer(home, Pointer(home=str(home), content="", model="", kept=(published,)))
    return home


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
