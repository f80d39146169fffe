"""A store whose right answer one can say by heart: after turn n every line costs n, and so does every part of it.

Run as a program it loads and publishes turn after turn until it is killed: python tiny_store.py HOME ACKNOWLEDGED
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

from data.model.settings import ModelSettings
from data.parquet import write_parquet
from data.pointer import Snapshot
from data.sql import sql
from data.warehouse import Warehouse

PERIOD = date(2026, 10, 1)
LINES = 200
SETTINGS = ModelSettings()

COST = """
    (FROM stage_cost LIMIT 0)
    UNION ALL BY NAME
    SELECT $source AS source, $load_id AS load_id, range AS line_id, DATE '2026-10-01' AS billing_period,
        'AWS' AS provider, 'USD' AS billing_currency, TIMESTAMP '2026-10-05' AS charge_period_start,
        $turn::DECIMAL(38,12) AS billed_cost, $turn::DECIMAL(38,12) AS effective_cost
    FROM range($lines)
"""
PART = """
    SELECT source, load_id, line_id, billing_period, DATE '2026-10-05' AS day, 'outside' AS rung,
        billing_currency, effective_cost, billed_cost
    FROM read_parquet($files)
"""


@dataclass
class TinyModel:
    """Every line is one part. `built` remembers which months were asked for."""

    built: list[list[date]] = field(default_factory=list)

    def build_months(self, con, home, months, settings):  # noqa: ARG002 - the protocol's arguments
        self.built.append(months)
        rows = con.execute("SELECT path FROM parquet_file WHERE relation = 'cost' ORDER BY path").fetchall()
        con.execute("DELETE FROM parquet_file WHERE relation = 'part'").fetchall()
        if rows:
            files = [str(home / path) for (path,) in rows]
            write_parquet(
                con, home, "part", "model", months[0], f"build-{os.urandom(6).hex()}", PART, {"files": files}
            )

    def write_marts(self, con, home, settings, catalog):  # noqa: ARG002
        con.execute(sql("work/files_by_relation")).fetchall()


def load_turn(warehouse: Warehouse, turn: int, source: str = "bill", lines: int = LINES) -> str:
    """Replaces the source's October with lines that cost `turn` each; returns the load's id."""
    with warehouse.load(source, "focus", "cost") as load:
        load.con.execute(sql("schema/cost"))
        load.drop_cost_period(PERIOD)
        told = {"source": source, "load_id": load.load_id, "turn": turn, "lines": lines}
        rows = load.write_parquet("cost", PERIOD, COST, told)
        load.con.execute("DROP TABLE temp.stage_cost")
        load.mark_dirty([PERIOD])
        load.finish(rows=rows, delivery_id=f"turn {turn}", billing_period=PERIOD)
    return load.load_id


def publish(warehouse: Warehouse, model: TinyModel | None = None) -> Snapshot:
    return warehouse.publish(SETTINGS, model or TinyModel())


def seen(cursor) -> tuple[int, int]:
    """(turn, lines) of what a cursor reads. Fails where lines or parts of two turns are mixed."""
    query = "SELECT min(billed_cost), max(billed_cost), sum(billed_cost), count(*) FROM "
    (cost,) = cursor.execute(query + "cost").fetchall()
    (part,) = cursor.execute(query + "part").fetchall()
    assert cost == part, f"parts of another generation than the lines: {cost} and {part}"
    low, high, total, lines = cost
    assert low == high, f"lines of two turns: {low} and {high}"
    assert total == (low or 0) * lines or lines == 0
    return int(low or 0), lines


def run_for_ever(home: Path, acknowledged: Path) -> None:
    """Writes each committed turn to a file, as one who must not lose an answer would."""
    print("ready", flush=True)
    with Warehouse.open(home) as warehouse, acknowledged.open("a") as log:
        print("open", flush=True)
        for turn in count(_last(acknowledged) + 1):
            load_turn(warehouse, turn)
            log.write(f"{turn}\n")
            log.flush()
            publish(warehouse)


def _last(acknowledged: Path) -> int:
    lines = acknowledged.read_text().split() if acknowledged.exists() else []
    return int(lines[-1]) if lines else 0


if __name__ == "__main__":
    run_for_ever(Path(sys.argv[1]), Path(sys.argv[2]))
