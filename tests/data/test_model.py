"""The model against numbers computed on paper. Every machine costs $10 an hour and has one device unless said."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from small_store import device_hour, line, load_lines, load_rows, machine_line

from data.check import check
from data.filters import Filters
from data.model.settings import ModelSettings
from data.query import unit_cost
from data.snapshot import open_latest
from data.warehouse import Warehouse

DAY = datetime(2026, 9, 1)
HOURS = [DAY + timedelta(hours=h) for h in range(3)]
LLAMA = {
    "namespace": "serve",
    "pod": "llama-v1-%",
    "model": "llama",
    "version": "v1",
    "endpoint": "chat",
    "mode": "real time",
}
POD = {"namespace": "serve", "pod": "llama-v1-abc"}


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        load_rows(
            warehouse,
            "resource_map",
            [{"node": f"n{k}", "resource_id": f"i-{k}"} for k in (1, 2, 3)],
            "estate",
            "resources",
        )
        load_rows(warehouse, "deployment_map", [LLAMA | {"team": "search"}], "names", "resources")
        yield warehouse


def published(wh, **settings):
    """A cursor on the snapshot of what the store holds now."""
    return duckdb.connect(str(wh.publish(ModelSettings(**settings)).path), read_only=True)


def ladder(con, view="effective_cost", where="true"):
    """{(rung, sub_rung): amount} without zeros, to the last digit."""
    rows = con.execute(
        f"SELECT rung, sub_rung, sum({view}) FROM ladder WHERE {where} GROUP BY ALL"
    ).fetchall()
    return {(rung, sub): amount for rung, sub, amount in rows if amount}


def money(**amounts):
    return {
        tuple(key.split("__")) if "__" in key else (key, None): Decimal(value)
        for key, value in amounts.items()
    }


def test_three_gpus_for_three_hours(wh):
    """GPU 1 serves llama 15 of 60 minutes; GPU 2: free, then half unseen, then held by a job; GPU 3: no telemetry."""
    bill = [machine_line(h, r, "10") for h in HOURS for r in ("i-1", "i-2", "i-3")]
    bill += [line(h, cost="1.5", x_usage_type="EBS:VolumeUsage.gp3", resource_id="vol-1") for h in HOURS]
    bill += [line(h, cost="3", service_name="Amazon RDS", sub_account_id="999") for h in HOURS]
    bill.append(line(DAY, 720, cost="7", charge_category="Tax"))
    load_lines(wh, bill)
    load_rows(
        wh,
        "device_hour",
        [device_hour(h, "GPU-1", "n1", 900, 2700, **POD) for h in HOURS]
        + [
            device_hour(HOURS[0], "GPU-2", "n2", 0, 3600),
            device_hour(HOURS[1], "GPU-2", "n2", 0, 1800),
            device_hour(HOURS[2], "GPU-2", "n2", 600, 3000, namespace="train", pod="job-1"),
        ],
    )
    con = published(wh)
    assert {key: amount.quantize(Decimal("0.000001")) for key, amount in ladder(con).items()} == money(
        serving_busy="7.5",  # 3 h × $10 × 900/3600
        serving_idle="22.5",
        unallocated__free="15",  # hour 1 whole, hour 2 half: not dark, for the job came on the same day
        unobserved="35",  # GPU 3: 30, GPU 2: half of hour 2
        other_gpu="1.666667",  # 600/3600 of $10
        **{"other_gpu__held idle": "8.333333"},
        shared="4.5",
        outside="9",
        tax="7",
    )
    assert con.execute("SELECT sum(cost), sum(billed_seconds) FROM gpu_hour").fetchone() == (90, 9 * 3600)
    assert con.execute("SELECT sum(device_cost), sum(observed_cost) FROM coverage_day").fetchone() == (90, 55)


def test_a_million_requests_a_day_on_a_gpu_that_is_busy_three_tenths_of_it(wh):
    """The published example: $10/h, 30 %: $240 a day, $0.00024 a request, $168 of it idle."""
    hours = [DAY + timedelta(hours=h) for h in range(24)]
    load_lines(wh, [machine_line(h, "i-1", "10") for h in hours])
    load_rows(wh, "device_hour", [device_hour(h, "GPU-1", "n1", 1080, 2520, **POD) for h in hours])
    asked = [41_667 if h < 16 else 41_666 for h in range(24)]
    traffic = [
        {"hour": hour, **POD, "endpoint": "chat", "requests_ok": n, "requests_failed": 0}
        for hour, n in zip(hours, asked, strict=True)
    ]
    load_rows(wh, "traffic", traffic, "vllm")
    con = published(wh)

    assert ladder(con) == money(serving_busy="72", serving_idle="168")
    day = Filters(DAY.date(), DAY.date() + timedelta(days=1))
    told = unit_cost.costs(con, day, "total").iloc[0]
    assert (told["cost"], told["requests_ok"]) == (240, 1_000_000)
    assert told["cost_per_inference"] == pytest.approx(0.00024)


def test_coverage_knows_the_team_also_of_machines_whose_devices_nobody_knows(wh):
    bill = [machine_line(DAY, "i-1", "10", team="docs"), machine_line(DAY, None, "30", team="docs")]
    load_lines(wh, [*bill, machine_line(DAY, "i-2", "5", team="chat")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 900, 900)])  # half an hour, on i-1

    told = published(wh).execute(
        "SELECT team, sum(device_cost), sum(observed_cost) FROM coverage_day GROUP BY team ORDER BY team"
    )
    assert told.fetchall() == [("chat", 5, 0), ("docs", 40, 5)]


def test_billed_for_20_minutes_and_idle_throughout_costs_what_was_billed(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "3.333333333333", quantity="0.333333333333")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 0, 1200, **POD)])
    con = published(wh)
    assert ladder(con) == money(serving_idle="3.333333333333")


def test_seconds_seen_beyond_the_bill_are_scaled_to_it(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "5", quantity="0.5")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 900, 2700, **POD)])
    con = published(wh)
    assert ladder(con) == money(serving_busy="1.25", serving_idle="3.75")
    assert con.execute("SELECT busy_seconds, idle_seconds, billed_seconds FROM gpu_hour").fetchall() == [
        (450, 1350, 1800)
    ]


def test_dark_is_free_all_day(wh):
    load_lines(wh, [machine_line(h, "i-1", "10") for h in HOURS])
    load_rows(wh, "device_hour", [device_hour(h, "GPU-1", "n1", 0, 3600) for h in HOURS])
    assert ladder(published(wh)) == money(unallocated__dark="30")


def test_activity_without_a_holder_is_not_free(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "10")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 1800, 1800)])
    assert ladder(published(wh)) == {
        ("other_gpu", "holder unknown"): Decimal(5),
        ("unallocated", "free"): Decimal(5),
    }


def test_eight_devices_share_their_machine_equally(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "80", instance_type="p5.48xlarge")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 3600, 0, **POD)])
    assert ladder(published(wh)) == money(serving_busy="10", unobserved="70")


def test_a_device_share_below_one_leaves_cpu_to_shared(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "10")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 1800, 1800, **POD)])
    assert ladder(published(wh, device_share=0.75)) == money(
        serving_busy="3.75", serving_idle="3.75", shared="2.5"
    )


def test_time_slicing_prices_the_device_once(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "10")])
    halves = [
        device_hour(DAY, "GPU-1", "n1", 600, 1200, namespace="serve", pod=f"llama-v1-{k}") for k in "ab"
    ]
    load_rows(wh, "device_hour", halves)
    con = published(wh)
    assert ladder(con) == {
        ("serving_busy", None): Decimal("3.333333333333"),
        ("serving_idle", None): Decimal("6.666666666667"),
    }
    assert con.execute("SELECT sum(billed_seconds) FROM gpu_hour").fetchone() == (3600,)


def test_a_savings_plan_in_both_views(wh):
    """Commitment $4/h: covers $3 (list $5) in the hour and leaves $1. Cash: 5 − 5 + 4. Effective: 3 + 0 + 1."""
    plan = {"commitment_discount_id": "sp-1", "commitment_discount_category": "Spend"}
    load_lines(
        wh,
        [
            machine_line(DAY, "i-1", "5", effective_cost="3", commitment_discount_status="Used", **plan),
            line(DAY, cost="-5", effective_cost="0", x_line_item_type="SavingsPlanNegation", **plan),
            line(
                DAY, cost="4", effective_cost="1", charge_category="Purchase", commitment_discount_status="Unused",
                x_line_item_type="SavingsPlanRecurringFee", **plan,
            ),
        ],
    )  # fmt: skip
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 3600, 0, **POD)])
    con = published(wh)
    assert ladder(con) == money(serving_busy="3", commitment_unused="1")  # timing 2 − 5 + 3 = 0
    assert ladder(con, "billed_cost") == {
        ("commitment_unused", None): Decimal(-1),
        ("commitment_unused", "covered usage"): Decimal(5),
    }
    assert con.execute(
        "SELECT sum(covered_cost), sum(ai_covered_cost), sum(unused_cost) FROM commitment_day"
    ).fetchone() == (3, 3, 1)
    assert con.execute("SELECT sum(commitment_share) FROM unit_cost").fetchone() == (1,)


def test_an_upfront_fee_is_timing_not_cost(wh):
    """$720 paid on the first, $1 used up in each hour: invoice 720, machine 1 an hour, timing the rest."""
    plan = {"commitment_discount_id": "ri-1", "commitment_discount_category": "Usage"}
    load_lines(
        wh,
        [
            line(DAY, 720, cost="720", effective_cost="0", charge_category="Purchase", **plan),
            *(
                machine_line(h, "i-1", "0", effective_cost="1", commitment_discount_status="Used", **plan)
                for h in HOURS
            ),
        ],
    )
    con = published(wh)
    assert ladder(con) == {("unobserved", None): Decimal(3), ("timing", "ri-1"): Decimal(717)}
    assert ladder(con, "billed_cost") == money(commitment_unused="720")


def test_a_promotion_never_makes_an_inference_cheaper(wh):
    row = machine_line(DAY, "i-1", "10", x_promotion="-4")
    row |= {"billed_cost": "6", "effective_cost": "6"}
    load_lines(wh, [row])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 3600, 0, **POD)])
    con = published(wh)
    assert ladder(con) == {("serving_busy", None): Decimal(10), ("credit", "promotion"): Decimal(-4)}
    assert ladder(con, "contracted_cost") == money(serving_busy="10")


def test_credits_refunds_and_corrections_stay_as_charged(wh):
    load_lines(
        wh,
        [
            line(DAY, cost="-2", charge_category="Credit"),
            line(DAY, cost="-3", charge_category="Credit", x_line_item_type="Refund"),
            line(DAY, cost="1", charge_category="Adjustment"),
            machine_line(DAY, "i-1", "-0.5", charge_class="Correction"),
        ],
    )
    assert ladder(published(wh)) == money(credit="-2", refund_correction="-2.5")


def test_an_effective_cost_that_is_unusable_is_unknown_and_the_billed_ladder_stands(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "10", effective_cost="0"), line(DAY, cost="2")], usable=False)
    con = published(wh)
    assert con.execute("SELECT count(effective_cost) FROM ladder").fetchone() == (0,)
    assert ladder(con, "billed_cost") == money(unobserved="10", outside="2") or ladder(
        con, "billed_cost"
    ) == money(unobserved="10", shared="2")


def test_one_damaged_account_leaves_the_effective_cost_of_the_others(wh):
    """Of one load: AWS 100 has lost its effective cost, AWS 200 and an account that nobody names have theirs."""
    sound = [line(DAY, cost="3", effective_cost="2", billing_account_id=account) for account in ("200", None)]
    load_lines(wh, [machine_line(DAY, "i-1", "10", effective_cost="0"), *sound])
    wh.con.execute("INSERT INTO unusable_effective SELECT load_id, 'AWS', '100', 'USD' FROM load").fetchall()
    con = published(wh)
    assert con.execute("""
        SELECT billing_account_id, sum(effective_cost), sum(billed_cost) FROM ladder
        GROUP BY 1 ORDER BY 1 NULLS LAST
    """).fetchall() == [("100", None, 10), ("200", 3, 3), (None, 3, 3)]  # timing brings them to the invoice
    assert con.execute("SELECT sum(effective_cost) FROM ladder WHERE rung <> 'timing'").fetchone() == (4,)
    assert not [finding for finding in check(open_latest(wh.home)) if finding.violations]


def test_a_line_without_a_price_is_counted_not_zero(wh):
    free = machine_line(DAY, "i-1", "0") | dict.fromkeys(
        ("billed_cost", "effective_cost", "contracted_cost", "list_cost")
    )
    load_lines(wh, [free, machine_line(DAY, "i-2", "10")])
    con = published(wh)
    assert con.execute("SELECT sum(unpriced_lines) FROM coverage_day").fetchone() == (1,)
    assert con.execute("SELECT cost FROM gpu_hour WHERE resource_id = 'i-1'").fetchone() == (None,)
    assert ladder(con) == money(unobserved="10")


def test_a_device_that_no_bill_knows_is_unbilled(wh):
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-9", "n9", 1800, 1800, **POD)])
    con = published(wh)
    assert con.execute("SELECT state, billed_seconds, observed_seconds, cost FROM gpu_hour").fetchall() == [
        ("serving", None, 3600, None)
    ]
    assert con.execute("SELECT sum(unbilled_hours) FROM coverage_day").fetchone() == (1,)


def test_a_daily_line_is_spread_over_the_hours_that_were_seen(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "6", hours=24, quantity=2)])
    load_rows(wh, "device_hour", [device_hour(h, "GPU-1", "n1", 3600, 0, **POD) for h in HOURS[:2]])
    con = published(wh)
    assert ladder(con) == money(serving_busy="6")
    assert con.execute("SELECT hour, cost FROM gpu_hour ORDER BY hour").fetchall() == [
        (HOURS[0], 3),
        (HOURS[1], 3),
    ]


def test_a_machine_line_across_the_months_end_counts_once(wh):
    start = datetime(2026, 8, 31, 12)
    load_lines(wh, [machine_line(start, "i-1", "24.000000000002", hours=24)])
    con = published(wh)
    assert con.execute(
        "SELECT month(day), sum(effective_cost) FROM ladder GROUP BY 1 ORDER BY 1"
    ).fetchall() == [
        (8, Decimal("12.000000000001")),
        (9, Decimal("12.000000000001")),
    ]
    assert con.execute("SELECT sum(effective_cost) FROM ladder WHERE rung = 'unexplained'").fetchone() == (0,)


def test_the_finest_step_is_the_witness_and_the_other_is_never_added(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "10")])
    load_rows(
        wh,
        "device_hour",
        [device_hour(DAY, "GPU-1", "n1", 0, 3600, **POD) | {"step_seconds": 600.0}],
        "coarse",
    )
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 1800, 1800, **POD)], "fine")
    assert ladder(published(wh)) == money(serving_busy="5", serving_idle="5")
    assert ladder(published(wh, source_order=("coarse",))) == money(serving_idle="10")


def asked(hour, ok, **told):
    return (
        {"hour": hour, "server": "vllm", "model": "served", "requests_ok": ok, "requests_failed": 1}
        | POD
        | told
    )


def test_two_witnesses_of_traffic_are_not_added(wh):
    load_lines(wh, [machine_line(DAY, "i-1", "10")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 3600, 0, **POD)])
    load_rows(wh, "traffic", [asked(DAY, 100, step_seconds=30.0)], "metrics")
    load_rows(wh, "traffic", [asked(DAY, 90, step_seconds=600.0)], "log")
    con = published(wh)
    assert con.execute("SELECT requests_ok FROM traffic_hour WHERE NOT shadowed").fetchall() == [(100,)]
    assert con.execute(
        "SELECT sum(requests_ok), sum(requests), sum(busy_cost) FROM unit_cost"
    ).fetchone() == (100, 101, 10)


def test_a_device_hour_is_split_by_the_requests_of_its_endpoints(wh):
    load_lines(wh, [machine_line(h, "i-1", "10") for h in HOURS[:2]])
    load_rows(wh, "device_hour", [device_hour(h, "GPU-1", "n1", 3600, 0, **POD) for h in HOURS[:2]])
    load_rows(
        wh, "traffic", [asked(DAY, 30, endpoint="chat"), asked(DAY, 10, endpoint="batch", mode="batch")]
    )
    con = published(wh)
    assert dict(
        con.execute(
            "SELECT coalesce(endpoint, 'none'), sum(effective_cost) FROM ladder WHERE rung = 'serving_busy' GROUP BY 1"
        ).fetchall()
    ) == {
        "chat": Decimal("7.5"),
        "batch": Decimal("2.5"),
        "none": Decimal(10),
    }  # the second hour had no requests
    assert con.execute("SELECT sum(held_seconds) FROM unit_cost").fetchone() == (7200,)


def test_shared_and_unallocated_are_spread_whole_over_the_versions(wh):
    """$10 free GPU and $1 of disks over one version that holds $10: fully loaded 21."""
    load_lines(
        wh,
        [
            machine_line(DAY, "i-1", "10"),
            machine_line(DAY, "i-2", "10"),
            line(DAY, cost="1", x_usage_type="EBS:VolumeUsage"),
        ],
    )
    load_rows(
        wh,
        "device_hour",
        [device_hour(DAY, "GPU-1", "n1", 3600, 0, **POD), device_hour(DAY, "GPU-2", "n2", 0, 3600)],
    )
    con = published(wh)
    assert con.execute(
        "SELECT sum(busy_cost), sum(unallocated_share), sum(shared_storage) FROM unit_cost"
    ).fetchone() == (10, 10, 1)


def test_a_model_served_without_an_accelerator(wh):
    load_rows(
        wh,
        "deployment_map",
        [{"resource_id": "i-cpu", "served_name": "tiny", "model": "tiny", "version": "v2"}],
        "cpu",
        "resources",
    )
    load_lines(
        wh,
        [
            line(
                DAY,
                cost="0.4",
                resource_id="i-cpu",
                instance_type="c7i.xlarge",
                x_usage_type="BoxUsage:c7i.xlarge",
            ),
            line(
                DAY,
                cost="0.6",
                resource_id="i-web",
                instance_type="c7i.xlarge",
                x_usage_type="BoxUsage:c7i.xlarge",
            ),
            line(
                DAY,
                cost="5",
                service_name="Amazon Bedrock",
                resource_id="arn:aws:bedrock:::inference-profile/us.claude",
            ),
        ],
    )
    load_rows(wh, "traffic", [{"hour": DAY, "model": "tiny", "requests_ok": 8, "requests_failed": 0}])
    con = published(wh)
    assert ladder(con) == money(serving_cpu="0.4", shared="0.6", managed="5")
    assert con.execute(
        "SELECT sum(cpu_cost), sum(requests_ok) FROM unit_cost WHERE model = 'tiny'"
    ).fetchone() == (Decimal("0.4"), 8)
    assert con.execute("SELECT DISTINCT model FROM ladder WHERE rung = 'managed'").fetchone() == ("claude",)


def test_idle_runs_at_one_percent_sum_to_the_idle_rungs(wh):
    load_lines(wh, [machine_line(h, r, "10") for h in HOURS for r in ("i-1", "i-2")])
    load_rows(
        wh,
        "device_hour",
        [device_hour(h, "GPU-1", "n1", 900, 2700, **POD) for h in HOURS]
        + [device_hour(h, "GPU-2", "n2", 0, 3600) for h in HOURS],
    )
    runs = [
        {
            "device_id": "GPU-1",
            "start_at": h + timedelta(minutes=15),
            "end_at": h + timedelta(hours=1),
            "seconds": 2700.0,
        }
        | POD
        for h in HOURS
    ]
    runs.append(
        {"device_id": "GPU-2", "start_at": DAY, "end_at": DAY + timedelta(hours=3), "seconds": 10800.0}
    )
    same = {"threshold": 0.01, "largest_gap": 30.0, "signal": "gr_engine_active", "step_seconds": 30.0}
    load_rows(wh, "idle_stretch", [run | same for run in runs])
    con = published(wh)
    idle = sum(
        v
        for (rung, sub), v in ladder(con).items()
        if rung in ("serving_idle", "unallocated") or sub == "held idle"
    )
    assert con.execute("SELECT sum(cost) FROM idle_run").fetchone() == (idle,) == (Decimal("52.5"),)
    assert con.execute("SELECT count(*), max(seconds), max(cost) FROM idle_run").fetchone() == (4, 10800, 30)
    assert con.execute("SELECT sum(seconds), sum(cost) FROM idle_run_day").fetchone() == (
        3 * 2700 + 10800,
        idle,
    )


def test_dropping_one_line_and_doubling_another_after_staging_is_seen(wh):
    """The invoice total comes from elsewhere, so `unexplained` can fail: here by 10 − 3 = 7."""
    load_lines(wh, [machine_line(DAY, "i-1", "10"), line(DAY, cost="3"), line(DAY, cost="2")])
    assert sum(v for (rung, _), v in ladder(published(wh)).items() if rung == "unexplained") == 0
    (path,) = wh.live_files("cost")
    tampered = path.with_name("tampered.parquet")  # under a new name, for files are immutable and cached
    with duckdb.connect() as other:
        other.execute(
            "COPY (FROM read_parquet($path) WHERE billed_cost <> 10 "
            "UNION ALL SELECT * REPLACE (line_id + 100 AS line_id) FROM read_parquet($path) WHERE billed_cost = 3) "
            "TO $tampered (FORMAT parquet)",
            {"path": str(path), "tampered": str(tampered)},
        )
    wh.con.execute(
        "UPDATE parquet_file SET path = $new WHERE relation = 'cost'",
        {"new": tampered.relative_to(wh.home.resolve()).as_posix()},
    ).fetchall()
    wh.con.execute("INSERT OR IGNORE INTO dirty_month VALUES ($m)", {"m": date(2026, 9, 1)}).fetchall()
    con = published(wh)
    for view in ("effective_cost", "billed_cost", "contracted_cost", "list_cost"):
        assert ladder(con, view)[("unexplained", None)] == 7


def test_a_cpu_machine_goes_to_the_version_that_ran_on_it_then(wh):
    turn = {"resource_id": "i-cpu", "served_name": "tiny", "model": "tiny"}
    load_rows(
        wh,
        "deployment_map",
        [turn | {"version": "v1", "valid_to": HOURS[1]}, turn | {"version": "v2", "valid_from": HOURS[1]}],
        "cpu",
        "resources",
    )
    cpu = {"resource_id": "i-cpu", "instance_type": "c7i.xlarge", "x_usage_type": "BoxUsage:c7i.xlarge"}
    load_lines(wh, [line(h, cost="1", **cpu) for h in HOURS])
    asked_at = [{"hour": h, "model": "tiny", "requests_ok": 10, "requests_failed": 0} for h in HOURS]
    load_rows(wh, "traffic", asked_at, "log")
    assert published(wh).execute(
        "SELECT version, sum(cpu_cost), sum(requests_ok), max(billing_currency) FROM unit_cost GROUP BY 1 ORDER BY 1"
    ).fetchall() == [("v1", 1, 10, "USD"), ("v2", 2, 20, "USD")]


def test_cost_seconds_and_requests_of_a_version_meet_under_one_team(wh):
    """Nobody named a team for the pod: its dollars, seconds and requests all take the machine's tag."""
    load_rows(
        wh, "deployment_map", [{"pod": "anon-%", "model": "anon", "version": "v1"}], "anon", "resources"
    )
    pod = {"namespace": "serve", "pod": "anon-1"}
    load_lines(wh, [machine_line(DAY, "i-1", "10", tags={"team": "ads"})])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 1800, 1800, **pod)])
    load_rows(wh, "traffic", [asked(DAY, 5) | pod], "vllm")
    assert published(wh).execute(
        "SELECT team, busy_cost + idle_cost, held_seconds, requests_ok FROM unit_cost"
    ).fetchall() == [("ads", 10, 3600, 5)]


def stretch(start, end, **told):
    """An unbroken idle stretch of GPU-1 at 1 %, sampled every 10 minutes."""
    same = {"device_id": "GPU-1", "threshold": 0.01, "largest_gap": 600.0, "signal": "gr_engine_active"}
    seconds = (end - start).total_seconds()
    return same | {"start_at": start, "end_at": end, "seconds": seconds, "step_seconds": 600.0} | told


def test_one_busy_sample_ends_an_idle_run_and_a_midnight_or_a_new_load_does_not(wh):
    """Two nights: 23:00–01:00 over the month's end in two loads is one run; a busy sample at 02:10 cuts the next."""
    midnight = datetime(2026, 9, 1)
    night = [midnight + timedelta(hours=h) for h in range(-1, 4)]
    load_lines(wh, [machine_line(h, "i-1", "10") for h in night])
    load_rows(wh, "device_hour", [device_hour(h, "GPU-1", "n1", 0, 3600) for h in night])
    ten = timedelta(minutes=10)
    load_rows(wh, "idle_stretch", [stretch(night[0], midnight)])
    load_rows(
        wh,
        "idle_stretch",
        [
            stretch(midnight, night[2]),
            stretch(night[3], night[3] + ten),
            stretch(night[3] + 2 * ten, night[4]),
        ],
    )
    runs = (
        published(wh).execute("SELECT start_at, end_at, seconds FROM idle_run ORDER BY start_at").fetchall()
    )
    assert runs == [
        (night[0], night[2], 7200),
        (night[3], night[3] + ten, 600),
        (night[3] + 2 * ten, night[4], 2400),
    ]


def test_two_patterns_that_hold_at_one_time_count_a_pod_once(wh):
    """One for always, a more exact one from the second hour on: each hour has one model, and its money once."""
    exact = {"namespace": "serve", "pod": "llama-v1-abc", "model": "llama", "version": "v1b"}
    load_rows(wh, "deployment_map", [exact | {"valid_from": HOURS[1]}], "exact", "resources")
    load_lines(wh, [machine_line(h, "i-1", "10") for h in HOURS])
    load_rows(wh, "device_hour", [device_hour(h, "GPU-1", "n1", 3600, 0, **POD) for h in HOURS])
    con = published(wh)
    assert con.execute(
        "SELECT version, sum(effective_cost) FROM ladder WHERE rung = 'serving_busy' GROUP BY 1 ORDER BY 1"
    ).fetchall() == [("v1", 10), ("v1b", 20)]
    assert con.execute("SELECT sum(billed_seconds) FROM gpu_hour").fetchone() == (3 * 3600,)


def gcp_skus(vm, spec, gpu_sku, gpu_seconds, core_seconds):
    """What Google's detailed export states of one VM that ran 20 minutes: $7.50 of machine, $0.30 of disk."""
    skus = [
        ("A2 Instance Core running in Americas", "1", core_seconds),
        ("A2 Instance Ram running in Americas", "0.5", 85 * 1200),
        (gpu_sku, "6", gpu_seconds),
        ("SSD backed Local Storage attached to Spot VMs", "0.3", 375 * 1200),
    ]
    return [
        line(
            DAY,
            provider="GCP",
            service_name="Compute Engine",
            service_category="Storage" if "Storage" in sku else "Compute",
            sku_description=sku,
            resource_id=f"//compute.googleapis.com/projects/p/zones/z/instances/{vm}",
            resource_name=vm,
            instance_type=spec,
            cost=cost,
            consumed_quantity=Decimal(seconds),
            consumed_unit="seconds",
        )
        for sku, cost, seconds in skus
    ]


@pytest.mark.parametrize(
    ("spec", "devices", "gpu_sku", "model"),
    [
        ("a2-highgpu-2g", 2, "Nvidia Tesla A100 GPU running in Americas", "A100 40GB"),
        ("a3-megagpu-8g", 8, "Nvidia H100 80GB Mega GPU running in Iowa", "H100 80GB"),
        ("a4-highgpu-8g", 8, "A4 Nvidia B200 (1 gpu slice) running in Iowa", "B200"),
        ("g2-standard-24", 2, "Nvidia L4 GPU attached to Spot Preemptible VMs running in Iowa", "L4"),
    ],
)
def test_a_gcp_machine_is_its_core_memory_and_gpu_skus(wh, spec, devices, gpu_sku, model):
    """Hours = GPU-SKU seconds ÷ 3600 ÷ devices; core and memory seconds are no hours of a device; disks are shared."""
    load_lines(wh, gcp_skus("vm", spec, gpu_sku, devices * 1200, 24 * 1200))
    con = published(wh)
    assert ladder(con) == money(unobserved="7.5", shared="0.3")
    told = con.execute(
        "SELECT count(*), sum(billed_seconds), sum(cost), min(gpu_model), max(gpu_model) FROM gpu_hour"
    )
    assert told.fetchone() == (devices, devices * 1200, Decimal("7.5"), model, model)


def test_a_gcp_machine_without_a_type_is_told_by_its_gpu_sku(wh):
    """Old rows have no machine_spec: one device of what the SKU says, billed for the SKU's seconds."""
    load_lines(wh, gcp_skus("vm", None, "A4 Nvidia B200 (1 gpu slice) running in Iowa", 1200, 24 * 1200))
    con = published(wh)
    assert ladder(con) == money(unobserved="7.5", shared="0.3")
    assert con.execute("SELECT sum(billed_seconds), sum(cost) FROM gpu_hour").fetchone() == (
        1200,
        Decimal("7.5"),
    )


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("a2-highgpu-2g", money(unobserved="7.5", shared="0.3")),
        # only the GPU SKU is sure to be one: core and memory may be any machine's of an account that has GPUs
        (None, money(unobserved="6", shared="1.8")),
    ],
)
def test_gpus_of_an_export_without_resources_are_unobserved_not_outside(wh, spec, expected):
    rows = gcp_skus("vm", spec, "Nvidia Tesla A100 GPU running in Americas", 2400, 24 * 1200)
    load_lines(wh, [row | {"resource_id": None, "resource_name": None} for row in rows])
    con = published(wh)
    assert ladder(con) == expected
    assert con.execute("SELECT count(*) FROM gpu_hour").fetchone() == (0,)


def claude(cost, **told):
    """What one account pays for a managed model, whose version the bill does not name."""
    profile = "arn:aws:bedrock:::inference-profile/us.claude"
    return line(DAY, cost=cost, service_name="Amazon Bedrock", resource_id=profile, **told)


EURO = line(DAY, cost="1", service_name="Azure SQL", provider="Azure", billing_account_id="900",
            sub_account_id="911", billing_currency="EUR")  # fmt: skip


@pytest.mark.parametrize(
    ("bill", "place"),
    [
        # one place: an unrelated bill in another currency takes nothing away
        ([claude("5"), EURO], ("AWS", "100", "111", "USD")),
        # two accounts of one currency: the place is unknown, the currency is not
        ([claude("5"), claude("5", sub_account_id="112"), EURO], (None, None, None, "USD")),
        # two currencies: nobody can tell
        (
            [
                claude("5"),
                claude("5", billing_account_id="200", sub_account_id="211", billing_currency="EUR"),
            ],
            (None, None, None, None),
        ),
    ],
)
def test_requests_of_a_version_that_the_bill_does_not_name_go_where_their_model_has_cost(wh, bill, place):
    load_lines(wh, bill)
    log = {"hour": DAY, "model": "claude", "version": "4.5", "requests_ok": 24_000, "requests_failed": 0}
    load_rows(wh, "traffic", [log], "log")
    found = (
        published(wh)
        .execute("""
        SELECT provider, billing_account_id, sub_account_id, billing_currency, requests_ok
        FROM unit_cost WHERE requests_ok IS NOT NULL""")
        .fetchall()
    )
    assert found == [(*place, 24_000)]


@pytest.mark.parametrize(
    ("tags", "team"),
    [
        ({"Team": "search"}, "search"),
        ({"TEAM": "ads", "Team": ""}, "ads"),
        ({"Team": "web", "team": "search"}, "search"),  # as it is written in the settings, first
        ({"Owner": "ops", "tEAM": "web"}, "web"),
        ({"Owner": "ops"}, "ops"),
        ({"teams": "x"}, None),
        ({"TEAM": "zz", "Team": "ads"}, "zz"),  # neither is as in the settings: the one that stands first
        ({"team": None, "Team": "web"}, "web"),
        ({"team": "", "OWNER": "", "Owner": "ops", "": "nobody"}, "ops"),
        ({}, None),
        (None, None),
    ],
)
def test_a_tags_key_in_any_case(wh, tags, team):
    """Azure mixes cases of one key; the order of the settings counts before the spelling."""
    load_lines(wh, [machine_line(DAY, "i-1", "10", tags=tags)])
    con = published(wh, team_tags=("team", "owner"))
    assert con.execute("SELECT DISTINCT team FROM gpu_hour").fetchall() == [(team,)]


def test_a_fraction_of_a_gpu_is_one_device(wh):
    """g6f.xlarge has an eighth of an L4, and AWS counts 0: its hours are one device's, and all of its cost."""
    load_lines(wh, [machine_line(DAY, "i-1", "0.25", instance_type="g6f.xlarge")])
    load_rows(wh, "device_hour", [device_hour(DAY, "GPU-1", "n1", 900, 2700, **POD)])
    con = published(wh)
    assert con.execute("SELECT device_count FROM resource WHERE resource_id = 'i-1'").fetchall() == [(1,)]
    assert ladder(con) == money(serving_busy="0.0625", serving_idle="0.1875")
    assert con.execute("SELECT sum(billed_seconds) FROM gpu_hour").fetchone() == (3600,)
