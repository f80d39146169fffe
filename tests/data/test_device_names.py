"""One device under two names, and machines that show more devices than they have. Machines cost $80 or $10 an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from small_store import device_hour, load_lines, load_rows, machine_line

from data.excess import device_excess
from data.model.settings import ModelSettings
from data.warehouse import Warehouse

HOUR = datetime(2026, 9, 1)
NEXT = HOUR + timedelta(hours=1)
POD = {"namespace": "serve", "pod": "llama-0"}


@pytest.fixture
def wh(home):
    """i-8 has 8 devices, i-1 has one; telemetry calls them gpu-7 and gpu-1."""
    with Warehouse.open(home) as warehouse:
        machines = [{"node": "gpu-7", "resource_id": "i-8"}, {"node": "gpu-1", "resource_id": "i-1"}]
        load_rows(warehouse, "resource_map", machines, "estate", "resources")
        yield warehouse


def bill(wh, *hours):
    eight = [machine_line(hour, "i-8", "80", instance_type="p5.48xlarge") for hour in hours]
    load_lines(wh, eight + [machine_line(hour, "i-1", "10") for hour in hours])


def dcgm(index, busy=3600.0, hour=HOUR, **more):
    """A device as DCGM tells it, held by a pod."""
    return device_hour(
        hour, f"GPU-{index}aaa", "gpu-7", busy, 3600 - busy, device_index=str(index), **POD, **more
    )


def smi(index, busy=3600.0, hour=HOUR, node="gpu-7", step=60.0, **more):
    """The same as a log of nvidia-smi with masked UUIDs tells it."""
    told = {"signal": "gpu_util", "step_seconds": step, "device_index": str(index)} | more
    return device_hour(hour, f"{node}/{index}", node, busy, 3600 - busy, **told)


def published(wh, *order):
    return duckdb.connect(str(wh.publish(ModelSettings(source_order=order)).path), read_only=True)


def ladder(con):
    """Of the machine of eight: what is spent on what, to the cent."""
    query = "SELECT rung, CAST(sum(effective_cost) AS DECIMAL(18,2)) FROM part WHERE device_id <> 'i-1#1' GROUP BY ALL"
    return {rung: amount for rung, amount in con.execute(query).fetchall() if amount}


def devices(con, hour=HOUR):
    query = "SELECT DISTINCT device_id FROM gpu_hour WHERE resource_id = 'i-8' AND hour = $hour ORDER BY ALL"
    return [name for (name,) in con.execute(query, {"hour": hour}).fetchall()]


def test_two_names_on_one_machine_and_index_are_one_device(wh):
    """Eight devices, a quarter busy: $20 busy and $60 held idle; sixteen would have made half of them dark."""
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [dcgm(k, 900) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [smi(k, 0) for k in range(8)], "smi")
    con = published(wh)
    assert devices(con) == [f"GPU-{k}aaa" for k in range(8)]
    assert ladder(con) == {"other_gpu": Decimal("80.00")}
    assert con.execute(
        "SELECT sum(busy_cost), sum(idle_cost) FROM gpu_hour WHERE node = 'gpu-7'"
    ).fetchone() == (20, 60)
    assert device_excess(con) == ()


def test_the_better_source_is_believed_under_the_lasting_name(wh):
    """nvidia-smi first: 8 devices idle, nobody's; the cost of the stretch is the hour's."""
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [dcgm(k, 900) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [smi(k, 0) for k in range(8)], "smi")
    stretch = {"threshold": 0.01, "start_at": HOUR, "end_at": NEXT, "seconds": 3600.0, "largest_gap": 60.0}
    stretch |= {"node": "gpu-7", "signal": "gpu_util", "step_seconds": 60.0, "device_id": "gpu-7/0"}
    load_rows(wh, "idle_stretch", [stretch], "smi")
    con = published(wh, "smi")
    assert ladder(con) == {"unallocated": Decimal("80.00")}
    assert con.execute("SELECT device_id, cost FROM idle_run").fetchall() == [("GPU-0aaa", 10)]


def test_a_name_that_was_joined_once_holds_where_the_other_source_is_silent(wh):
    bill(wh, HOUR, NEXT)
    load_rows(wh, "device_hour", [dcgm(k) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [smi(k, hour=hour) for k in range(8) for hour in (HOUR, NEXT)], "smi")
    assert devices(published(wh), NEXT) == [f"GPU-{k}aaa" for k in range(8)]


def test_the_pci_bus_tells_more_than_the_index(wh):
    """DCGM counts the other way round than nvidia-smi."""
    bill(wh, HOUR)
    buses = [f"{k}a:00.0" for k in range(8)]
    load_rows(wh, "device_hour", [dcgm(k, pci_bus_id=buses[k]) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [smi(7 - k, 900 * (k == 0), pci_bus_id=buses[k]) for k in range(8)], "smi")
    con = published(wh, "smi")
    assert con.execute("SELECT device_id FROM gpu_hour WHERE busy_seconds > 0").fetchall() == [("GPU-0aaa",)]


def test_what_is_left_of_a_masked_uuid_tells_more_than_the_index(wh):
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [dcgm(k) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [smi(7 - k, 900 * (k == 0), uuid_mask=f"GPU-{k}%") for k in range(8)], "smi")
    con = published(wh, "smi")
    assert con.execute("SELECT device_id FROM gpu_hour WHERE busy_seconds > 0").fetchall() == [("GPU-0aaa",)]


def test_one_index_on_another_machine_is_another_device(wh):
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [dcgm(0)], "dcgm")
    load_rows(wh, "device_hour", [smi(0, node="gpu-1")], "smi")
    con = published(wh)
    assert devices(con)[:1] == ["GPU-0aaa"]
    assert con.execute("SELECT device_id FROM gpu_hour WHERE resource_id = 'i-1'").fetchall() == [
        ("gpu-1/0",)
    ]


def test_two_agents_names_of_one_index_are_one_device(wh):
    """CloudWatch knows the machine by its id, nvidia-smi by its host."""
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [smi(k, device_index=str(k)) for k in range(8)], "smi")
    agent = [smi(k, 0, node="i-8", step=300.0, device_index=str(k)) for k in range(8)]
    load_rows(wh, "device_hour", agent, "agent")
    con = published(wh)
    assert (len(devices(con)), ladder(con)) == (8, {"other_gpu": Decimal("80.00")})
    assert device_excess(con) == ()


def test_one_source_with_two_names_of_a_device_counts_it_once(wh):
    """GKE's index and DCGM's UUID, both through one Prometheus."""
    bill(wh, HOUR)
    rows = [dcgm(k, 900) for k in range(8)] + [smi(k, 0, device_index=str(k)) for k in range(8)]
    load_rows(wh, "device_hour", rows, "prom")
    con = published(wh)
    query = "SELECT count(*), sum(busy_seconds), sum(billed_seconds) FROM gpu_hour WHERE node = 'gpu-7'"
    assert con.execute(query).fetchone() == (8, 8 * 900, 8 * 3600)


def unlike(k, busy=0.0, **more):
    """A name that meets no other: neither index nor bus nor UUID is told."""
    return smi(k, busy, device_index=None, **more)


def test_devices_that_cannot_be_joined_are_not_invented(wh):
    """16 names on a machine of 8: the finest source's count, $80 is spent on 8, and it is said."""
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [dcgm(k, 900) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [unlike(k) for k in range(8)], "smi")
    con = published(wh)
    assert (devices(con), ladder(con)) == ([f"GPU-{k}aaa" for k in range(8)], {"other_gpu": Decimal("80.00")})
    assert con.execute("SELECT sum(busy_cost) FROM gpu_hour WHERE node = 'gpu-7'").fetchone() == (20,)
    (machine,) = device_excess(con)
    assert (machine.told, machine.billed, machine.counted, machine.left_out) == (16, 8, 8, ["smi"])
    assert str(machine) == (
        "machine i-8 shows 16 devices, billed for 8 (2026-09-01, told by dcgm, smi): two sets of names for its "
        "devices, so 8 count, and what smi alone told of it does not"
    )


@pytest.mark.parametrize(("order", "step"), [(("smi",), 60.0), ((), 10.0)])
def test_which_names_count_goes_by_source_order_then_by_the_finest_step(wh, order, step):
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [dcgm(k) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [unlike(k, step=step) for k in range(8)], "smi")
    assert devices(published(wh, *order)) == [f"gpu-7/{k}" for k in range(8)]


def test_names_that_do_not_meet_but_fit_the_machine_all_count(wh):
    """Five by DCGM and three by a log make eight."""
    bill(wh, HOUR)
    load_rows(wh, "device_hour", [dcgm(k) for k in range(5)], "dcgm")
    load_rows(wh, "device_hour", [unlike(k) for k in range(5, 8)], "smi")
    con = published(wh)
    assert (len(devices(con)), device_excess(con)) == (8, ())


def test_an_hour_in_which_the_names_fit_is_not_touched_by_another_in_which_they_do_not(wh):
    bill(wh, HOUR, NEXT)
    load_rows(wh, "device_hour", [dcgm(k) for k in range(8)], "dcgm")
    load_rows(wh, "device_hour", [unlike(k, hour=hour) for k in range(8) for hour in (HOUR, NEXT)], "smi")
    con = published(wh)
    assert (devices(con, HOUR)[0], devices(con, NEXT)[0]) == ("GPU-0aaa", "gpu-7/0")
    ((hours,),) = con.execute("SELECT DISTINCT hours FROM device_excess").fetchall()
    assert hours == 1


@pytest.mark.parametrize("sources", [["dcgm"], ["one", "two"]])
def test_a_real_excess_raises_the_count_and_is_said(wh, sources):
    """Ten UUIDs on a machine of eight are ten devices, whoever tells them: the table is wrong."""
    bill(wh, HOUR)
    for place, source in enumerate(sources):
        load_rows(wh, "device_hour", [dcgm(k) for k in range(10)[place :: len(sources)]], source)
    con = published(wh)
    assert len(devices(con)) == 10
    assert con.execute("SELECT max(cost) FROM gpu_hour WHERE node = 'gpu-7'").fetchone() == (8,)
    (machine,) = device_excess(con)
    assert (machine.told, machine.billed, machine.counted, machine.left_out) == (10, 8, 10, [])
    assert str(machine).endswith("all of them count")


def test_mig_slices_are_no_excess(wh):
    """Seven slices are one device."""
    bill(wh, HOUR)
    slices = [
        device_hour(HOUR, f"GPU-1aaa/{n}", "gpu-1", 900, 2700, parent_id="GPU-1aaa", mig_profile="1g.10gb")
        for n in range(7)
    ]
    load_rows(wh, "device_hour", slices, "dcgm")
    con = published(wh)
    assert device_excess(con) == ()
    assert con.execute("SELECT sum(busy_cost) FROM gpu_hour WHERE resource_id = 'i-1'").fetchone() == (2.5,)
