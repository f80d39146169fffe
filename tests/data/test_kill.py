"""A kill −9 at any moment: the last snapshot stays whole, nothing acknowledged is lost, the next run mends the rest."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cur_command
import pytest
import tiny_store
from cur_command import Delivered, deliver
from tiny_store import LINES, load_turn, publish, seen

from data.check import check
from data.home import parquet_dir, snapshots_dir
from data.mend import listed_files
from data.pointer import read_pointer
from data.snapshot import open_latest
from data.warehouse import Warehouse

KILLS = 20
COMMAND_KILLS = 8
SAME = {  # what two runs must agree in: names of loads aside, which tell the time
    "cost": "* EXCLUDE (load_id, file_id)",
    "part": "* EXCLUDE (load_id, file_id)",
    "gpu_hour": "*",
    "ladder": "*",
    "coverage_day": "*",
    "invoice_total": "* EXCLUDE (load_id)",
}


def kill_after(seconds: float, home: Path, acknowledged: Path, *, opened: bool = False) -> None:
    """Starts the load-and-publish loop and kills it that long after it began, or after it had the store open, which
    takes longer than a turn on a busy machine; it has no chance to tidy up."""
    loop = subprocess.Popen(
        [sys.executable, tiny_store.__file__, str(home), str(acknowledged)], stdout=subprocess.PIPE, text=True
    )
    with loop:
        assert loop.stdout.readline() == "ready\n"
        if opened:
            assert loop.stdout.readline() == "open\n"
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
    for kill in range(5 * KILLS):
        if kill >= KILLS and interrupted:
            break
        before = open_latest(home).snapshot.generation
        # a busy machine takes longer to come to a load: until one was hit, later moments are tried
        latest = 0.4 * (1 + kill // KILLS)
        kill_after(moments.uniform(0, latest), home, acknowledged, opened=kill % 4 > 0)
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


def whole(home: Path, deliveries: tuple[Delivered, ...]) -> Delivered:
    """The delivery that the newest snapshot shows; fails where it shows a part of one, or of two."""
    reader = open_latest(home)
    assert [f.sentence for f in check(reader) if f.violations] == []
    ((lines, billed),) = reader.cursor().execute("SELECT count(*), sum(billed_cost) FROM cost").fetchall()
    (shown,) = (one for one in deliveries if (one.lines, one.billed) == (lines, billed))
    ladder = """SELECT sum(billed_cost) FILTER (WHERE rung <> 'unexplained'),
        sum(abs(effective_cost)) FILTER (WHERE rung = 'unexplained'),
        sum(abs(billed_cost)) FILTER (WHERE rung = 'unexplained') FROM ladder"""
    assert reader.cursor().execute(ladder).fetchall() == [(shown.billed, 0, 0)]
    return shown


def state(home: Path) -> dict[str, list[tuple]]:
    cursor = open_latest(home).cursor()
    return {
        name: cursor.execute(f"SELECT {columns} FROM {name} ORDER BY ALL").fetchall()
        for name, columns in SAME.items()
    }


def live_delivery(warehouse: Warehouse) -> str:
    query = """SELECT split_part(delivery_id, '@', 1) FROM load
        WHERE load_id = (SELECT load_id FROM parquet_file WHERE relation = 'cost')"""
    ((delivery_id,),) = warehouse.con.execute(query).fetchall()
    return delivery_id


def kill_command(delivered: Delivered, home: Path, moment: float | str) -> bool:
    """Kills the command that many seconds after its start, or once such a file lies in the store.

    False: it was done before that.
    """
    command = cur_command.start(delivered, home)
    begun = time.monotonic()
    with command:
        while command.poll() is None:
            due = time.monotonic() - begun >= moment if isinstance(moment, float) else any(home.glob(moment))
            if due:
                command.send_signal(signal.SIGKILL)
                break
            time.sleep(0.002)
    assert command.returncode in (0, -signal.SIGKILL)
    return command.returncode != 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_real_command_may_be_killed_at_any_moment(tmp_path):
    """aws-cur, from its start through staging, commit and the real model to the moved pointer.

    Each kill takes another part of the command's time; two more wait for the half-built snapshot.
    """
    deliveries = (
        deliver(tmp_path / "first", "first", 3, "55.04"),
        deliver(tmp_path / "final", "final", 4, "55.10"),
    )
    untouched, home = tmp_path / "untouched", tmp_path / "killed"
    cur_command.run(deliveries[0], untouched)
    shutil.copytree(untouched, home)
    Warehouse.open(home).close()  # it was moved
    begun = time.monotonic()
    cur_command.run(deliveries[1], untouched)
    takes = time.monotonic() - begun

    random_part = random.Random(20261122).random
    moments: list[float | str] = [
        takes * (nth + random_part()) / COMMAND_KILLS for nth in range(COMMAND_KILLS)
    ]
    moments += ["snapshots/.build-*"] * 2
    shown, coming, killed, halfway = deliveries[0], deliveries[1], 0, 0
    while moments:
        hit = kill_command(coming, home, moments[-1])
        shows = whole(home, deliveries)
        assert shows in (shown, coming)
        with Warehouse.open(home, wait_seconds=0) as warehouse:
            assert_nothing_is_left_over(warehouse)
            committed = live_delivery(warehouse)
        if hit:
            killed += 1
            halfway += committed != shows.delivery_id
            moments.pop()
        else:  # the machine was faster than when it was measured
            moments[-1] = moments[-1] * 0.9 if isinstance(moments[-1], float) else moments[-1]
        shown = shows
        (coming,) = (one for one in deliveries if one.delivery_id != committed)
    assert killed >= COMMAND_KILLS
    assert halfway >= 1, "no kill came between the commit and the snapshot: the moments prove nothing"

    cur_command.run(deliveries[1], home)
    assert whole(home, deliveries) == deliveries[1]
    assert state(home) == state(untouched)
