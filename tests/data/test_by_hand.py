"""Three GPUs for three hours, and every number of it computed on paper.

Each GPU is a machine of $10 an hour. GPU-1 serves llama all three hours, busy a quarter of each. GPU-2 serves bert
for two hours, busy half of each, and is free in the third. Nobody observes GPU-3. Beside them: storage $1.50 an hour,
a database that is no AI $3 an hour, tax $7. llama answers 100 requests an hour of 200 prompt tokens, 50 of them
cached, and 50 written; of its 150 seconds 30 are prefill. bert answers 200 requests an hour and tells no tokens.

                        llama   bert   free   GPU-3   storage   database   tax
    busy                 7.50  10.00
    idle                22.50  10.00  10.00
    unobserved                                30.00
    beside                                               4.50       9.00  7.00   Σ 110.50

The day before only GPU-1 was there and answered half as many requests in the same busy time: $30.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import log

import pytest
from small_store import device_hour, line, load_lines, load_rows, machine_line

from dashboard.figures import reserved
from data.filters import Filters
from data.model.settings import ModelSettings
from data.query import identity, overview, provenance, unit_cost, utilisation
from data.query.bridge import spend_bridge, unit_bridge
from data.query.chargeback import chargeback
from data.query.lineage import trace
from data.query.token_costs import token_costs
from data.snapshot import open_latest
from data.warehouse import Warehouse

BEFORE, DAY = datetime(2026, 9, 1), datetime(2026, 9, 2)
HOURS = [DAY + timedelta(hours=h) for h in range(3)]
FILTERS = Filters(date(2026, 9, 2), date(2026, 9, 3))
LLAMA, BERT = {"namespace": "serve", "pod": "llama-a"}, {"namespace": "serve", "pod": "bert-a"}


def asked_of_llama(hour, requests):
    tokens = {"input_tokens": 200, "cached_tokens": 50, "output_tokens": 50}
    seconds = {"prefill_seconds": 0.1, "decode_seconds": 0.4}
    told = {name: requests * each for name, each in (tokens | seconds).items()}
    return {"hour": hour, **LLAMA, "requests_ok": requests, "requests_failed": 0} | told


@pytest.fixture(scope="module")
def cursor(tmp_path_factory):
    home = tmp_path_factory.mktemp("by-hand")
    before = [BEFORE + timedelta(hours=h) for h in range(3)]
    bill = [machine_line(h, "i-1", "10") for h in before]
    bill += [machine_line(h, r, "10") for h in HOURS for r in ("i-1", "i-2", "i-3")]
    bill += [line(h, cost="1.5", x_usage_type="EBS:VolumeUsage.gp3", resource_id="vol-1") for h in HOURS]
    bill += [line(h, cost="3", service_name="Amazon RDS") for h in HOURS]
    bill.append(line(DAY, 24, cost="7", charge_category="Tax"))
    seen = [device_hour(h, "GPU-1", "n1", 900, 2700, **LLAMA) for h in (*before, *HOURS)]
    seen += [device_hour(h, "GPU-2", "n2", 1800, 1800, **BERT) for h in HOURS[:2]]
    seen.append(device_hour(HOURS[2], "GPU-2", "n2", 0, 3600))
    traffic = [asked_of_llama(h, 50) for h in before] + [asked_of_llama(h, 100) for h in HOURS]
    traffic += [{"hour": h, **BERT, "requests_ok": 200, "requests_failed": 0} for h in HOURS[:2]]
    served = [{**LLAMA, "model": "llama", "version": "v1", "team": "search"}]
    served.append({**BERT, "model": "bert", "version": "v1", "team": "ads"})
    with Warehouse.open(home) as wh:
        nodes = [{"node": f"n{k}", "resource_id": f"i-{k}"} for k in (1, 2, 3)]
        load_rows(wh, "resource_map", nodes, "estate", "resources")
        load_rows(wh, "deployment_map", served, "names", "resources")
        load_lines(wh, bill)
        load_rows(wh, "device_hour", seen)
        load_rows(wh, "traffic", traffic, "vllm")
        wh.publish(ModelSettings())
    return open_latest(home).cursor()


def test_the_ladder(cursor):
    rungs = provenance.ladder(cursor, FILTERS).groupby("rung")["cost"].sum()
    told = {rung: round(float(cost), 9) for rung, cost in rungs.items() if cost}

    assert told == {
        "serving_busy": 17.5, "serving_idle": 32.5, "unallocated": 10, "unobserved": 30,
        "shared": 4.5, "outside": 9, "tax": 7,
    }  # fmt: skip
    assert sum(told.values()) == 110.5


@pytest.mark.parametrize(
    ("basis", "llama", "bert"),
    [
        ("busy", 7.5, 10.0),
        ("allocated", 30.0, 20.0),
        # the free GPU and the storage, $14.50, go 30 : 20
        ("fully loaded", 38.7, 25.8),
    ],
)
def test_unit_costs_on_the_three_bases(cursor, basis, llama, bert):
    asked = replace(FILTERS, basis=basis)
    costs = unit_cost.costs(cursor, asked, "model").set_index("model")
    total = unit_cost.costs(cursor, asked, "total").iloc[0]

    assert costs["cost"].to_dict() == pytest.approx({"llama": llama, "bert": bert})
    assert costs["cost_per_inference"].to_dict() == pytest.approx({"llama": llama / 300, "bert": bert / 400})
    assert total["cost_per_1k"] == pytest.approx(1000 * (llama + bert) / 700)
    # of llama alone: bert tells no tokens
    assert total["cost_per_1m_tokens"] == pytest.approx(llama / 0.075)


def test_input_cached_and_output_tokens(cursor):
    row = token_costs(cursor, FILTERS, "total").iloc[0]

    assert (row["input_tokens"], row["cached_tokens"], row["output_tokens"]) == (60_000, 15_000, 15_000)
    assert (row["input_cost"], row["output_cost"]) == pytest.approx((6, 24))  # 30 of 150 seconds
    assert row["cost_per_1m_input"] == pytest.approx(6 / 0.045)
    assert row["cost_per_1m_output"] == pytest.approx(24 / 0.015)
    assert row["avoided_cost"] == pytest.approx(2)  # 15,000 tokens at $6 for 45,000


def test_price_utilisation_throughput(cursor):
    rows = identity.identity(cursor, FILTERS).dropna(subset=["model"]).set_index("model")
    told = rows[["price_per_gpu_hour", "utilisation", "throughput"]]

    assert told.loc["llama"].tolist() == pytest.approx([10, 0.25, 400])
    assert told.loc["bert"].tolist() == pytest.approx([10, 0.5, 400])
    assert rows.loc["llama", "cost_per_inference"] == pytest.approx(10 / (0.25 * 400))


def test_the_overview(cursor):
    now = overview.figures(cursor, FILTERS).iloc[0]

    assert now["spend"] == pytest.approx(110.5)
    assert now["cost_per_inference"] == pytest.approx(50 / 700)
    assert now["utilisation"] == pytest.approx((2_700 + 3_600) / (3 * 3_600 + 3 * 3_600))
    assert now["idle_cost"] == pytest.approx(42.5)
    assert now["coverage"] == pytest.approx(60 / 90)


def test_the_components_add_up_to_a_thousand_inferences(cursor):
    stack = unit_cost.stack(cursor, replace(FILTERS, basis="fully loaded"))
    told = stack.dropna(subset=["cost_per_1k"]).set_index("component")["cost_per_1k"]

    assert {name: cost for name, cost in told.items() if cost} == pytest.approx({
        "compute, busy": 25, "compute, idle": 1000 * 32.5 / 700, "unallocated devices": 1000 * 10 / 700,
        "storage": 1000 * 4.5 / 700,
    })  # fmt: skip
    assert told.sum() == pytest.approx(1000 * 64.5 / 700)


def test_what_the_basis_leaves_out(cursor):
    rows = unit_cost.left_out(cursor, FILTERS).set_index("rung")

    assert rows["in_basis"].sum() == pytest.approx(50)
    assert {rung: cost for rung, cost in rows["left_out"].items() if cost} == pytest.approx(
        {"unallocated": 10, "unobserved": 30, "shared": 4.5, "outside": 9, "tax": 7}
    )


def test_why_spend_moved(cursor):
    """llama: twice the requests in the same busy time: 30 × ln 2 more for traffic, as much less for efficiency."""
    told = spend_bridge(cursor, FILTERS)
    causes = {name: amount for name, amount in told.causes.set_index("cause")["amount"].items() if amount}

    assert causes == pytest.approx({
        "volume": 30 * log(2), "efficiency": -30 * log(2), "new models": 20,
        "unallocated": 10, "unobserved": 30, "shared": 4.5, "outside": 9, "tax": 7,
    })  # fmt: skip
    assert sum(causes.values()) == pytest.approx(110.5 - 30)


def test_why_cost_per_inference_moved(cursor):
    told = unit_bridge(cursor, FILTERS)

    assert told is not None
    assert told.causes["amount"].sum() == pytest.approx(50 / 700 - 30 / 150)


def test_chargeback(cursor):
    """The free GPU is nobody's. Both teams need one GPU at their own peak, and still one together: half each."""
    told = chargeback(cursor, FILTERS, "team")

    assert told is not None
    shares = told.shares.set_index("member")
    assert (told.total, told.unobserved) == (60, 30)
    assert shares["reserved"].to_dict() == {"search": 30, "ads": 20, "none": 10}
    used = {"search": 60 * 7.5 / 17.5, "ads": 60 * 10 / 17.5, "none": 0}
    assert shares["used"].astype(float).to_dict() == pytest.approx(used)
    assert shares["shapley"].to_dict() == {"search": Decimal(30), "ads": Decimal(30), "none": 0}


@pytest.mark.parametrize("by", ["team", "model"])
def test_what_a_member_reserved_leads_to_its_lines(cursor, by):
    told = chargeback(cursor, FILTERS, by)

    assert told is not None
    for row in told.shares.to_dict("records"):
        traced = trace(cursor, reserved(row["member"], by, FILTERS))
        assert traced.total == row["reserved"]
        assert traced.adds_up


def test_device_hours(cursor):
    told = utilisation.utilisation(cursor, FILTERS)

    assert (told.billed_hours, told.observed_hours, told.held_hours, told.busy_hours) == (9, 6, 5, 1.75)
    assert told.unobserved_hours == 3
    assert told.utilisation == pytest.approx(1.75 / 6)
    assert (told.cost, told.idle_cost, told.unobserved_cost) == (90, Decimal("42.5"), 30)
