"""Chargeback on the small estate, October 10 to 31 (22 days without the spike), by hand.

A day by team: assist 960 + 480 (busy 480 + 9.60), docs 576 (230.40), research 480 free + 144 (115.20), search 96
(67.20); i-blind's 144 nobody observed. Working at any hour: assist 4 × 0.5 + 2 × 0.02 of a p5's 4 GPUs, docs 6 × 0.4
of a p4d's 8, research 4 × 0.8 of a g5's 4, search 4 × 0.7 of a g2's 4: one machine each, $40, $32, $6 and $4 an hour.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from estate import build

from dashboard.charts import chargeback as charts
from dashboard.headlines import chargeback as headlines
from data.filters import Filters
from data.home import snapshot_file
from data.query.chargeback import chargeback
from data.snapshot import open_latest

QUIET = Filters(date(2026, 10, 10), date(2026, 11, 1))
RESERVED = {"assist": 1440, "docs": 576, "research": 624, "search": 96}
BUSY = {"assist": 489.6, "docs": 230.4, "research": 115.2, "search": 67.2}
PEAK = {"assist": 40, "docs": 32, "research": 6, "search": 4}
TOTAL = 22 * 2736


def column(told, name):
    return dict(zip(told.shares["member"], told.shares[name].astype(float), strict=True))


def test_three_rules_by_hand(cursor):
    told = chargeback(cursor, QUIET, "team")

    assert (told.total, told.unobserved, told.peak) == (TOTAL, 22 * 144, pytest.approx(82))
    assert column(told, "reserved") == {team: 22 * cost for team, cost in RESERVED.items()}
    assert column(told, "used") == pytest.approx(
        {team: TOTAL * busy / sum(BUSY.values()) for team, busy in BUSY.items()}
    )
    assert column(told, "shapley") == pytest.approx(
        {team: TOTAL * worth / 82 for team, worth in PEAK.items()}
    )
    assert list(told.shares["member"]) == ["assist", "research", "docs", "search"]  # most reserved first
    assert told.permutations is None


@pytest.mark.parametrize("by", ["team", "model"])
@pytest.mark.parametrize("narrowed", [{}, {"providers": ("AWS",)}, {"accounts": ("100000000012",)}])
def test_each_rule_distributes_the_same_total_to_the_last_digit(cursor, october, by, narrowed):
    told = chargeback(cursor, replace(october, **narrowed), by)

    for rule in ("reserved", "used", "shapley"):
        assert sum(told.shares[rule], Decimal(0)) == told.total
    assert told.total + told.unobserved == pytest.approx(_device_cost(cursor, october, narrowed))


def _device_cost(cursor, october, narrowed):
    rows = cursor.execute(
        "SELECT provider, sub_account_id, sum(cost) FROM gpu_hour WHERE hour >= ? AND hour < ? GROUP BY ALL",
        [october.start, october.end],
    ).fetchall()
    return sum(
        cost
        for provider, account, cost in rows
        if provider in narrowed.get("providers", (provider,))
        and account in narrowed.get("accounts", (account,))
    )


def test_the_spike_makes_research_pay_for_its_peak(cursor, october):
    told = chargeback(cursor, october, "team")

    # p4d: 17,280 of summarise and 3,840 of the spike over 4,320 + 192 device-hours; two machines of 8 at the peak
    p4d = 8 * (17_280 + 3840) / (4320 + 192)
    worth = {"assist": 40, "docs": p4d, "research": 6 + p4d, "search": 4}
    assert told.peak == pytest.approx(sum(worth.values()))
    assert column(told, "shapley") == pytest.approx(
        {team: float(told.total) * cost / sum(worth.values()) for team, cost in worth.items()}
    )


def test_a_model_that_nobody_names_is_a_member_of_its_own(cursor):
    told = chargeback(cursor, QUIET, "model")

    assert column(told, "reserved")["none"] == 22 * (480 + 144)  # free and training
    assert "rank-cpu" not in set(told.shares["member"])  # no device


def test_what_nobody_observed_is_charged_to_nobody(cursor):
    assert chargeback(cursor, replace(QUIET, teams=("none",)), "team") is None
    assert chargeback(cursor, replace(QUIET, models=("claude-proxy",)), "model") is None


def test_where_nothing_worked_use_and_need_are_unknown(tmp_path):
    home = build(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("DELETE FROM gpu_hour WHERE state <> 'free'")
        con.execute("UPDATE gpu_hour SET team = 'docs' WHERE device_id LIKE '%1'")
    told = chargeback(open_latest(home).cursor(), QUIET, "team")

    assert (told.total, told.peak) == (22 * 480, 0)
    assert column(told, "reserved") == {"docs": 22 * 240, "research": 22 * 240}
    assert told.shares[["used", "shapley"]].isna().all(axis=None)
    assert headlines.found(told, "team", "USD").startswith("No device worked")


def test_it_reads_aloud(cursor):
    told = chargeback(cursor, QUIET, "team")

    assert headlines.found(told, "team", "USD") == (
        "The rule matters most to docs: $12.7k for what it held, $15.4k for what it used, $23.5k as its Shapley share."
    )
    assert headlines.scope(told, "USD") == (
        "Each rule distributes the same $60,192.00 of observed device cost (effective view); $3,168.00 that nobody "
        "observed is in none. Peak: $82.00 an hour. Shapley exact."
    )
    alone = chargeback(cursor, replace(QUIET, teams=("docs",)), "team")
    assert headlines.found(alone, "team", "USD") == "One team pays for all of it, by every rule."


def test_three_bars_a_member_the_largest_on_top(cursor):
    figure = charts.shares(chargeback(cursor, QUIET, "team").shares, "USD")

    assert [bar.name for bar in figure.data] == ["Shapley share", "used", "reserved"]
    assert figure.data[2].y[-1] == "assist"
    assert figure.data[2].text[-1] == "$31.7k"
    assert figure.data[0].error_x.array is None  # exact


def test_the_page_shows_it_by_team_or_by_model(open_page):
    app = open_page("invoice")
    assert any("The rule matters most to" in m.value for m in app.markdown)
    by_model = open_page("invoice", chargeback="model")
    (table,) = [frame.value for frame in by_model.dataframe if "shapley" in frame.value]
    assert "chat-large" in set(table["member"])


def test_a_selection_without_devices_says_so(open_page):
    app = open_page("invoice", model=["claude-proxy"])

    assert any("nothing to charge back" in m.value for m in app.markdown)
