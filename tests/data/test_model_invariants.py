"""What must hold for any estate: drawn by hypothesis, built by the real model in a real store."""

import math
import os
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_store import device_hour, line, load_lines, load_rows, machine_line

from data.filters import BASES, VIEWS, Filters
from data.model.settings import ModelSettings
from data.query import overview, unit_cost
from data.query.bridge import spend_bridge, unit_bridge
from data.query.runner import ask_rows
from data.warehouse import Warehouse

START = datetime(2026, 8, 31, 20)  # so that estates cross the end of a month
COST = st.decimals("-3", "120", places=14).map(str)
PODS = (("serve", "llama-v1-a"), ("serve", "llama-v2-b"), ("train", "job-1"), (None, None))
HOURS = 8

quiet = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def commitments(draw):
    """A plan used by AI and by others and partly by nobody, over two periods; GCP fees and lines with their credits."""
    lines, money = [], st.decimals("0", "9", places=14).map(str)
    for at in (START, START + timedelta(days=1)):
        plan = {"cost": "0", "commitment_discount_id": "sp-1", "commitment_discount_status": "Used"}
        lines += [
            line(at, x_usage_type="BoxUsage:p5", effective_cost=draw(money), **plan),
            line(at, service_name="Amazon RDS", sub_account_id="222", effective_cost=draw(money), **plan),
            line(at, effective_cost=draw(money), **(plan | {"commitment_discount_status": "Unused"})),
        ]
    gcp = {
        "provider": "GCP",
        "service_name": "Compute Engine",
        "service_category": "Compute",
        "consumed_unit": "seconds",
        "x_credits": "[]",
    }
    for h in draw(st.sets(st.integers(0, HOURS - 1), max_size=3)):
        at = START + timedelta(hours=h)
        for vm in range(draw(st.integers(0, 2))):
            cost = Decimal(draw(money))
            credit = cost * draw(st.sampled_from([0, 1, Decimal("0.3")]))
            lines.append(
                line(
                    at,
                    cost=str(cost),
                    sku_description="Nvidia L4 GPU running in Iowa",
                    resource_id=f"vm-{vm}",
                    consumed_quantity=3600,
                    x_commitment_credit=str(-credit),
                    **gcp,
                )
                | dict.fromkeys(("billed_cost", "effective_cost"), str(cost - credit))
            )
        for _ in range(draw(st.integers(0, 2))):
            sku = draw(
                st.sampled_from(
                    ["Commitment v1: Nvidia L4 GPU running in Iowa for 1 Year", "Commitment v1: new"]
                )
            )
            amount = draw(st.sampled_from([3600, 10800, None]))
            lines.append(line(at, cost=draw(COST), sku_description=sku, consumed_quantity=amount, **gcp))
    return lines


@st.composite
def charges(draw, hour, machine, instance_type, zone):
    """No line of the machine that starts in this hour of the provider's clock, or one, which may last for five."""
    if not draw(st.booleans()):
        return []
    hours = draw(st.sampled_from([1, 1, 1, 5]))
    told = {
        "quantity": draw(st.sampled_from(["1", "0.5", "0.333333333333", "0"])),
        "x_promotion": draw(st.sampled_from([None, "-0.25"])),
    }
    cost = draw(COST)
    return [machine_line(hour + zone, f"i-{machine}", cost, hours=hours, instance_type=instance_type, **told)]


@st.composite
def sightings(draw, hour, machine):
    """What telemetry saw of up to two of the machine's devices in this hour, held by whom."""
    seen = []
    for device in range(draw(st.integers(0, 2))):
        namespace, pod = draw(st.sampled_from(PODS))
        busy, idle = draw(st.integers(0, 1800)), draw(st.integers(1, 1800))
        name, node = f"GPU-{machine}-{device}", f"n{machine}"
        seen.append(device_hour(hour, name, node, busy, idle, namespace=namespace, pod=pod))
    return seen


@st.composite
def estates(draw):
    """(charge lines, device hours, traffic) of up to 3 machines over 8 hours, with whatever a bill may hold beside."""
    lines, seen, traffic = [], [], []
    for machine in range(draw(st.integers(1, 3))):
        big = draw(st.booleans())
        # a provider may cut its hours by another clock: Kolkata's are half an hour off, Kathmandu's a quarter
        zone = timedelta(minutes=draw(st.sampled_from([0, 0, 30, 45])))
        for h in range(HOURS):
            hour = START + timedelta(hours=h)
            lines += draw(charges(hour, machine, "p5.48xlarge" if big else "p5.4xlarge", zone))
            seen += draw(sightings(hour, machine))
    for h in range(HOURS):
        for endpoint in draw(st.sets(st.sampled_from(["chat", "search"]))):
            traffic.append(
                {
                    "hour": START + timedelta(hours=h),
                    "namespace": "serve",
                    "pod": "llama-v1-a",
                    "endpoint": endpoint,
                    "requests_ok": draw(st.integers(0, 50)),
                    "requests_failed": 0,
                }
            )
    for kind in draw(
        st.lists(st.sampled_from(["Tax", "Credit", "Adjustment", "Purchase", "Usage"]), max_size=4)
    ):
        account = draw(st.sampled_from(["111", "222"]))
        lines.append(line(START, 30, cost=draw(COST), charge_category=kind, sub_account_id=account))
    lines.append(line(START, cost=draw(COST), x_usage_type="EBS:VolumeUsage", effective_cost=draw(COST)))
    lines += draw(commitments())
    return lines, seen, traffic


def built(estate, **options):
    lines, seen, traffic = estate
    home = Path(tempfile.mkdtemp())
    with Warehouse.open(home) as wh:
        nodes = [{"node": f"n{k}", "resource_id": f"i-{k}"} for k in range(3)]
        load_rows(wh, "resource_map", nodes, "estate", "resources")
        names = [
            {"namespace": "serve", "pod": f"llama-{v}-%", "model": "llama", "version": v}
            for v in ("v1", "v2")
        ]
        load_rows(wh, "deployment_map", names, "names", "resources")
        load_lines(wh, lines)
        load_rows(wh, "device_hour", seen)
        load_rows(wh, "traffic", traffic, "vllm")
        return duckdb.connect(str(wh.publish(ModelSettings(**options)).path), read_only=True)


def answer(con, query):
    return con.execute(query).fetchall()


@quiet
@given(estates(), st.sampled_from([1.0, 0.7]))
def test_every_dollar_is_on_one_rung(estate, device_share):
    con = built(estate, device_share=device_share)
    total = sum(
        (Decimal(row["billed_cost"]).quantize(Decimal("1e-12"), "ROUND_HALF_UP") for row in estate[0]),
        Decimal(0),
    )
    assert answer(con, "SELECT sum(effective_cost), sum(billed_cost) FROM ladder") == [(total, total)]
    assert answer(con, "SELECT count(*) FROM ladder WHERE rung = 'unexplained' AND effective_cost <> 0") == [
        (0,)
    ]
    assert (
        answer(
            con,
            """
        SELECT c.line_id FROM cost AS c LEFT JOIN part AS p USING (load_id, line_id) GROUP BY c.line_id
        HAVING sum(p.billed_cost) <> max(c.billed_cost) OR sum(p.effective_cost) <> max(c.billed_cost)
            OR sum(CASE WHEN rung <> 'timing' THEN p.effective_cost END) <> max(c.effective_cost)
            OR sum(p.list_cost) <> max(c.list_cost) OR sum(p.contracted_cost) <> max(c.contracted_cost)""",
        )
        == []
    )


@quiet
@given(estates())
def test_an_unused_commitment_is_ais_or_others_and_a_fee_is_charged_once(estate):
    """What commitments cost = what they covered + AI's unused part + the unused part of other use."""
    con = built(estate)
    assert (
        answer(
            con,
            """
        SELECT sum(covered_cost + unused_cost + unknown_cost) FROM commitment_day WHERE provider = 'GCP'
        EXCEPT SELECT sum(effective_cost) FROM cost WHERE sku_description LIKE 'Commitment%'""",
        )
        == []
    )
    assert (
        answer(
            con,
            """
        SELECT sum(unused_cost + unknown_cost) FROM commitment_day EXCEPT
        SELECT sum(effective_cost) FROM ladder
        WHERE rung = 'commitment_unused' OR sub_rung = 'commitment of other use'""",
        )
        == []
    )


@quiet
@given(estates())
def test_seconds_and_dollars_of_a_device_carry_the_same_weights(estate):
    con = built(estate)
    assert (
        answer(con, "SELECT * FROM gpu_hour WHERE abs(observed_seconds - busy_seconds - idle_seconds) > 1e-6")
        == []
    )
    assert (
        answer(
            con,
            """
        SELECT hour, device_id FROM gpu_hour WHERE billed_seconds IS NOT NULL GROUP BY ALL
        HAVING sum(billed_seconds) > 3600.001
            OR abs(sum(billed_seconds) - sum(observed_seconds) - sum(unobserved_seconds)) > 1e-6""",
        )
        == []
    )
    assert (
        answer(
            con,
            "SELECT * FROM gpu_hour WHERE cost <> busy_cost + idle_cost + unobserved_cost AND cost IS NOT NULL",
        )
        == []
    )
    rungs = "('serving_busy', 'serving_idle', 'unallocated', 'unobserved', 'other_gpu')"
    assert answer(con, "SELECT sum(cost) FROM gpu_hour") == answer(
        con, f"SELECT sum(effective_cost) FROM part WHERE device_id IS NOT NULL AND rung IN {rungs}"
    )


@quiet
@given(estates())
def test_filters_never_change_a_totals_parts(estate):
    """A rung's values over all members of a dimension, with 'none', sum to the unfiltered rung."""
    con = built(estate)
    for dimension in ("day", "sub_account_id", "coalesce(team, 'none')", "coalesce(model, 'none')"):
        assert (
            answer(
                con,
                f"""
            WITH member AS (
                SELECT rung, {dimension} AS member, sum(effective_cost) AS cost FROM ladder GROUP BY ALL
            )
            SELECT rung, sum(cost) FROM member GROUP BY rung
            EXCEPT SELECT rung, sum(effective_cost) FROM ladder GROUP BY rung""",
            )
            == []
        )


@quiet
@given(estates())
def test_the_fully_loaded_basis_takes_each_pool_whole_or_not_at_all(estate):
    con = built(estate)
    ((loaded, allocated),) = answer(
        con, "SELECT sum(unallocated_share), sum(busy_cost + idle_cost) FILTER (busy_cost > 0) FROM unit_cost"
    )
    ((pool,),) = answer(con, "SELECT sum(effective_cost) FROM ladder WHERE rung = 'unallocated'")
    assert loaded in (None, pool)
    assert loaded is not None or pool is None or not allocated or allocated <= 0


@quiet
@given(estates())
def test_requests_are_counted_once(estate):
    con = built(estate)
    total = sum(row["requests_ok"] for row in estate[2])
    assert answer(con, "SELECT coalesce(sum(requests_ok), 0) FROM traffic_hour WHERE NOT shadowed") == [
        (total,)
    ]
    assert answer(con, "SELECT coalesce(sum(requests_ok), 0) FROM unit_cost") == [(total,)]


@quiet
@given(estates())
def test_building_twice_changes_nothing(estate):
    first, second = built(estate), built(estate)
    query = """SELECT day, rung, sub_rung, model, version, endpoint, team, sub_account_id, sum(effective_cost)
        FROM ladder GROUP BY ALL ORDER BY ALL"""
    assert answer(first, query) == answer(second, query)


@st.composite
def questions(draw):
    """Any two stretches of the estate's days, narrowed by anything, on any basis and in any view."""
    first, last = draw(st.tuples(st.integers(0, 2), st.integers(1, 3)))
    other = draw(st.integers(0, 2))
    return Filters(
        START.date() + timedelta(days=first),
        START.date() + timedelta(days=first + last),
        providers=draw(st.sampled_from([(), ("AWS",), ("GCP",)])),
        accounts=draw(st.sampled_from([(), ("111",), ("222", "none")])),
        teams=draw(st.sampled_from([(), ("none",)])),
        models=draw(st.sampled_from([(), ("llama",), ("none",)])),
        basis=draw(st.sampled_from(BASES)),
        view=draw(st.sampled_from(VIEWS)),
        compare="custom",
        compared=(START.date() + timedelta(days=other), START.date() + timedelta(days=other + 1)),
    )


def exactly(con, filters, column):
    """What the ladder holds of the question, added up here."""
    rows = con.execute(
        f"SELECT day, billing_currency, provider, sub_account_id, team, model, rung, {column} FROM ladder"
    )
    total = Decimal(0)
    for day, currency, *owner, rung, cost in rows.fetchall():
        wanted = (filters.providers, filters.accounts, filters.teams, filters.models)
        passes = all(not w or (o or "none") in w for w, o in zip(wanted, owner, strict=True))
        told = rung != "unexplained" or filters.reconcilable
        if passes and told and filters.start <= day < filters.end and currency == filters.currency:
            total += cost or 0
    return total


def known(frame, column):
    """The sum of what is known."""
    return float(frame[column].fillna(0).sum())


@quiet
@given(estates(), st.lists(questions(), min_size=4, max_size=4))
def test_for_every_question_the_rungs_sum_to_the_ladder_and_a_basis_to_it_with_what_it_leaves_out(
    estate, asked
):
    con = built(estate)
    for filters in asked:
        rungs = ask_rows(con, "ladder_rungs", filters.params())
        for column in ("effective_cost", "billed_cost", "contracted_cost", "list_cost"):
            assert sum((row[column] or Decimal(0) for row in rungs), Decimal(0)) == exactly(
                con, filters, column
            )
        rest = ask_rows(con, "left_out", filters.params())
        assert sum((row["cost"] or Decimal(0) for row in rest), Decimal(0)) == exactly(
            con, filters, "effective_cost"
        )
        total = unit_cost.costs(con, filters, "total")
        in_basis = math.fsum(float(row["in_basis"] or 0) for row in rest)
        assert math.isclose(in_basis, known(total, "cost"), rel_tol=1e-9, abs_tol=1e-9)


@quiet
@given(estates(), st.lists(questions(), min_size=3, max_size=3))
def test_however_unit_costs_are_taken_apart_the_parts_are_the_whole(estate, asked):
    con = built(estate)
    for filters in asked:
        total = unit_cost.costs(con, filters, "total")
        for level in get_args(unit_cost.Level.__args__[0]) + unit_cost.DIMENSIONS:
            parts = unit_cost.costs(con, filters, level)
            for column in ("cost", "requests_ok", "tokens", "uncounted_cost"):
                assert math.isclose(known(parts, column), known(total, column), rel_tol=1e-9, abs_tol=1e-9)
        components = unit_cost.stack(con, filters)
        counted = known(total, "cost") - known(total, "uncounted_cost")
        assert math.isclose(
            known(components[components["in_basis"]], "cost"), counted, rel_tol=1e-9, abs_tol=1e-9
        )


@quiet
@given(estates(), st.sampled_from(["Pacific/Auckland", "America/St_Johns"]))
def test_where_the_process_runs_changes_nothing(estate, zone):
    query = "SELECT day, rung, model, version, sum(effective_cost) FROM ladder GROUP BY ALL ORDER BY ALL"
    here = answer(built(estate), query)
    with in_zone(zone):
        assert answer(built(estate), query) == here


@contextmanager
def in_zone(zone):
    """This process on that clock."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


@quiet
@given(estates(), st.lists(questions(), min_size=3, max_size=3))
def test_a_bridge_leads_from_one_total_to_the_other(estate, asked):
    con = built(estate)
    for filters in asked:
        spend, unit = spend_bridge(con, filters), unit_bridge(con, filters)
        for side, period in ((spend.before, filters.previous()), (spend.now, filters)):
            figures = overview.figures(con, period)
            total = 0.0 if figures.empty or figures["spend"].isna().iloc[0] else figures["spend"].iloc[0]
            assert math.isclose(side, total, rel_tol=1e-9, abs_tol=1e-9)
        for told in (spend, unit):
            if told is not None:
                size = 1e-9 * (abs(told.before) + abs(told.now))
                assert math.isclose(
                    told.bars["amount"].sum(), told.now - told.before, abs_tol=max(size, 1e-9)
                )
