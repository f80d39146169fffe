"""A machine that changes its instance type keeps its id: each hour has the devices that its own lines say."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from small_store import device_hour, load_lines, load_rows, machine_line

from data.export import export_focus
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from data.warehouse import Warehouse

AUGUST, SEPTEMBER = datetime(2026, 8, 1), datetime(2026, 9, 1)


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        yield warehouse


def a10g(start, instance_type, cost, hours=1):
    """g5.xlarge has one A10G, g5.12xlarge four."""
    return machine_line(start, "i-1", cost, hours, instance_type=instance_type)


def published(wh):
    return duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True)


def device_hours(con):
    """[(hour, type, GPU-hours, cost)], and the ladder must explain the bill."""
    off = "SELECT sum(abs(effective_cost)) FROM ladder WHERE rung = 'unexplained'"
    assert con.execute(off).fetchone() == (0,)
    return con.execute("""
        SELECT hour, instance_type, sum(billed_seconds) / 3600, sum(cost) FROM gpu_hour GROUP BY 1, 2 ORDER BY 1
    """).fetchall()


@pytest.mark.parametrize("larger_first", [False, True])
def test_each_hour_has_the_devices_of_its_type(wh, larger_first):
    hours = [AUGUST, AUGUST + timedelta(days=1)]
    large, small = hours if larger_first else reversed(hours)
    load_lines(wh, [a10g(large, "g5.12xlarge", "5.672"), a10g(small, "g5.xlarge", "1.006")])
    told = {hour: rest for hour, *rest in device_hours(published(wh))}
    assert told == {
        large: ["g5.12xlarge", 4, Decimal("5.672")],
        small: ["g5.xlarge", 1, Decimal("1.006")],
    }


def test_a_later_month_of_another_type_leaves_the_one_before_as_it_was(wh):
    """August is not built again when September's type is known, and must not have depended on it."""
    load_lines(wh, [a10g(AUGUST, "g5.12xlarge", "5.672")], "august")
    before = device_hours(published(wh))
    load_lines(wh, [a10g(SEPTEMBER, "g5.xlarge", "1.006")], "september")
    together = device_hours(published(wh))
    assert together == [*before, (SEPTEMBER, "g5.xlarge", 1, Decimal("1.006"))]
    wh.con.execute("INSERT INTO dirty_month VALUES (DATE '2026-08-01')").fetchall()
    assert device_hours(published(wh)) == together


def test_an_exported_line_names_the_gpus_of_its_own_type_or_none(wh, tmp_path):
    """`resource` names one type of the two; the other's lines had one GPU or four, never what that one has."""
    load_lines(
        wh, [a10g(AUGUST, "g5.12xlarge", "5.672"), a10g(AUGUST + timedelta(days=1), "g5.xlarge", "1.006")]
    )
    wh.publish(ModelSettings())
    export_focus(open_latest(wh.home), tmp_path / "costs.parquet")
    told = duckdb.execute(
        """SELECT "x_InstanceType", "x_GpuCount" FROM read_parquet($path) WHERE "x_GpuCount" > 0""",
        {"path": str(tmp_path / "costs.parquet")},
    ).fetchall()
    assert told == [("g5.xlarge", 1)]


def test_a_line_of_a_day_counts_in_every_hour_of_it(wh):
    load_lines(
        wh,
        [
            a10g(AUGUST, "g5.12xlarge", "136.128", hours=24),
            a10g(AUGUST + timedelta(days=1), "g5.xlarge", "24.144", hours=24),
        ],
    )
    con = published(wh)
    assert con.execute("SELECT sum(billed_seconds) / 3600 FROM gpu_hour").fetchone() == (4 * 24 + 24,)


@pytest.mark.parametrize("other", ["c5.large", "m7i.large"])  # before and after g5 in the alphabet
def test_hours_of_a_type_without_accelerators_have_no_devices(wh, other):
    load_lines(
        wh,
        [
            a10g(AUGUST, "g5.xlarge", "1.006"),
            a10g(AUGUST + timedelta(hours=1), other, "0.1"),
        ],
    )
    con = published(wh)
    assert device_hours(con) == [(AUGUST, "g5.xlarge", 1, Decimal("1.006"))]
    assert con.execute("SELECT sum(effective_cost) FROM part WHERE rung = 'shared'").fetchone() == (
        Decimal("0.1"),
    )


def test_four_devices_of_the_larger_type_are_no_excess(wh):
    small = AUGUST + timedelta(days=1)
    load_lines(wh, [a10g(AUGUST, "g5.12xlarge", "4"), a10g(small, "g5.xlarge", "1")])
    load_rows(wh, "resource_map", [{"node": "n-1", "resource_id": "i-1"}], "estate", "resources")
    load_rows(wh, "device_hour", [device_hour(AUGUST, f"GPU-{k}", "n-1", 0, 3600) for k in range(4)])
    con = published(wh)
    assert con.execute("SELECT count(*) FROM device_excess").fetchone() == (0,)
    assert device_hours(con) == [
        (AUGUST, "g5.12xlarge", 4, Decimal(4)),
        (small, "g5.xlarge", 1, Decimal(1)),
    ]


def test_what_a_person_says_of_a_machine_is_believed_before_its_types(wh):
    load_lines(
        wh,
        [
            a10g(AUGUST, "g5.12xlarge", "4"),
            a10g(AUGUST + timedelta(hours=1), "g5.xlarge", "1"),
        ],
    )
    told = [{"node": "n-1", "resource_id": "i-1", "device_count": 2}]
    load_rows(wh, "resource_map", told, "estate", "resources")
    assert published(wh).execute("SELECT sum(billed_seconds) / 3600 FROM gpu_hour").fetchone() == (4,)
