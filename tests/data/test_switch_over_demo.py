"""Self-host or API, and cost per output, on the demo: what pandas makes of the same rows, without our questions."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from data.api_prices import shipped
from data.demo.business import OUTPUTS, UNCOUNTED
from data.demo.stories import FIRST_DAY
from data.economics.switch_over import SelfHost
from data.filters import Filters
from data.query import business_output
from data.query.switch_over import Rate, leaving, offers, workload
from data.snapshot import open_latest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
OCTOBER = Filters(date(2026, 10, 2), date(2026, 11, 1))
MONTH = 730 / 24  # days


@pytest.fixture(scope="module")
def cursor(demo_home):
    return open_latest(demo_home).cursor()


@pytest.fixture(scope="module")
def unit_rows(cursor):
    """unit_cost of October as floats."""
    rows = cursor.execute("FROM unit_cost WHERE day >= '2026-10-02'").df()
    money = [name for name in rows if name.endswith("_cost")]
    return rows.assign(**{name: rows[name].astype(float) for name in money})


@pytest.mark.parametrize(
    "model", ["support-chat-70b", "moderation-8b", "code-assist-34b", "catalog-extract-32b"]
)
def test_the_workload_is_what_pandas_adds_up(cursor, unit_rows, model):
    rows = unit_rows[unit_rows["model"] == model]
    work = workload(cursor, OCTOBER, model)
    asked = rows[rows["requests_ok"] > 0]
    by_day = asked.groupby("day")["requests_ok"].sum()

    assert work.volume == pytest.approx(by_day.sum() / 30 * MONTH)
    assert work.range == (pytest.approx(by_day.min() * MONTH), pytest.approx(by_day.max() * MONTH))
    assert work.tokens.input == pytest.approx(asked["input_tokens"].sum() / asked["requests_ok"].sum())
    assert work.tokens.output == pytest.approx(asked["output_tokens"].sum() / asked["requests_ok"].sum())
    assert work.tokens.cached == pytest.approx(asked["cached_tokens"].sum() / asked["requests_ok"].sum())
    second = by_day.sort_values().index[-2]  # 28.5 of 30 days have no more: the 29th
    of_day = rows[rows["day"] == second][["busy_seconds", "held_seconds"]].sum()
    assert work.p95_utilisation == pytest.approx(of_day["busy_seconds"] / of_day["held_seconds"])
    cost = rows[["busy_cost", "idle_cost", "cpu_cost", "managed_cost"]].sum().sum()
    assert work.measured.monthly_cost == pytest.approx(cost / 30 * MONTH)


@pytest.mark.parametrize("model", ["support-chat-70b", "moderation-8b", "translate-9b"])
def test_costs_and_crossings_are_those_of_a_scan(cursor, model):
    """Every shipped price: cost by hand, and the last volume on a fine grid at which the API is cheaper."""
    work = workload(cursor, OCTOBER, model)
    host = SelfHost.of(work.measured.baseline, work.step_devices, work.p95_utilisation)
    base, told = work.measured.baseline, work.tokens
    hours = 1 / (work.p95_utilisation * base.throughput)
    carried, step = work.step_devices * 730 / hours, work.step_devices * 730 * base.price
    found = offers(work, host, shipped(), {"USD": Rate(1.0, None)})
    assert len(found) == len(shipped())
    for offer in found:
        price = offer.price
        cached = float(price.input if price.cached_input is None else price.cached_input)
        each = (
            (told.input - told.cached) * float(price.input)
            + told.cached * cached
            + told.output * float(price.output)
        ) / 1e6
        assert offer.cost.per_request == pytest.approx(each)
        if offer.switch.volume is None:
            assert each * carried <= step * (1 + 1e-9)
            continue
        grid = np.linspace(0, 1.5 * offer.switch.volume, 200_001)[1:]
        own = np.ceil(grid / carried - 1e-9) * step + base.rest / base.volume * grid
        dearer = grid[own > each * grid * (1 + 1e-9)]
        assert dearer.max() == pytest.approx(offer.switch.volume, rel=2e-5)


def test_what_a_plan_pays_stays_on_the_bill(cursor):
    """Story 4: two p4de of catalog-extract at $20 an hour use the savings plan, every hour: nothing leaves the bill."""
    found = leaving(cursor, OCTOBER, "catalog-extract-32b")

    assert found.held == pytest.approx(2 * 20 * 730)
    assert found.committed == pytest.approx(2 * 20 * 730)
    assert found.cash == pytest.approx(0)


def test_what_leaves_the_bill_is_what_pandas_finds_on_whole_machines(cursor):
    """embed-large shares some hours of its machines; no commitment pays for them."""
    rows = cursor.execute(
        "SELECT resource_id, hour, state, model, billed_seconds, cost::DOUBLE AS cost FROM gpu_hour "
        "WHERE hour >= '2026-10-02' AND resource_id IN (SELECT resource_id FROM gpu_hour WHERE model = 'embed-large')"
    ).df()
    mine = rows["model"].eq("embed-large") & rows["state"].eq("serving")
    rows = rows.assign(own=rows["billed_seconds"].where(mine, 0), own_cost=rows["cost"].where(mine, 0))
    hours = rows.groupby(["resource_id", "hour"])[["billed_seconds", "own", "own_cost"]].sum()
    whole = hours[(hours["own"] >= 0.99 * hours["billed_seconds"]) & (hours["billed_seconds"] > 0)]
    found = leaving(cursor, OCTOBER, "embed-large")

    assert found.cash == pytest.approx(whole["own_cost"].sum() / 30 * MONTH)
    assert found.held == pytest.approx(hours["own_cost"].sum() / 30 * MONTH)
    assert 0 < found.cash < found.held


def test_cost_per_output_is_what_pandas_makes_of_the_file(cursor, demo_home, unit_rows):
    counts = pd.read_csv(demo_home / "demo" / "business.csv", parse_dates=["day"])
    counts = counts[counts["day"] >= "2026-10-02"]
    found = business_output.costs(cursor, OCTOBER).set_index("output")
    for output, model, _ in OUTPUTS:
        told = counts[counts["output"] == output]
        rows = unit_rows[(unit_rows["model"] == model.name) & unit_rows["day"].isin(told["day"])]
        cost = rows[["busy_cost", "idle_cost", "cpu_cost", "managed_cost"]].sum().sum()
        assert found.loc[output, "outputs"] == told["count"].sum()
        assert found.loc[output, "cost"] == pytest.approx(cost)
        assert found.loc[output, "cost_per_output"] == pytest.approx(cost / told["count"].sum())
    assert found["days"].to_dict() == {"resolved contact": 27, "catalogue item": 30}


def test_days_on_which_the_helpdesk_counted_nothing_are_unknown(cursor):
    days = business_output.days(cursor, OCTOBER).set_index(["output", "day"])["outputs"]
    unknown = [
        day.date() for (output, day), told in days.items() if output == "resolved contact" and np.isnan(told)
    ]

    assert unknown == [FIRST_DAY + timedelta(days=day) for day in UNCOUNTED]
