"""Readers see one published generation whole, never a half-done load; old generations stay as long as promised."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_store import LINES, SETTINGS, TinyModel, load_turn, publish, seen

from data.home import parquet_dir, pointer_file, snapshot_file, snapshots_dir
from data.model.settings import ModelSettings
from data.pins import GenerationGone, pin, pins, unpin
from data.pointer import SCHEMA_VERSION, Snapshot, read_pointer, write_pointer
from data.retention import LAST, keep
from data.snapshot import NoSnapshot, open_latest
from data.warehouse import Warehouse

RELATIONS = [
    "cost",
    "gpu_hour",
    "idle_run",
    "idle_run_day",
    "device_day",
    "free_time",
    "traffic_hour",
    "traffic_latency",
    "resource",
    "deployment",
    "ladder",
    "part",
    "unit_cost",
    "coverage_day",
    "load",
    "file",
    "reject",
    "invoice_total",
    "parquet_file",
    "price",
    "account",
    "source_state",
    "snapshot",
]

READ_ON = """
import json, sys, pathlib, time
from tiny_store import seen
from data.snapshot import open_latest
reader, turns = open_latest(pathlib.Path(sys.argv[1])), []
print("reading", flush=True)
while not turns or turns[-1] < int(sys.argv[2]):
    turns.append(seen(reader.at(reader.snapshot.generation).cursor())[0])
    time.sleep(0.005)
print(json.dumps(turns))
"""


@pytest.fixture
def warehouse(home):
    with Warehouse.open(home) as opened:
        yield opened


def turn_of(reader, generation):
    return seen(reader.at(generation).cursor())[0]


# --- publishing ---------------------------------------------------------------------------------------------------


def test_an_empty_store_has_every_relation_in_its_shape(warehouse):
    """A page of an empty store asks the same questions; it must not meet a missing table."""
    publish(warehouse)
    cursor = open_latest(warehouse.home).cursor()
    for relation in RELATIONS:
        assert cursor.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0] in (0, 1), relation
    ((kind,),) = cursor.execute(
        "SELECT column_type FROM (DESCRIBE cost) WHERE column_name = 'billed_cost'"
    ).fetchall()
    assert kind == "DECIMAL(38,12)"
    assert cursor.execute("SELECT generation, schema_version, data_through FROM snapshot").fetchall() == [
        (1, SCHEMA_VERSION, None)
    ]


def test_the_views_keep_the_shape_of_the_empty_relation(warehouse):
    shape = "SELECT column_name, column_type FROM (DESCRIBE cost)"
    publish(warehouse)
    empty = open_latest(warehouse.home).cursor().execute(shape).fetchall()
    load_turn(warehouse, 1)
    publish(warehouse)
    assert open_latest(warehouse.home).cursor().execute(shape).fetchall() == empty


def test_what_did_not_change_is_not_published_again(warehouse):
    """Nor is anything built: an hourly cron that finds nothing new costs nothing and keeps the rollback."""
    load_turn(warehouse, 1)
    model = TinyModel()
    first = publish(warehouse, model)
    with warehouse.load("bill", "focus", "cost") as load:
        load.finish(rows=0, delivery_id="turn 1", status="unchanged")
    assert publish(warehouse, model) == first
    assert model.built == [[load_month()]]


def test_a_failed_load_is_published_so_that_people_see_it(warehouse):
    first = publish(warehouse)
    warehouse.record_failure("bill", "focus", "cost", OSError("no such bucket"))
    assert publish(warehouse).generation == first.generation + 1
    cursor = open_latest(warehouse.home).cursor()
    assert cursor.execute("SELECT source, last_status, last_message FROM source_state").fetchall() == [
        ("bill", "failed", "no such bucket")
    ]


def test_failures_push_no_good_generation_out(warehouse):
    """The newest failure is shown, in one generation that the next failure replaces."""
    good = []
    for turn in range(1, LAST + 1):
        load_turn(warehouse, turn)
        good.append(publish(warehouse).generation)
    for attempt in range(6):
        warehouse.record_failure("bill", "focus", "cost", OSError(f"no such bucket {attempt}"))
        last = publish(warehouse).generation
    assert [s.generation for s in read_pointer(warehouse.home).kept] == [*good, last]
    cursor = open_latest(warehouse.home).cursor()
    assert cursor.execute("SELECT last_message FROM source_state").fetchall() == [("no such bucket 5",)]
    load_turn(warehouse, LAST + 1)
    newest = publish(warehouse).generation
    assert {s.generation for s in read_pointer(warehouse.home).kept} >= {*good[1:], newest}
    assert last not in {s.generation for s in read_pointer(warehouse.home).kept}


def test_new_settings_build_every_month_again(warehouse):
    load_turn(warehouse, 1)
    model = TinyModel()
    publish(warehouse, model)
    warehouse.publish(ModelSettings(device_share=0.5), model)
    assert model.built == [[load_month()], [load_month()]]
    assert open_latest(warehouse.home).snapshot.generation == 2


def test_a_model_that_fails_changes_nothing_and_is_asked_again(warehouse):
    load_turn(warehouse, 1)
    publish(warehouse)
    load_turn(warehouse, 2)
    files = set(parquet_dir(warehouse.home).rglob("*.parquet"))

    class Broken(TinyModel):
        def build_months(self, con, home, months, settings):
            super().build_months(con, home, months, settings)
            raise ArithmeticError("no sum")

    class BrokenMarts(TinyModel):
        def write_marts(self, *_, **__):
            raise ArithmeticError("no mart")

    with pytest.raises(ArithmeticError, match="no sum"):
        publish(warehouse, Broken())
    assert set(parquet_dir(warehouse.home).rglob("*.parquet")) == files
    with pytest.raises(ArithmeticError, match="no mart"):
        publish(warehouse, BrokenMarts())
    assert seen(open_latest(warehouse.home).cursor()) == (1, LINES)
    assert publish(warehouse).generation == 2
    assert seen(open_latest(warehouse.home).cursor()) == (2, LINES)


def test_a_snapshot_carries_its_metrics_for_any_client(warehouse):
    snapshot = publish(warehouse)
    with duckdb.connect(str(snapshot.path), read_only=True) as client:
        query = "SELECT cost_per_inference(c, n) FROM (VALUES (500, 1000000)) t(c, n)"
        assert client.execute(query).fetchall() == [(0.0005,)]
        rows = "unit_cost_in(DATE '2026-10-01', DATE '2026-11-01', 'USD', [], [], [], [], 'allocated')"
        assert client.execute(f"SELECT count(*), count(DISTINCT counted) FROM {rows}").fetchall() == [(0, 0)]


def load_month():
    return datetime(2026, 10, 1).date()


# --- reading ------------------------------------------------------------------------------------------------------


def test_a_reader_notices_the_next_generation_and_can_stay_on_one(warehouse):
    for turn in (1, 2):
        load_turn(warehouse, turn)
        publish(warehouse)
    reader = open_latest(warehouse.home)
    stays, held = reader.at(1), reader.cursor()
    load_turn(warehouse, 3)
    publish(warehouse)
    assert seen(reader.cursor())[0] == 3
    assert reader.snapshot.generation == 3
    assert seen(stays.cursor())[0] == stays.snapshot.generation == 1
    assert seen(held)[0] == 2, "a cursor keeps the generation that it was taken from"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/inferledger-leak.csv'",
        "ATTACH '/tmp/inferledger-leak.duckdb' AS leak",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '100GB'",
        "INSTALL httpfs",
        "DELETE FROM load",
        "CREATE TABLE snap.x (a INTEGER)",
        "DROP VIEW cost",
    ],
)
def test_a_reader_can_read_the_snapshot_and_nothing_else(warehouse, statement):
    load_turn(warehouse, 1)
    publish(warehouse)
    cursor = open_latest(warehouse.home).cursor()
    with pytest.raises(duckdb.Error):
        cursor.execute(statement).fetchall()
    assert seen(cursor) == (1, LINES)


def test_reading_tells_times_in_utc(warehouse, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    publish(warehouse)
    cursor = open_latest(warehouse.home).cursor()
    assert cursor.execute("SELECT current_setting('TimeZone')").fetchall()[0][0].endswith("UTC")


def test_a_left_generation_is_let_go_once_its_last_cursor_is(warehouse):
    """A dashboard that runs for months must not hold every file it ever read."""
    reader = None
    for turn in range(1, 4):
        load_turn(warehouse, turn)
        publish(warehouse)
        reader = reader or open_latest(warehouse.home)
        cursor = reader.cursor()
        seen(cursor)
    gc.collect()
    assert open_snapshots(warehouse.home) == {"serving-000003.duckdb"}
    assert seen(cursor)[0] == 3


def open_snapshots(home):
    """Names of this store's snapshots that the process holds open; other tests' stores do not count."""
    links = [Path(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
    opened = {link.readlink() for link in links if link.is_symlink()}
    return {path.name for path in opened if path.parent == home.resolve() / "snapshots"}


def test_reading_goes_on_through_ten_publishes(warehouse):
    """Three threads that share a reader, and another process: never an error, never two turns mixed."""
    load_turn(warehouse, 1)
    publish(warehouse)
    reader, errors, turns, done = open_latest(warehouse.home), [], [], threading.Event()

    def read_on():
        try:
            while not done.wait(0.005):
                turns.append(seen(reader.cursor())[0])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=read_on) for _ in range(3)]
    env = {**os.environ, "PYTHONPATH": str(Path(sys.modules["tiny_store"].__file__).parent)}
    process = subprocess.Popen(
        [sys.executable, "-c", READ_ON, str(warehouse.home), "11"], stdout=subprocess.PIPE, text=True, env=env
    )
    with process:
        assert process.stdout.readline() == "reading\n"
        for thread in threads:
            thread.start()
        for turn in range(2, 12):
            load_turn(warehouse, turn)
            publish(warehouse)
        elsewhere = json.loads(process.stdout.readline())
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert process.returncode == 0
    assert set(turns) <= set(range(1, 12))
    assert len(set(turns)) > 3, "the threads hardly read while it was published"
    assert elsewhere == sorted(elsewhere)
    assert elsewhere[-1] == 11


def test_a_snapshot_of_another_version_is_refused_and_the_next_publish_replaces_it(warehouse, monkeypatch):
    """After an upgrade a page must not meet a missing column, nor an operator an unchanged store."""
    publish(warehouse)
    for module in ("data.snapshot", "data.publish", "data.fingerprint"):
        monkeypatch.setattr(f"{module}.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    said = f"Snapshot 1 has relations of version {SCHEMA_VERSION}, and this code reads version {SCHEMA_VERSION + 1}"
    with pytest.raises(NoSnapshot, match=said):
        open_latest(warehouse.home)
    publish(warehouse)
    assert open_latest(warehouse.home).snapshot.generation == 2


def test_a_snapshot_keeps_the_settings_that_its_figures_depend_on(warehouse):
    warehouse.publish(ModelSettings(device_share=0.9, rate_max_age_days=10), TinyModel())
    cursor = open_latest(warehouse.home).cursor()

    assert cursor.execute("SELECT device_share FROM model_setting").fetchall() == [(0.9,)]
    assert cursor.execute("SELECT max_age_days FROM fx_setting").fetchall() == [(10,)]


BEFORE_4 = """
    ALTER TABLE unit_cost DROP COLUMN cacheable_tokens;
    ALTER TABLE unit_cost DROP COLUMN phased_requests;
    ALTER TABLE unit_cost DROP COLUMN prefill_seconds;
    ALTER TABLE unit_cost DROP COLUMN decode_seconds;
    DROP TABLE model_setting;
    DROP TABLE business_output;
    UPDATE snapshot SET schema_version = 3;
"""


def as_of_older_code(home, statements):
    """The current snapshot as an earlier version of the code wrote it, and as the work of another model."""
    pointer = read_pointer(home)
    with duckdb.connect(str(pointer.current.path)) as con:
        con.execute(statements)
    write_pointer(home, replace(pointer, model="older"))


def shape(cursor):
    """Every relation's columns and their types, in order."""
    columns = """SELECT table_name, column_name, data_type FROM duckdb_columns()
        WHERE database_name = 'snap' AND NOT internal ORDER BY table_name, column_index"""
    return cursor.execute(columns).fetchall()


def test_after_an_upgrade_older_snapshots_answer_under_their_id_and_what_is_new_is_unknown(warehouse):
    load_turn(warehouse, 1)
    publish(warehouse)
    before = seen(open_latest(warehouse.home).cursor())
    as_of_older_code(warehouse.home, BEFORE_4)
    with pytest.raises(NoSnapshot, match="version 3"):
        open_latest(warehouse.home)

    load_turn(warehouse, 2)
    publish(warehouse)

    reader = open_latest(warehouse.home)
    assert reader.snapshot.generation == 2
    older = reader.at(1).cursor()
    assert seen(older) == before
    assert older.execute("SELECT count(prefill_seconds) FROM unit_cost").fetchall() == [(0,)]
    shapes = [shape(cursor) for cursor in (older, reader.cursor())]
    assert shapes[0] == shapes[1]


def test_a_snapshot_that_no_steps_lead_up_from_stays_as_it_is(warehouse):
    publish(warehouse)
    as_of_older_code(warehouse.home, "UPDATE snapshot SET schema_version = 1")
    load_turn(warehouse, 2)
    publish(warehouse)

    with pytest.raises(NoSnapshot, match="Snapshot 1 has relations of version 1"):
        open_latest(warehouse.home).at(1)
    assert [path.name for path in snapshots_dir(warehouse.home).iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "lacking",
    ["DROP TABLE unusable_effective", "ALTER TABLE ladder DROP COLUMN mode"],
    ids=["table", "column"],
)
def test_a_snapshot_that_steps_leave_incomplete_stays_as_it_is(warehouse, lacking):
    """A version grew while it was made: what has its number may lack what came later, and a page would break on it."""
    publish(warehouse)
    as_of_older_code(warehouse.home, f"{BEFORE_4}; {lacking}")
    load_turn(warehouse, 2)
    publish(warehouse)

    with pytest.raises(NoSnapshot, match="Snapshot 1 has relations of version 3"):
        open_latest(warehouse.home).at(1)


def test_a_store_whose_snapshots_are_gone_is_published_again(warehouse):
    publish(warehouse)
    as_of_older_code(warehouse.home, "SELECT 1")
    snapshot_file(warehouse.home, 1).unlink()
    load_turn(warehouse, 2)

    assert publish(warehouse).generation == 2


def test_a_damaged_older_snapshot_keeps_no_publish_from_its_work(warehouse):
    publish(warehouse)
    as_of_older_code(warehouse.home, "UPDATE snapshot SET schema_version = 3")
    snapshot_file(warehouse.home, 1).write_bytes(b"no database")
    load_turn(warehouse, 2)

    assert publish(warehouse).generation == 2


def test_an_empty_store_says_what_to_do(home):
    with pytest.raises(NoSnapshot, match=r"No snapshot in .* python -m ingest demo"):
        open_latest(home)


# --- retention and pins -------------------------------------------------------------------------------------------


def at(moment, generation):
    return Snapshot(generation, moment, Path(f"serving-{generation:06d}.duckdb"))


@given(
    gaps=st.lists(st.integers(min_value=0, max_value=60 * 24 * 40), min_size=1, max_size=80),
    pinned=st.sets(st.integers(min_value=1, max_value=80), max_size=5),
)
def test_retention_keeps_the_last_five_each_week_and_the_pinned(gaps, pinned):
    """Said a second time in other words: per snapshot, why it may go."""
    moment, snapshots = datetime(2025, 1, 1), []
    for generation, gap in enumerate(gaps, start=1):
        moment += timedelta(minutes=gap)
        snapshots.append(at(moment, generation))
    kept = {snapshot.generation for snapshot in keep(snapshots, pinned, moment)}
    weeks = [f"{snapshot.published_at:%G-%V}" for snapshot in snapshots]
    for snapshot, week in zip(snapshots, weeks, strict=True):
        later = weeks[snapshot.generation :]
        if snapshot.generation in pinned or len(later) < LAST:
            assert snapshot.generation in kept
        elif week in later or moment - snapshot.published_at > timedelta(days=400):
            assert snapshot.generation not in kept
        elif moment - snapshot.published_at < timedelta(days=392):
            assert snapshot.generation in kept


def test_a_year_of_daily_publishing_keeps_weeks():
    """13 months of Sundays, the last five days, and nothing else."""
    days = [at(datetime(2025, 1, 1, 6) + timedelta(days=n), n + 1) for n in range(690)]
    kept = keep(days, set(), days[-1].published_at)
    assert [s.generation for s in kept[-5:]] == [686, 687, 688, 689, 690]
    weekdays = {s.published_at.isoweekday() for s in kept[:-5]}
    assert weekdays == {7}
    assert kept[0].published_at == datetime(2025, 10, 26, 6)
    assert 56 <= len(kept[:-5]) <= 57


def test_snapshots_and_their_parquet_go_together_and_pinned_ones_stay(warehouse):
    """Turn 2 is pinned; of turns 1 to 9 the last five stay, and each kept one still reads its own lines."""
    for turn in range(1, 10):
        load_turn(warehouse, turn)
        publish(warehouse)
        if turn == 2:
            pin(warehouse.home, 2, "saved view: July", "ada")
    reader = open_latest(warehouse.home)
    kept = [s.generation for s in reader.generations()]
    assert kept == [2, 5, 6, 7, 8, 9]
    assert [turn_of(reader, generation) for generation in kept] == kept
    assert len(list(parquet_dir(warehouse.home).rglob("cost.parquet"))) == len(kept)
    with pytest.raises(NoSnapshot, match=r"Snapshot 3 is no longer kept.* Kept: 2, 5, 6"):
        reader.at(3)
    with pytest.raises(GenerationGone, match=r"Snapshot 3 cannot be kept for 'late'"):
        pin(warehouse.home, 3, "late", "bob")
    assert [(p.generation, p.reason, p.who) for p in pins(warehouse.home)] == [(2, "saved view: July", "ada")]
    unpin(warehouse.home, 2, "saved view: July")
    load_turn(warehouse, 10)
    publish(warehouse)
    assert not snapshot_file(warehouse.home, 2).exists()


def test_a_pin_has_several_reasons_and_goes_with_the_last(warehouse):
    publish(warehouse)
    for reason in ("link", "report", "link"):
        pin(warehouse.home, 1, reason, "ada")
    unpin(warehouse.home, 1, "link")
    assert [p.reason for p in pins(warehouse.home)] == ["report"]


# --- mending ------------------------------------------------------------------------------------------------------


def three_turns(home):
    with Warehouse.open(home) as warehouse:
        for turn in (1, 2, 3):
            load_turn(warehouse, turn)
            publish(warehouse)


def test_a_moved_store_says_so_and_the_next_ingest_mends_it(home, tmp_path):
    """Every kept generation is mended, the old ones too, and nothing is loaded or built again."""
    three_turns(home)
    moved = tmp_path / 'o\'brien "moved"'
    home.rename(moved)
    with pytest.raises(NoSnapshot, match=r"The store was moved from .* python -m ingest check --mend"):
        open_latest(moved)
    Warehouse.open(moved).close()
    reader = open_latest(moved)
    assert [turn_of(reader, s.generation) for s in reader.generations()] == [1, 2, 3]
    model = TinyModel()
    with Warehouse.open(moved) as warehouse:
        assert warehouse.publish(SETTINGS, model).generation == 3
    assert model.built == []


def test_a_copied_store_reads_its_own_files(home, tmp_path):
    three_turns(home)
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    Warehouse.open(copy).close()
    shutil.rmtree(home)
    assert seen(open_latest(copy).cursor()) == (3, LINES)


def test_a_lost_pointer_is_found_again(home):
    """A backup that forgot CURRENT loses no history."""
    three_turns(home)
    pointer_file(home).unlink()
    with Warehouse.open(home) as warehouse:
        reader = open_latest(home)
        assert [turn_of(reader, s.generation) for s in reader.generations()] == [1, 2, 3]
        assert publish(warehouse).generation == 4


def test_a_snapshot_that_someone_deleted_is_forgotten(home):
    """The current one too: the next publish writes it anew, though nothing was loaded."""
    three_turns(home)
    for generation in (1, 3):
        snapshot_file(home, generation).unlink()
    with Warehouse.open(home) as warehouse:
        assert [s.generation for s in read_pointer(home).kept] == [2]
        publish(warehouse)
    reader = open_latest(home)
    assert [turn_of(reader, s.generation) for s in reader.generations()] == [2, 3]


def test_a_damaged_old_snapshot_stops_nothing_and_loses_nothing(home):
    three_turns(home)
    snapshot_file(home, 1).write_bytes(b"not a database")
    files = set(parquet_dir(home).rglob("*.parquet"))
    with Warehouse.open(home) as warehouse:
        load_turn(warehouse, 4)
        publish(warehouse)
    assert files <= set(parquet_dir(home).rglob("*.parquet"))
    assert seen(open_latest(home).cursor()) == (4, LINES)


def test_what_nobody_lists_leaves_the_disk_on_opening(home):
    three_turns(home)
    orphan = parquet_dir(home) / "bill" / "2026-11" / "load" / "cost.parquet"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"half")
    build = snapshot_file(home, 4).with_name(".build-4.duckdb")
    build.write_bytes(b"half")
    Warehouse.open(home).close()
    assert not orphan.exists()
    assert not orphan.parent.parent.exists()
    assert not build.exists()
    assert seen(open_latest(home).cursor()) == (3, LINES)
