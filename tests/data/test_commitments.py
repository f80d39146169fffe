"""Commitments against numbers computed on paper: where a GCP fee goes, and whose the unused part is."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from small_store import device_hour, line, load_lines, load_rows, machine_line

from data.filters import Filters
from data.model.settings import ModelSettings
from data.query import provenance, unit_cost
from data.query.idle import idle
from data.snapshot import open_latest
from data.sql import sql
from data.warehouse import Warehouse

DAY = datetime(2026, 9, 1)
OCTOBER = datetime(2026, 10, 1)
POD = {"namespace": "serve", "pod": "llama-v1-abc"}
L4 = "Nvidia L4 GPU running in Netherlands"
L4_FEE = "Commitment v1: Nvidia L4 GPU running in Netherlands for 1 Year"
GCE_FEE = "Commitment - dollar based v1: GCE for 1 year"
HALF_BUSY = {"busy": 1800, "idle": 1800}


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        nodes = [{"node": f"n-{vm}", "resource_id": vm} for vm in ("vm-1", "vm-2")]
        load_rows(warehouse, "resource_map", nodes, "estate", "resources")
        deployed = {"namespace": "serve", "pod": "llama-v1-%", "model": "llama", "version": "v1"}
        load_rows(warehouse, "deployment_map", [deployed], "names", "resources")
        yield warehouse


def gcp(hour, sku, cost, credit="0", seconds=3600, **told):
    """An hour of one SKU: `cost` before a commitment's `credit` (>= 0); `seconds` is the usage amount."""
    paid = Decimal(cost) - Decimal(credit)
    row = line(
        hour,
        provider="GCP",
        billing_account_id="01A-02B",
        sub_account_id="prod",
        region_id="europe-west4",
        service_name="Compute Engine",
        service_category="Compute",
        sku_description=sku,
        cost=cost,
        consumed_quantity=seconds,
        consumed_unit="seconds",
        x_credits="[]",
    )
    row |= {"billed_cost": str(paid), "effective_cost": str(paid)}
    if Decimal(credit):
        row |= {"x_commitment_credit": f"-{credit}", "commitment_discount_status": "Used"}
    return row | told


def gpu(hour, vm, cost, credit="0", seconds=3600, **told):
    return gcp(hour, L4, cost, credit, seconds, resource_id=vm, instance_type="g2-standard-4") | told


def fee(hour, cost, seconds, sku=L4_FEE, **told):
    return gcp(hour, sku, cost, seconds=seconds, charge_category="Purchase") | told


def seen(hour, vm="vm-1", busy=1800, idle=1800, **told):
    return device_hour(hour, f"GPU-{vm}", f"n-{vm}", busy, idle, **(POD | told))


def published(wh, **settings):
    return duckdb.connect(str(wh.publish(ModelSettings(**settings)).path), read_only=True)


def ladder(con, view="effective_cost", where="true"):
    rows = con.execute(
        f"SELECT rung, sub_rung, sum({view}) FROM ladder WHERE {where} GROUP BY ALL"
    ).fetchall()
    return {(rung, sub): amount for rung, sub, amount in rows if amount}


def unexplained(con):
    query = "SELECT sum(abs(effective_cost)) + sum(abs(billed_cost)) + sum(abs(contracted_cost)) + sum(abs(list_cost))"
    return con.execute(f"{query} FROM ladder WHERE rung = 'unexplained'").fetchone()[0]


def test_a_fee_goes_to_the_devices_that_used_it_and_its_rest_is_unused(wh):
    """Two L4 committed for $0.80 an hour, one in use: 3600 of 7200 seconds carry $0.40, by busy and idle halves."""
    load_lines(wh, [gpu(DAY, "vm-1", "0.6", "0.6"), fee(DAY, "0.8", 7200)])
    load_rows(wh, "device_hour", [seen(DAY)])
    con = published(wh)
    assert ladder(con) == {
        ("serving_busy", None): Decimal("0.2"),
        ("serving_idle", None): Decimal("0.2"),
        ("commitment_unused", "derived"): Decimal("0.4"),
    }
    assert ladder(con, "billed_cost") == {("commitment_unused", "derived"): Decimal("0.8")}
    as_charged = {
        ("serving_busy", None): Decimal("0.3"),
        ("serving_idle", None): Decimal("0.3"),
        ("commitment_unused", "derived"): Decimal("0.8"),
    }
    assert ladder(con, "contracted_cost") == ladder(con, "list_cost") == as_charged
    assert unexplained(con) == 0
    assert con.execute("SELECT cost, busy_cost, idle_cost, billed_seconds FROM gpu_hour").fetchall() == [
        (Decimal("0.4"), Decimal("0.2"), Decimal("0.2"), 3600)
    ]
    assert con.execute("SELECT sum(device_cost), sum(observed_cost) FROM coverage_day").fetchone() == (
        Decimal("0.4"),
        Decimal("0.4"),
    )
    assert con.execute("SELECT sum(busy_cost), sum(commitment_share) FROM unit_cost").fetchone() == (
        Decimal("0.2"),
        Decimal("0.4"),
    )


def test_the_parts_of_a_fee_name_the_holders_that_it_paid_for(wh):
    load_lines(wh, [gpu(DAY, "vm-1", "0.6", "0.6"), fee(DAY, "0.8", 7200)])
    load_rows(wh, "device_hour", [seen(DAY, busy=900, idle=2700)])
    assert published(wh).execute(
        "SELECT rung, device_id, pod, model, hour, effective_cost FROM part WHERE line_id = 2 ORDER BY ALL"
    ).fetchall() == [
        ("commitment_unused", None, None, None, None, Decimal("0.4")),
        ("serving_busy", "GPU-vm-1", "llama-v1-abc", "llama", DAY, Decimal("0.1")),
        ("serving_idle", "GPU-vm-1", "llama-v1-abc", "llama", DAY, Decimal("0.3")),
    ]


def test_cores_memory_and_gpus_are_commitments_of_their_own(wh):
    """One G2: 4 cores fully committed ($0.08), memory not, its GPU one of four committed ($2): 0.08 + 0.05 + 0.50."""
    load_lines(
        wh,
        [
            gcp(DAY, "G2 Instance Core running in Netherlands", "0.11", "0.11", 14400, resource_id="vm-1"),
            gcp(DAY, "G2 Instance Ram running in Netherlands", "0.05", resource_id="vm-1", consumed_unit="bytes"),
            gpu(DAY, "vm-1", "0.6", "0.6"),
            fee(DAY, "0.08", 14400, "Commitment v1: G2 Core in Netherlands for 3 Year"),
            fee(DAY, "2", 14400),
        ],
    )  # fmt: skip
    load_rows(wh, "device_hour", [seen(DAY, busy=3600, idle=0)])
    con = published(wh)
    assert ladder(con) == {
        ("serving_busy", None): Decimal("0.63"),
        ("commitment_unused", "derived"): Decimal("1.5"),
    }
    assert unexplained(con) == 0


def test_a_fee_is_split_by_credit_and_a_line_keeps_what_is_left_to_pay(wh):
    """Fee $1 for one GPU-hour; vm-1 has 3/4 of it, vm-2 1/4: its other $0.45 was not covered and stays its own."""
    load_lines(
        wh,
        [
            gpu(DAY, "vm-1", "0.45", "0.45", 2700),
            gpu(DAY, "vm-2", "0.6", "0.15"),
            fee(DAY, "1", 3600),
        ],
    )
    load_rows(wh, "device_hour", [seen(DAY, "vm-1", 2700, 0), seen(DAY, "vm-2", 0, 3600)])
    con = published(wh)
    assert ladder(con) == {("serving_busy", None): Decimal("0.75"), ("serving_idle", None): Decimal("0.7")}
    assert ladder(con, "billed_cost") == {
        ("serving_idle", None): Decimal("0.45"),
        ("commitment_unused", "derived"): Decimal(1),
    }
    assert unexplained(con) == 0


def test_two_fees_of_a_family_share_its_use_and_never_more_than_all_of_it(wh):
    """Two fees of one GPU each, three in use: both wholly used, over three devices, to the last digit."""
    load_lines(
        wh,
        [gpu(DAY, f"vm-{k}", "0.6", "0.6") for k in (1, 2, 3)] + [fee(DAY, "1", 3600), fee(DAY, "0.7", 3600)],
    )
    con = published(wh)
    assert ladder(con) == {("unobserved", None): Decimal("1.7")}
    parts = con.execute("SELECT effective_cost FROM part WHERE line_id = 4 AND hour IS NOT NULL ORDER BY 1")
    assert [part for (part,) in parts.fetchall()] == [
        Decimal("0.333333333333"),
        Decimal("0.333333333333"),
        Decimal("0.333333333334"),
    ]


def test_a_device_share_below_one_leaves_its_part_of_the_fee_to_shared(wh):
    load_lines(wh, [gpu(DAY, "vm-1", "0.6", "0.6"), fee(DAY, "0.8", 7200)])
    load_rows(wh, "device_hour", [seen(DAY, busy=3600, idle=0)])
    con = published(wh, device_share=0.75)
    assert ladder(con) == {
        ("serving_busy", None): Decimal("0.3"),
        ("shared", None): Decimal("0.1"),
        ("commitment_unused", "derived"): Decimal("0.4"),
    }
    assert unexplained(con) == 0


def test_the_family_the_region_and_the_hour_must_be_the_fees_own(wh):
    """Nothing but the L4 in Belgium and an hour later is covered: the fee of this region and hour is unused, whole."""
    later = DAY + timedelta(hours=1)
    load_lines(
        wh,
        [
            gpu(DAY, "vm-1", "0.6"),
            gpu(later, "vm-2", "0.6", "0.6", region_id="europe-west1"),
            fee(DAY, "0.8", 3600),
            fee(later, "0.9", 3600, region_id="europe-west1"),
        ],
    )
    con = published(wh)
    assert ladder(con) == {
        ("unobserved", None): Decimal("1.5"),
        ("commitment_unused", "derived"): Decimal("0.8"),
    }


@pytest.mark.parametrize(
    "told",
    [
        {"sku_description": "Commitment v1: something new in Netherlands for 1 Year"},
        {"consumed_quantity": None},
        {"x_credits": None},  # as in a FOCUS export, where credits are not told
        {"consumed_unit": "hours"},  # the credit beside it fits no fee, and may be of this one
        {"region_id": None},
        {"charge_period_end": DAY + timedelta(hours=24)},
        {"sku_description": GCE_FEE, "x_credits": '[{"type": "FEE_UTILIZATION_OFFSET", "amount": -1}]'},
        {"sku_description": GCE_FEE, "pricing_quantity": 1000, "billing_currency": "EUR"},
    ],
)  # fmt: skip
def test_a_fee_that_cannot_be_tied_says_so_and_no_unit_cost_takes_it(wh, told):
    load_lines(wh, [gpu(DAY, "vm-1", "0.6", "0.6"), fee(DAY, "0.8", 3600, **told)])
    load_rows(wh, "device_hour", [seen(DAY, busy=3600, idle=0)])
    con = published(wh)
    assert ladder(con) == {("commitment_unused", "use unknown"): Decimal("0.8")}
    assert con.execute("SELECT sum(commitment_share) FROM unit_cost").fetchone() == (None,)
    query = "SELECT sum(unknown_cost), sum(unused_cost), sum(covered_cost) FROM commitment_day"
    assert con.execute(query).fetchone() == (
        Decimal("0.8"), 0, 0,
    )  # fmt: skip


def asked(wh, question, *args):
    """What a page gets of a question about September."""
    wh.publish(ModelSettings())
    return question(open_latest(wh.home).cursor(), Filters(date(2026, 9, 1), date(2026, 10, 1)), *args)


def test_unit_costs_carry_the_mark_of_a_fee_that_fits_no_use(wh):
    """The row that pages make their note of; the basis does not hold it, and the rungs still sum to the invoice."""
    load_lines(wh, [gpu(DAY, "vm-1", "0.6", "0.6"), fee(DAY, "0.8", None), line(DAY, cost="1")])
    rungs = asked(wh, unit_cost.left_out).set_index("rung")
    assert rungs.loc["commitment_use_unknown", ["cost", "in_basis", "left_out"]].tolist() == [0.8, 0, 0.8]
    assert float(rungs["cost"].sum()) == pytest.approx(1.8)
    assert asked(wh, unit_cost.use_unknown) == pytest.approx(0.8)


def test_the_data_page_lists_each_commitment_with_its_use(wh):
    load_lines(
        wh,
        [
            gpu(DAY, "vm-1", "0.6", "0.6"),
            fee(DAY, "0.8", 7200, commitment_discount_id="cud-l4"),
            fee(DAY, "0.3", None, "Commitment v1: Ram in Netherlands for 1 Year"),
            *[ai_use(DAY, "3"), unused(DAY, "1", commitment_discount_type="Savings Plan")],
        ],
    )
    rows = asked(wh, provenance.commitments).set_index("commitment")
    told = rows[["type", "used", "unused", "unknown", "committed"]].astype(object)
    assert {name: tuple(map(str, row)) for name, row in zip(told.index, told.to_numpy(), strict=True)} == {
        "sp-1": ("Savings Plan", "3.0", "1.0", "0.0", "4.0"),
        "cud-l4": ("Committed use discount", "0.4", "0.4", "0.0", "0.8"),
        "01A-02B/Commitment v1: Ram in Netherlands for 1 Year": ("Committed use discount", "0.0", "0.0", "0.3", "0.3"),
    }  # fmt: skip


def test_a_free_gpu_that_a_fee_pays_for_is_freed_capacity_not_cash(wh):
    """Both stand free for a day; only vm-2's $0.60 an hour would leave the bill, vm-1's fee would not."""
    hours = [DAY + timedelta(hours=h) for h in range(24)]
    bill = [gpu(h, "vm-1", "0.6", "0.6") for h in hours] + [fee(h, "0.5", 3600) for h in hours]
    load_lines(wh, bill + [gpu(h, "vm-2", "0.6") for h in hours])
    free = {"busy": 0, "idle": 3600, "namespace": None, "pod": None}
    load_rows(wh, "device_hour", [seen(h, vm, **free) for h in hours for vm in ("vm-1", "vm-2")])
    run = {"start_at": DAY, "end_at": DAY + timedelta(days=1), "seconds": 86400.0, "threshold": 0.01}
    run |= {"largest_gap": 30.0, "signal": "gr_engine_active", "step_seconds": 30.0}
    load_rows(wh, "idle_stretch", [run | {"device_id": f"GPU-{vm}"} for vm in ("vm-1", "vm-2")])
    found = asked(wh, idle, 0.01, 30).findings.set_index("machine")
    assert found.loc["vm-1", ["cost", "cash", "freed"]].tolist() == pytest.approx([12, 0, 12])
    assert found.loc["vm-2", ["cost", "cash", "freed"]].tolist() == pytest.approx([14.4, 14.4, 0])


def test_a_credit_longer_than_an_hour_leaves_the_fees_of_its_hours_unknown(wh):
    day_long = gpu(DAY, "vm-1", "14.4", "14.4", 86400, charge_period_end=DAY + timedelta(days=1))
    load_lines(wh, [day_long, fee(DAY + timedelta(hours=5), "0.8", 3600)])
    assert ladder(published(wh)) == {("commitment_unused", "use unknown"): Decimal("0.8")}


def spend_credit(dollars):
    told = [
        {"type": "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE", "name": "GCE Commitments", "amount": -float(dollars)}
    ]
    return {"x_credits": json.dumps(told)}


@pytest.mark.parametrize(("quantity", "unit_price"), [("1000", "cents"), ("10", "dollars")])
def test_a_spend_based_fee_follows_the_dollars_of_its_credits(wh, quantity, unit_price):
    """$10 an hour committed for $7.20, stated in `unit_price`; $3 of a GPU and $2 of a GKE node: half used."""
    load_lines(
        wh,
        [
            gpu(DAY, "vm-1", "3", "3", **spend_credit(3)),
            gcp(DAY, "Autopilot Pod vCPU", "2", "2", service_name="Kubernetes Engine", **spend_credit(2)),
            fee(DAY, "7.2", 1, GCE_FEE, pricing_quantity=quantity, region_id=None),
        ],
    )  # fmt: skip
    con = published(wh)
    assert ladder(con) == {
        ("unobserved", None): Decimal("2.16"),
        ("shared", None): Decimal("1.44"),
        ("commitment_unused", "derived"): Decimal("3.6"),
    }, unit_price
    assert unexplained(con) == 0


def test_a_correction_of_a_fee_moves_what_the_fee_moved(wh):
    """Stated as $0.80 for two GPUs, negated, and stated again as $0.60 for one and a half: two thirds used."""
    load_lines(
        wh,
        [
            gpu(DAY, "vm-1", "0.6", "0.6"),
            fee(DAY, "0.8", 7200),
            fee(DAY, "-0.8", -7200, charge_class="Correction"),
            fee(DAY, "0.6", 5400, charge_class="Correction"),
        ],
    )
    con = published(wh)
    assert {key: amount.quantize(Decimal("1e-9")) for key, amount in ladder(con).items()} == {
        ("unobserved", None): Decimal("0.4"),
        ("commitment_unused", "derived"): Decimal("0.2"),
    }
    assert unexplained(con) == 0


def test_a_fee_of_machines_outside_ai_is_outside_with_its_unused_half(wh):
    web = {"sub_account_id": "shop", "resource_id": "web-1", "instance_type": "n2-standard-2"}
    load_lines(
        wh,
        [
            gcp(DAY, "N2 Instance Core running in Netherlands", "0.07", "0.07", 7200, **web),
            fee(DAY, "0.1", 14400, "Commitment v1: N2 Cpu in Netherlands for 1 Year", sub_account_id="shop"),
        ],
    )
    con = published(wh)
    assert ladder(con) == {
        ("outside", None): Decimal("0.05"),
        ("outside", "commitment of other use"): Decimal("0.05"),
    }
    assert con.execute(
        "SELECT covered_cost, ai_covered_cost, unused_cost FROM commitment_day"
    ).fetchall() == [(Decimal("0.05"), 0, Decimal("0.05"))]


@pytest.mark.parametrize(
    ("fee_sku", "usage_sku"),
    [
        (L4_FEE, L4),
        ("Commitment v1: Nvidia L4 GPU running in Iowa for 1 Year", "Nvidia L4 GPU running in Americas"),
        ("Commitment v1: Nvidia Tesla A100 GPU in Iowa for 3 Year", "Nvidia Tesla A100 GPU running in Iowa"),
        ("Commitment v1: Nvidia H100 80GB GPU in Iowa for 1 Year", "Nvidia H100 80GB GPU running in Iowa"),
        ("Commitment v1: Nvidia H100 80GB Mega GPU in Iowa for 1 Year", "Nvidia H100 Mega 80GB GPU running in Iowa"),
        ("Commitment v1: A4 Nvidia B200 (1 gpu slice) in Iowa for 1 Year", "A4 Nvidia B200 (1 gpu slice) in Iowa"),
        ("Commitment v1: G2 Core in Americas for 1 Year", "G2 Instance Core running in Americas"),
        ("Commitment v1: A2 Ram in Americas for 3 Year", "A2 Instance Ram running in Americas"),
        ("Commitment v1: N2D AMD Cpu in Americas for 1 Year", "N2D AMD Instance Core running in Americas"),
        ("Commitment v1: N2 Cpu in Americas for 1 Year", "N2 Custom Instance Core running in Americas"),
        ("Commitment v1: Cpu in Americas for 1 Year", "N1 Predefined Instance Core running in Americas"),
        ("Commitment v1: Ram in Montreal for 1 Year", "Custom Instance Ram running in Montreal"),
        ("Commitment v1: Memory-optimized Cpu in Japan for 1 Year", "Memory-optimized Instance Core running in Japan"),
        ("Commitment v1: Compute optimized Cpu in Japan for 1 Year", "Compute optimized Core running in Japan"),
        ("Commitment v1: Local SSD In Iowa for 1 Year", "SSD backed Local Storage in Iowa"),
    ],
)  # fmt: skip
def test_fee_and_usage_name_one_family(fee_sku, usage_sku):
    assert family(fee_sku) == family(usage_sku) is not None


def test_families_that_are_not_one():
    names = [
        L4, "Nvidia Tesla T4 GPU running in Iowa", "Nvidia Tesla A100 GPU running in Iowa",
        "Nvidia Tesla A100 80GB GPU running in Iowa",
        "Nvidia H100 80GB GPU running in Iowa", "G2 Instance Core running in Iowa", "G2 Instance Ram running in Iowa",
        "N2 Instance Core running in Iowa", "N2D AMD Instance Core running in Iowa",
        "N1 Predefined Instance Core running in Iowa",
    ]  # fmt: skip
    assert len({family(name) for name in names}) == len(names)
    assert family("Commitment v1: something new in Iowa for 1 Year") is None


def family(sku):
    with duckdb.connect() as con:
        con.execute(sql("model/prelude/duckdb"))
        con.execute(sql("schema/cost"))
        con.execute("CREATE VIEW charge AS FROM temp.stage_cost; SET VARIABLE team_tags = ['team']")
        con.execute("SET VARIABLE model_tags = ['model']; SET VARIABLE version_tags = ['version']")
        con.execute(sql("schema/work"))
        con.execute(sql("model/prelude/duckdb_sources"))
        return con.execute("SELECT commitment_family($sku)", {"sku": sku}).fetchone()[0]


# Whose the unused part is

PLAN = {"commitment_discount_id": "sp-1", "commitment_discount_category": "Spend"}


def ai_use(at, cost, **told):
    return machine_line(
        at, "i-1", "0", effective_cost=cost, commitment_discount_status="Used", **(PLAN | told)
    )


def other_use(at, cost, **told):
    used = {"sub_account_id": "999", "service_name": "Amazon RDS", "commitment_discount_status": "Used"}
    return line(at, cost="0", effective_cost=cost, **(PLAN | used | told))


def unused(at, cost, **told):
    row = {
        "charge_category": "Usage",
        "commitment_discount_status": "Unused",
        "service_name": "Savings Plans",
    }
    return line(at, cost="0", effective_cost=cost, **(PLAN | row | told))


def whose(con, where="true"):
    """(AI, other use, nobody knows whose) of what commitments left unused."""
    found = ladder(con, where=where)
    keys = (
        ("commitment_unused", None),
        ("outside", "commitment of other use"),
        ("commitment_unused", "use unknown"),
    )
    return tuple(str(found.get(key, Decimal(0)).normalize()) for key in keys)


def test_an_unused_plan_is_split_as_its_use_was(wh):
    """$1 of use is AI's, $2 is not: of $1 unused a third is AI's, cut to the last digit."""
    load_lines(wh, [ai_use(DAY, "1"), other_use(DAY, "2"), unused(DAY, "1")])
    load_rows(wh, "deployment_map", [{"pod": "x", "model": "x"}], "more", "resources")
    con = published(wh)
    assert whose(con) == ("0.333333333333", "0.666666666667", "0")
    query = (
        "SELECT rung, effective_cost, billed_cost FROM part WHERE line_id = 3 AND rung <> 'timing' ORDER BY 1"
    )
    assert con.execute(query).fetchall() == [
        ("commitment_unused", Decimal("0.333333333333"), 0),
        ("outside", Decimal("0.666666666667"), 0),
    ]  # fmt: skip
    assert unexplained(con) == 0


def test_a_plan_charged_in_two_currencies_has_a_share_in_each(wh):
    """$1 of dollars' use is AI's and $3 is not; 900 yen are all other use. Added up, AI had 1 ÷ 904."""
    yen = {"billing_currency": "JPY"}
    load_lines(
        wh,
        [
            ai_use(DAY, "1"), other_use(DAY, "3"), unused(DAY, "2"),
            other_use(DAY, "900", **yen), unused(DAY, "50", **yen),
        ],
    )  # fmt: skip
    con = published(wh)

    assert whose(con, "billing_currency = 'USD'") == ("0.5", "1.5", "0")
    assert whose(con, "billing_currency = 'JPY'") == ("0", "5E+1", "0")
    assert unexplained(con) == 0


def test_a_plan_in_a_currency_that_nobody_tells_is_split_by_its_use_too(wh):
    untold = {"billing_currency": None}
    load_lines(wh, [ai_use(DAY, "1", **untold), other_use(DAY, "3", **untold), unused(DAY, "2", **untold)])

    assert whose(published(wh)) == ("0.5", "1.5", "0")


def test_a_currency_without_use_of_its_own_takes_the_share_of_the_plans_other_use(wh):
    load_lines(wh, [ai_use(DAY, "1"), other_use(DAY, "3"), unused(DAY, "40", billing_currency="JPY")])

    assert whose(published(wh), "billing_currency = 'JPY'") == ("1E+1", "3E+1", "0")


def test_the_fully_loaded_basis_takes_what_the_ladder_calls_unused(wh):
    load_lines(wh, [ai_use(DAY, "1"), other_use(DAY, "2"), unused(DAY, "1")])
    load_rows(wh, "resource_map", [{"node": "n-i-1", "resource_id": "i-1"}], "more", "resources")
    load_rows(wh, "device_hour", [seen(DAY, "i-1")])
    query = "SELECT sum(commitment_share) FROM unit_cost"
    assert published(wh).execute(query).fetchone() == (Decimal("0.333333333333"),)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, ("0", "6", "0")),  # never used, and not bought for accelerators
        ({"instance_type": "p5.4xlarge"}, ("6", "0", "0")),
        ({"commitment_discount_id": None}, ("0", "0", "6")),
        ({"commitment_discount_id": None, "instance_type": "p5.4xlarge"}, ("6", "0", "0")),
    ],
)
def test_without_use_it_is_ais_where_it_was_bought_for_accelerators(wh, told, expected):
    load_lines(wh, [unused(DAY, "6", **told)])
    assert whose(published(wh)) == expected


def test_a_capacity_reservation_is_a_commitment_too(wh):
    """Used for $30 of AI and $10 of a CPU machine of another account; of $8 unused, $6 is AI's."""
    held = {"capacity_reservation_id": "cr-1", "capacity_reservation_status": "Used"}
    other = {"sub_account_id": "999", "resource_id": "i-9", "x_usage_type": "BoxUsage:c7i.xlarge"}
    free = held | {"capacity_reservation_status": "Unused", "x_usage_type": "UnusedBox:p5.4xlarge"}
    load_lines(
        wh,
        [
            machine_line(DAY, "i-1", "30", **held),
            line(DAY, cost="10", **other, **held),
            line(DAY, cost="8", **free),
        ],
    )
    con = published(wh)
    assert whose(con) == ("6", "2", "0")
    assert ladder(con, "billed_cost")[("commitment_unused", None)] == 8
    assert unexplained(con) == 0


def test_a_period_without_use_takes_the_share_of_the_last_one_with_use(wh):
    load_lines(wh, [ai_use(DAY, "3"), other_use(DAY, "1"), unused(DAY, "4"), unused(OCTOBER, "4")])
    con = published(wh)
    assert whose(con, "month(day) = 9") == whose(con, "month(day) = 10") == ("3", "1", "0")


SEPTEMBER = [ai_use(DAY, "3"), other_use(DAY, "1"), unused(DAY, "4")]
RESTATED = [ai_use(DAY, "1"), other_use(DAY, "3"), unused(DAY, "4"), fee(DAY, "0.5", 3600)]
AFTER = [unused(OCTOBER, "4"), gpu(OCTOBER, "vm-1", "0.6", "0.6"), fee(OCTOBER, "0.9", 7200)]
WHOLE_LADDER = "SELECT * FROM ladder ORDER BY ALL"


def test_a_late_delivery_of_a_month_moves_the_share_of_the_next(wh, tmp_path):
    load_lines(wh, SEPTEMBER)
    published(wh)
    load_lines(wh, AFTER)
    con = published(wh)
    assert whose(con, "month(day) = 10") == ("3", "1", "0")
    load_lines(wh, RESTATED)
    con = published(wh)
    assert whose(con, "month(day) = 10") == ("1", "3", "0")
    with Warehouse.open(tmp_path / "scratch") as other:
        load_lines(other, RESTATED + AFTER)
        scratch = published(other)
    assert con.execute(WHOLE_LADDER).fetchall() == scratch.execute(WHOLE_LADDER).fetchall()
    parts = "SELECT day, rung, sub_rung, effective_cost FROM part ORDER BY ALL"
    assert con.execute(parts).fetchall() == scratch.execute(parts).fetchall()


def test_a_share_that_stands_builds_no_other_month_again(wh):
    load_lines(wh, SEPTEMBER + AFTER)
    published(wh)
    october = "SELECT path FROM parquet_file WHERE relation = 'part' AND period = $month"
    before = wh.con.execute(october, {"month": date(2026, 10, 1)}).fetchall()
    load_lines(wh, [*SEPTEMBER, line(DAY, cost="1")])
    published(wh)
    assert wh.con.execute(october, {"month": date(2026, 10, 1)}).fetchall() == before
