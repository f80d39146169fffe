"""Capacity of AWS that is held and not launched: reservations and hosts are no machines beside those that run."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cost_store import CUR_LINE, FOCUS_LINE, load, write_csv

from data.model.settings import ModelSettings
from data.snapshot import open_latest
from ingest.sources.aws_cur import AwsCur
from ingest.sources.focus import Focus

RESERVATION = "arn:aws:ec2:us-east-1:000000000011:capacity-reservation/cr-0be443example1db6f"


def line(usage, resource, cost, amount=1):
    return CUR_LINE | {
        "line_item_usage_type": usage,
        "line_item_resource_id": resource,
        "line_item_unblended_cost": str(cost),
        "line_item_usage_amount": str(amount),
    }


def billed(wh, tmp_path, *lines):
    """({machine: (GPUs, their hours, cost)}, {rung: cost}) of the published bill."""
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", lines))))
    return published(wh)


def published(wh):
    wh.publish(ModelSettings())
    con = open_latest(wh.home).cursor()
    machines = con.execute("""
        SELECT resource_id, count(*), sum(billed_seconds) / 3600, sum(cost) FROM gpu_hour GROUP BY 1""").fetchall()
    rungs = con.execute("SELECT rung, sum(effective_cost) FROM part GROUP BY 1").fetchall()
    return {machine: told for machine, *told in machines}, {rung: cost for rung, cost in rungs if cost}


@pytest.mark.parametrize(
    ("used", "reserved", "unused"),
    [("BoxUsage", "Reservation", "UnusedBox"), ("DedicatedUsage", "DedicatedRes", "UnusedDed")],
)
def test_a_capacity_reservation_is_no_machine_beside_the_one_that_uses_it(
    wh, tmp_path, used, reserved, unused
):
    """Of two reserved p5.48xlarge one runs. AWS bills it, the idle one, and at 0 what is reserved: 2 instance-hours."""
    machines, rungs = billed(
        wh,
        tmp_path,
        line(f"{used}:p5.48xlarge", "i-1", "55.04"),
        line(f"USE1-{reserved}:p5.48xlarge", RESERVATION, "0", amount=2),
        line(f"USE1-{unused}:p5.48xlarge", RESERVATION, "55.04"),
    )
    assert machines == {"i-1": [8, 8, Decimal("55.04")]}
    assert rungs == {"unobserved": Decimal("55.04"), "commitment_unused": Decimal("55.04")}


def test_nor_is_it_one_in_a_focus_export(wh, tmp_path):
    machine = FOCUS_LINE | {
        "ServiceName": "Amazon Elastic Compute Cloud",
        "ServiceCategory": "Compute",
        "SkuPriceDetails": '{"InstanceType": "p5.48xlarge"}',
        "ConsumedQuantity": "1",
        "ConsumedUnit": "Hrs",
    }
    reserved = machine | {"ResourceId": RESERVATION, "BilledCost": "0", "EffectiveCost": "0"}
    load(wh, Focus(str(write_csv(tmp_path / "focus.csv", [machine, reserved]))))
    assert published(wh)[0] == {"i-1": [8, 8, Decimal(10)]}


def test_a_dedicated_host_names_no_machine_and_its_charge_is_shared(wh, tmp_path):
    """What runs on a host is billed at 0, and no line says on which host it runs: README says so."""
    machines, rungs = billed(
        wh,
        tmp_path,
        line("USE1-HostUsage:g5", "h-1", "20"),
        line("USE1-HostBoxUsage:g5.12xlarge", "i-2", "0"),
        line("USE1-DedicatedUsage:g5.12xlarge", "i-3", "7"),
    )
    assert machines == {"i-2": [4, 4, 0], "i-3": [4, 4, 7]}
    assert rungs == {"shared": 20, "unobserved": 7}
