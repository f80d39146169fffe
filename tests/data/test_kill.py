"""A kill −9 at any moment: the last snapshot stays whole, nothing acknowledged is lost, the next run mends the rest."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny_store
from tiny_store import LINES, load_turn, publish, seen

from data.home import parquet_dir, snapshots_dir
from data.mend import listed_files
from data.pointer import read_pointer
from data.snapshot import open_latest
from data.warehouse import Warehouse

KILLS = 20


def kill_after(seconds: float, home: Path, acknowledged: Path) -> None:
    """Starts the load-and-publish loop and kills it that long after it began; it has no chance to tidy up."""
    loop = subprocess.Popen(
        [sys.executable, tiny_store.__file__, str(home), str(acknowledged)], stdout=subprocess.PIPE, text=True
    )
    with loop:
        assert loop.stdout.readline() == "ready\n"
        time.sleep(seconds)
        loop.send_signal(signal.SIGKILL)
    assert loop.returncode == -signal.SIGKILL


def last_acknowledged(acknowledged: Path) -> int:
    lines = acknowledged.read_text().splitlines() if acknowledged.exists() else []
    return int(lines[-1]) if lines else 0


def assert_nothing_is_left_over(warehouse: Warehouse) -> None:
    """No half-built snapshot, no Parquet that nobody lists, no load without an end."""
    pointer = read_pointer(warehouse.home)
    kept = pointer.kept if pointer else ()
    assert {p.name for p in snapshots_dir(warehouse.home).iterdir()} == {s.path.name for s in kept}
    live = {path for (path,) in warehouse.con.execute("SELECT path FROM parquet_file").fetchall()}
    on_disk = {
        p.relative_to(warehouse.home).as_posix()
        for p in parquet_dir(warehouse.home).rglob("*")
        if p.is_file()
    }
    assert on_disk == live | listed_files(kept)
    assert warehouse.con.execute("SELECT count(*) FROM load WHERE finished_at IS NULL").fetchall() == [(0,)]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_twenty_kills_at_random_moments_lose_nothing(home, tmp_path):
    """Snapshots of every kept generation read one turn whole; the writer goes on where it was."""
    acknowledged = tmp_path / "acknowledged"
    moments = random.Random(20261122)
    interrupted = 0
    with Warehouse.open(home) as warehouse:
        load_turn(warehouse, 1)
        publish(warehouse)
    acknowledged.write_text("1\n")
    for _ in range(KILLS):
        before = open_latest(home).snapshot.generation
        kill_after(moments.uniform(0, 0.6), home, acknowledged)
        committed = last_acknowledged(acknowledged)

        reader = open_latest(home)
        assert reader.snapshot.generation >= before
        turns = [seen(reader.at(s.generation).cursor()) for s in reader.generations()]
        assert all(lines == LINES for _, lines in turns)
        assert [turn for turn, _ in turns] == sorted(turn for turn, _ in turns)
        assert turns[-1][0] <= committed + 1  # the commit may have come before its acknowledgement

        with Warehouse.open(home, wait_seconds=0) as warehouse:
            assert_nothing_is_left_over(warehouse)
            interrupted += warehouse.con.execute(
                "SELECT count(*) FROM load WHERE message LIKE 'interrupted%'"
            ).fetchall()[0][0]
            load_turn(warehouse, committed + 2)
            publish(warehouse)
        with acknowledged.open("a") as log:
            log.write(f"{committed + 2}\n")
        assert seen(open_latest(home).cursor()) == (committed + 2, LINES)
    assert interrupted > 0, "no kill hit a load: the moments prove nothing"


def test_a_kill_before_the_first_snapshot_leaves_a_store_that_works(home, tmp_path):
    """Not even the schema may be there yet."""
    kill_after(0.0, home, tmp_path / "acknowledged")
    with Warehouse.open(home, wait_seconds=0) as warehouse:
        assert_nothing_is_left_over(warehouse)
        load_turn(warehouse, 7)
        publish(warehouse)
    assert seen(open_latest(home).cursor()) == (7, LINES)
