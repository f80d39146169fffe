"""Versions on the small estate: chat-large v2 answers 1 request an hour beside v3's 1,000, at half of v3's cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd
import pytest
from estate import build

from dashboard.charts import versions as charts
from data.filters import Filters
from data.home import snapshot_file
from data.query.versions import versions, versions_by_day
from data.snapshot import open_latest


def one(versions, model, version):
    rows = versions.rows
    (row,) = rows[(rows["model"] == model) & (rows["version"] == version)].to_dict("records")
    return row


def test_a_version_that_serves_next_to_nothing_is_found(cursor, october):
    row = one(versions(cursor, october), "chat-large", "v2")

    assert row["traffic_share"] == pytest.approx(1 / 1001)
    assert row["cost_share"] == pytest.approx(1 / 3)  # $14,400 of $43,200
    assert row["cost_per_inference"] == pytest.approx(14_400 / 720)
    assert (row["gpus"], row["replicas"]) == (2, 2)
    assert row["candidate"] == "little traffic, superseded by v3"


def test_the_candidates_are_summed_and_the_live_ones_counted(cursor, october):
    found = versions(cursor, october)

    assert found.candidates[["model", "version"]].values.tolist() == [["chat-large", "v2"]]
    assert found.candidates_cost == pytest.approx(14_400)
    assert (found.candidates_gpus, found.live, found.live_models) == (2, 6, 5)


def test_shares_add_up_to_one_within_each_model(cursor, october):
    rows = versions(cursor, october).rows

    assert rows.groupby("model")["cost_share"].sum().tolist() == pytest.approx([1] * rows["model"].nunique())
    known = rows.dropna(subset=["traffic_share"])
    assert known.groupby("model")["traffic_share"].sum().tolist() == pytest.approx(
        [1] * known["model"].nunique()
    )


def test_the_basis_moves_the_cost(cursor, october):
    busy = one(versions(cursor, replace(october, basis="busy")), "chat-large", "v3")
    full = one(versions(cursor, replace(october, basis="fully loaded")), "chat-large", "v3")

    assert busy["cost"] == pytest.approx(14_400)
    assert full["cost"] > 28_800


def test_traffic_that_nobody_counts_is_unknown_and_no_reason_to_retire(cursor, october):
    row = one(versions(cursor, october), "rank-cpu", "v1")

    assert row["candidate"] is None or row["candidate"] != row["candidate"]
    assert row["traffic_share"] != row["traffic_share"]
    assert row["cost_per_inference"] != row["cost_per_inference"]


@pytest.fixture(scope="module")
def lifecycle(tmp_path_factory):
    """One model, $24 a day and version: v1 silent since the 20th, v2 serves, v9 a day-old canary, v0 gone."""
    home = build(tmp_path_factory.mktemp("versions"), rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""
            INSERT INTO unit_cost BY NAME
            SELECT day, 'chat' AS model, version, 'USD' AS billing_currency, 12 AS busy_cost, 12 AS idle_cost,
                0 AS cpu_cost, 0 AS managed_cost, 86400 AS held_seconds, 43200 AS busy_seconds, n AS requests_ok
            FROM (SELECT unnest(range(DATE '2026-10-02', DATE '2026-11-01', INTERVAL 1 DAY))::DATE AS day)
            JOIN (VALUES
                ('v0', DATE '2026-10-02', DATE '2026-10-05', 100),
                ('v1', DATE '2026-10-02', DATE '2026-11-01', 0),
                ('v2', DATE '2026-10-02', DATE '2026-11-01', 1000),
                ('v9', DATE '2026-10-31', DATE '2026-11-01', 1),
                ('v10', DATE '2026-10-02', DATE '2026-11-01', 2)
            ) v(version, since, until, n) ON day >= since AND day < until;
            INSERT INTO unit_cost BY NAME  -- traffic that met no charge: no currency, no cost
            SELECT DATE '2026-10-02' AS day, 'chat' AS model, 'lost' AS version, 100 AS requests_ok;
            INSERT INTO traffic_hour BY NAME
            SELECT day + INTERVAL 12 HOUR AS hour, model, version, requests_ok, FALSE AS shadowed
            FROM unit_cost WHERE requests_ok > 0;
            INSERT INTO traffic_hour BY NAME
            SELECT TIMESTAMP '2026-10-20 07:00' AS hour, 'chat' AS model, 'v1' AS version, 5 AS requests_ok,
                FALSE AS shadowed;
        """)
    return open_latest(home).cursor()


OCTOBER = Filters(date(2026, 10, 2), date(2026, 11, 1))


def test_a_silent_version_is_a_candidate_until_patience_is_longer(lifecycle):
    assert one(versions(lifecycle, OCTOBER, 7), "chat", "v1")["candidate"] == "no request for 7 days"
    assert str(one(versions(lifecycle, OCTOBER, 7), "chat", "v1")["last_request"]) == "2026-10-20 07:00:00"
    patient = one(versions(lifecycle, OCTOBER, 12), "chat", "v1")["candidate"]
    assert patient == "little traffic, superseded by v2"  # heard 12 days ago, yet 0 of the period's traffic


def test_a_version_whose_server_counts_nothing_is_not_called_silent(tmp_path):
    """TensorRT-LLM's gauges say that v3 serves and not how much; v2 of the same model is counted."""
    home = build(tmp_path, rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""
            INSERT INTO unit_cost BY NAME
            SELECT day, 'chat' AS model, version, 'USD' AS billing_currency, 12 AS busy_cost, 12 AS idle_cost,
                0 AS cpu_cost, 0 AS managed_cost, n AS requests_ok
            FROM (SELECT unnest(range(DATE '2026-10-02', DATE '2026-11-01', INTERVAL 1 DAY))::DATE AS day),
                (VALUES ('v2', 1000), ('v3', NULL), ('v4', NULL)) v(version, n);
            INSERT INTO traffic_hour BY NAME
            SELECT day + INTERVAL 12 HOUR AS hour, model, version, requests_ok, FALSE AS shadowed
            FROM unit_cost WHERE version <> 'v4'
        """)
    cursor = open_latest(home).cursor()
    rows = versions(cursor, OCTOBER).rows.set_index("version")
    assert rows["candidate"].notna().to_dict() == {"v2": False, "v3": False, "v4": True}
    days = versions_by_day(cursor, OCTOBER).groupby("version")["silent"]
    assert days.any().to_dict() == {"v2": False, "v3": False, "v4": True}


def test_a_version_that_is_gone_is_no_candidate(lifecycle):
    row = one(versions(lifecycle, OCTOBER), "chat", "v0")

    assert not row["live_now"]
    assert row["candidate"] != row["candidate"] or row["candidate"] is None


def test_a_canary_is_given_time(lifecycle):
    canary = one(versions(lifecycle, OCTOBER, 7), "chat", "v9")["candidate"]

    assert canary != canary or canary is None
    # One that was there for weeks and still serves nothing is not a canary; v10 is newer than v2, not older than v9.
    assert one(versions(lifecycle, OCTOBER, 7), "chat", "v10")["candidate"] == "little traffic"


def test_traffic_that_met_no_charge_counts_in_the_shares_and_has_an_unknown_cost(lifecycle):
    found = versions(lifecycle, OCTOBER)
    lost = one(found, "chat", "lost")

    assert lost["cost"] != lost["cost"]
    assert lost["traffic_share"] == pytest.approx(100 / found.rows["requests_ok"].sum())


def test_the_dumbbell_puts_the_widest_gap_on_top(cursor, october):
    figure = charts.shares(versions(cursor, october).rows)
    traffic = next(t for t in figure.data if t.name == "share of traffic")

    assert traffic.y[0] == "chat-large v2"
    assert "rank-cpu v1" not in traffic.y  # unknown traffic is not 0 %


def test_two_long_names_that_are_shortened_alike_keep_a_row_each():
    told = {"version": ["1.2", "1.2"], "traffic_share": [0.1, 0.9], "cost_share": [0.8, 0.2]}
    rows = pd.DataFrame(
        {"model": ["meta-llama/Llama-3.1-70B-Instruct", "meta-llama/Llama-3.1-405B-Instruct"], **told}
    )
    figure = charts.shares(rows)

    assert len(set(figure.data[-1].y)) == 2
    assert set(figure.layout.yaxis.ticktext) == {"meta-llama/Llama-3.…struct 1.2"}


def test_the_timeline_keeps_silent_days_apart_from_absent_ones(lifecycle):
    figure = charts.timeline(versions_by_day(lifecycle, OCTOBER))
    unknown, silent, served = figure.data
    rows = list(silent.y)

    assert (unknown.z != unknown.z).all()  # this model's traffic is told on every day
    assert (silent.z[rows.index("chat v1")] == 1).all()
    gone = silent.z[rows.index("chat v0")][3:], served.z[rows.index("chat v0")][3:]
    assert all((part != part).all() for part in gone)  # NaN: neither silent nor serving


def test_unknown_traffic_is_grey_and_not_idle(cursor, october):
    unknown, silent, _ = charts.timeline(versions_by_day(cursor, october)).data
    row = list(unknown.y).index("rank-cpu v1")

    assert (unknown.z[row] == 1).all()
    assert (silent.z[row] != silent.z[row]).all()


def test_the_page_names_the_dearest_candidate(open_page):
    app = open_page("versions")

    said = app.subheader[0].value.replace("\\", "")
    assert said == (
        "1 of 6 live versions could go; the dearest, chat-large v2, serves 0.1 % of the traffic on 2 GPUs for $14.4k."
    )
    table = app.dataframe[-1].value
    assert len(table) == 6


def test_patience_lives_in_the_url(open_page):
    assert open_page("versions", silent="14").slider(key="silent").value == 14
