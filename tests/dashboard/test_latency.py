"""What speed costs, on the small estate: chat-large v3 at $40 per 1k, v2 at $20,000 for its one request an hour."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest
from estate import build
from visitor import visit

from dashboard.headlines import latency as headlines
from dashboard.tables import latency as tables
from data.home import snapshot_file
from data.query import unit_cost
from data.query.latency import DAYS_A_MONTH, service_levels, trade_off
from data.snapshot import open_latest

# 100 requests each: v3 answers 90 within 1 s and the rest within 10 s; v2 all within 1 s
LATENCIES = """
    INSERT INTO traffic_latency BY NAME
    SELECT TIMESTAMP '2026-10-20 07:00' AS hour, 'chat-large' AS model, 'end_to_end' AS measure, l.*
    FROM (VALUES ('v3', 1.0, 90), ('v3', 10.0, 10), ('v2', 1.0, 100)) l(version, le, requests)
"""


@pytest.fixture
def measured(tmp_path, monkeypatch):
    home = build(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute(LATENCIES)
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    return open_latest(home).cursor()


def test_latency_stands_beside_the_cost_of_the_same_version(measured, october):
    found = trade_off(measured, october, 2.0).set_index("version")
    costs = unit_cost.costs(measured, october, "version").set_index(["model", "version"])

    assert found["cost_per_1k"].to_dict() == {
        v: costs.loc[("chat-large", v), "cost_per_1k"] for v in ("v3", "v2")
    }
    assert found.loc["v3", "p99"] == pytest.approx(
        1 + 9 * 9 / 10
    )  # the 99th of 100: the 9th of 10 beyond 1 s
    assert found.loc["v2", "p50"] == pytest.approx(0.5)
    assert found.loc["v3", "within"] == pytest.approx(0.9 + 0.1 / 9)
    assert found["on_frontier"].all()  # one is cheaper, the other faster


def test_a_service_level_costs_what_the_version_that_keeps_it_costs_more(measured, october):
    (level,) = service_levels(trade_off(measured, october, 2.0), october, 2.0)
    rows = trade_off(measured, october, 2.0).set_index("version")
    more = (rows.loc["v2", "cost_per_1k"] - rows.loc["v3", "cost_per_1k"]) / 1000

    assert level.price == pytest.approx(more * (720_000 + 720) / 30 * DAYS_A_MONTH)
    assert "costs" in headlines.levels([level], october, 2.0)[0]
    (loose,) = service_levels(trade_off(measured, october, 10.0), october, 10.0)
    assert loose.price == 0
    (strict,) = service_levels(trade_off(measured, october, 0.1), october, 0.1)
    assert strict.price is None
    assert "no measured version keeps p99 ≤ 100 ms" in headlines.levels([strict], october, 0.1)[0]


def test_slower_answers_cost_what_somebody_says_one_costs(measured, october):
    found = trade_off(measured, october, 1.0)

    told = tables.rows(found, october, 0.5).set_index("version")
    assert told.loc["v3", "violations_per_month"] == pytest.approx(0.1 * 720_000 / 30 * DAYS_A_MONTH)
    assert told.loc["v3", "violation_cost"] == pytest.approx(told.loc["v3", "violations_per_month"] / 2)
    assert tables.rows(found, october, 0)["violation_cost"].isna().all()


@pytest.mark.usefixtures("measured")
def test_the_page_shows_it():
    app = visit("unit_cost", topic="Speed", slo="2.0 s")

    assert any("chat-large: p99 ≤ 2 s costs" in box.value for box in app.markdown)


def test_without_latencies_it_says_so(open_page):
    app = open_page("unit_cost", topic="Speed")

    assert any(headlines.NOTHING in box.value for box in app.caption)


@pytest.mark.parametrize("dimension", unit_cost.DIMENSIONS)
def test_the_members_of_a_dimension_sum_to_the_total(cursor, october, dimension):
    asked = replace(october, basis="fully loaded")
    members, total = (unit_cost.costs(cursor, asked, level) for level in (dimension, "total"))

    assert members["cost"].sum() == pytest.approx(total["cost"].iloc[0])
    assert members["requests_ok"].sum() == total["requests_ok"].iloc[0]
    assert members["member"].is_unique
