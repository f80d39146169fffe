"""Loads are whole or not there, one ingest runs at a time, and whoever waits knows for whom."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from tiny_store import LINES, PERIOD, load_turn

from data.home import lock_file, parquet_dir
from data.lock import LockHeld
from data.mend import mend
from data.warehouse import Warehouse

HOLD = """
import sys, pathlib
from data.warehouse import Warehouse
with Warehouse.open(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def warehouse(home):
    with Warehouse.open(home) as opened:
        yield opened


@contextmanager
def held_by_another_process(home):
    """Another ingest holds the store until its input is closed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        yield holder


def ask(warehouse, query):
    return warehouse.con.execute(query).fetchall()


def test_a_finished_load_is_listed_with_its_files_rows_and_rejects(warehouse):
    with warehouse.load("bill", "focus", "cost") as load:
        first = load.add_file("s3://bucket/a.csv", "etag", 10, 3)
        second = load.add_file("s3://bucket/b.csv", None, None, None)
        load.reject(first, 2, "no cost", "x" * 5000)
        assert (
            load.reject_select(
                "SELECT $f AS file_id, 4 AS line_no, 'no day' AS reason, 'raw' AS raw", {"f": second}
            )
            == 1
        )
        load.finish(rows=1, delivery_id="d", billing_period=PERIOD, message="one note")
    assert ask(
        warehouse, "SELECT source, kind, grain, status, rows, rejected, billing_period, message FROM load"
    ) == [("bill", "focus", "cost", "loaded", 1, 2, PERIOD, "one note")]
    assert ask(warehouse, "SELECT uri, bytes FROM file ORDER BY file_id") == [
        ("s3://bucket/a.csv", 10),
        ("s3://bucket/b.csv", None),
    ]
    assert ask(warehouse, "SELECT line_no, length(raw) FROM reject ORDER BY line_no") == [(2, 4000), (4, 3)]


def test_a_failed_load_leaves_its_message_and_nothing_else(warehouse):
    """Rows, files and marks are rolled back, the Parquet leaves the disk, the error goes on to the caller."""
    load_turn(warehouse, 1)
    before = ask(warehouse, "FROM parquet_file")

    def load_and_fail():
        with warehouse.load("bill", "focus", "cost") as load:
            load.add_file("b.csv", None, None, None)
            load.drop_cost_period(PERIOD)
            load.write_parquet("cost", PERIOD, "SELECT 1 AS x")
            load.mark_dirty([date(2026, 12, 9)])
            raise ValueError("line 7 is broken")

    with pytest.raises(ValueError, match="line 7 is broken"):
        load_and_fail()
    assert ask(warehouse, "SELECT status, message FROM load WHERE status = 'failed'") == [
        ("failed", "line 7 is broken")
    ]
    assert ask(warehouse, "FROM parquet_file") == before
    assert ask(warehouse, "SELECT count(*) FROM file") == [(0,)]
    assert ask(warehouse, "FROM dirty_month") == [(date(2026, 10, 1),)]
    assert list(parquet_dir(warehouse.home).rglob("*.parquet")) == warehouse.live_files("cost")


def test_a_load_that_forgets_to_finish_is_a_failed_one(warehouse):
    with pytest.raises(RuntimeError, match="without finish"), warehouse.load("bill", "focus", "cost") as load:
        load.mark_dirty([PERIOD])
    assert ask(warehouse, "SELECT status FROM load") == [("failed",)]
    assert ask(warehouse, "FROM dirty_month") == []


def test_a_failure_before_a_load_began_is_recorded_once(warehouse):
    """A bucket that cannot be listed is a failed load too; one that a load recorded already is not recorded again."""
    warehouse.record_failure("bill", "aws-cur", "cost", ConnectionError("no route to the bucket"))
    with pytest.raises(ValueError, match="bad") as caught, warehouse.load("bill", "aws-cur", "cost"):
        raise ValueError("bad")
    warehouse.record_failure("bill", "aws-cur", "cost", caught.value)
    assert ask(warehouse, "SELECT message FROM load ORDER BY load_id") == [
        ("no route to the bucket",),
        ("bad",),
    ]


def test_a_period_is_replaced_by_source_and_the_old_load_says_so(warehouse):
    first = load_turn(warehouse, 1)
    other = load_turn(warehouse, 5, source="other")
    second = load_turn(warehouse, 2)
    assert ask(warehouse, "SELECT load_id, status FROM load ORDER BY load_id") == [
        (first, "replaced"),
        (other, "loaded"),
        (second, "loaded"),
    ]
    assert [p.parent.name for p in warehouse.live_files("cost", "bill")] == [second]
    assert len(warehouse.live_files("cost")) == 2


def test_parquet_lies_below_source_period_and_load_and_pieces_get_numbers(warehouse):
    with warehouse.load("bill", "focus", "cost") as load:
        for _ in range(2):
            assert load.write_parquet("cost", date(2026, 10, 17), "FROM range($n) t(x)", {"n": 3}) == 3
        assert load.write_parquet("cost", date(2026, 11, 1), "FROM range(0) t(x)") == 0
        load.finish(rows=6)
    folder = f"parquet/bill/2026-10/{load.load_id}"
    assert ask(warehouse, "SELECT path, period, rows FROM parquet_file ORDER BY path") == [
        (f"{folder}/cost-2.parquet", PERIOD, 3),
        (f"{folder}/cost.parquet", PERIOD, 3),
    ]


def test_a_staged_file_is_part_of_the_store_once_it_is_adopted(warehouse):
    with warehouse.load("bill", "focus", "cost") as load:
        load.write_parquet("cost", PERIOD, "FROM range(2) t(x)")
        adopted, rows = load.stage_parquet("FROM range($n) t(x)", {"n": 3})
        load.stage_parquet("FROM range(5) t(x)")
        load.adopt_parquet(adopted, "cost", PERIOD, rows)
        load.finish(rows=5)
    assert ask(warehouse, "SELECT path, rows FROM parquet_file ORDER BY rows") == [
        (f"parquet/bill/2026-10/{load.load_id}/cost.parquet", 2),
        (f"parquet/bill/2026-10/{load.load_id}/cost-2.parquet", 3),
    ]
    assert sorted(parquet_dir(warehouse.home).rglob("*.parquet")) == sorted(warehouse.live_files("cost"))


def test_what_a_failed_or_killed_load_staged_leaves_the_disk(warehouse):
    def stage_and_fail():
        with warehouse.load("bill", "focus", "cost") as load:
            adopted, rows = load.stage_parquet("FROM range(3) t(x)")
            load.stage_parquet("FROM range(3) t(x)")
            load.adopt_parquet(adopted, "cost", PERIOD, rows)
            raise ValueError("line 7 is broken")

    with pytest.raises(ValueError, match="line 7"):
        stage_and_fail()
    assert list(parquet_dir(warehouse.home).iterdir()) == []
    left = parquet_dir(warehouse.home) / ".staged" / "load" / "staged.parquet"
    left.parent.mkdir(parents=True)
    left.touch()  # what a kill leaves
    mend(warehouse.con, warehouse.home)
    assert list(parquet_dir(warehouse.home).iterdir()) == []


def test_checks_that_found_nothing_new_do_not_pile_up(warehouse):
    for delivery in ("a", "b", "a", "a"):
        with warehouse.load("bill", "focus", "cost") as load:
            load.finish(rows=0, delivery_id=delivery, status="unchanged")
    assert ask(warehouse, "SELECT delivery_id FROM load ORDER BY load_id") == [("b",), ("a",)]


def test_a_window_of_a_telemetry_load_is_kept(warehouse):
    with warehouse.load("prom", "prometheus", "telemetry") as load:
        load.finish(rows=4, window=(datetime(2026, 10, 1), datetime(2026, 10, 1, 6)))
    assert ask(warehouse, "SELECT window_start, window_end, status FROM load") == [
        (datetime(2026, 10, 1), datetime(2026, 10, 1, 6), "loaded")
    ]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "x" * 101])
def test_a_source_name_that_is_no_folder_name_is_refused(warehouse, name):
    with pytest.raises(ValueError, match="cannot name a source"), warehouse.load(name, "focus", "cost"):
        pass


def test_a_second_ingest_is_told_who_holds_the_store(home):
    with held_by_another_process(home) as holder:
        note = json.loads(lock_file(home).read_text())
        assert note["pid"] == holder.pid
        with pytest.raises(LockHeld, match=f"process {holder.pid} \\(-c .*--no-wait"):
            Warehouse.open(home, wait_seconds=0)


def test_a_second_ingest_waits_for_the_first_and_says_for_whom(home):
    told = []
    with held_by_another_process(home) as holder:

        def let_go(who):
            told.append(who)
            holder.stdin.close()

        with Warehouse.open(home, wait_seconds=60, on_wait=let_go) as warehouse:
            load_turn(warehouse, 1)
            assert ask(warehouse, "SELECT sum(rows) FROM parquet_file") == [(LINES,)]
    assert len(told) == 1
    assert f"process {holder.pid}" in told[0]


def test_a_killed_holder_holds_nothing(home):
    with held_by_another_process(home) as holder:
        holder.kill()
        holder.wait()
        start = time.monotonic()
        Warehouse.open(home, wait_seconds=60).close()
        assert time.monotonic() - start < 30
