"""Utilisation on the small estate. By hand, per day of October: observed 22 devices (4 + 2 + 2 + 6 + 4 + 4) x 24 h,
busy 24 x (4 x .5 + 2 x .02 + 6 x .4 + 4 x .8 + 4 x .7) = 24 x 10.44 = 250.56; the 7th adds 8 devices, busy all day."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest
from estate import build

from dashboard import theme
from dashboard.charts import utilisation as charts
from dashboard.components.canvas_heatmap import Cell, _bytes, _cell
from data.filters import Filters
from data.home import snapshot_file
from data.query import utilisation as question
from data.query.utilisation import ABSENT, FULL, UNOBSERVED
from data.snapshot import open_latest

BUSY = 30 * 24 * 10.44 + 8 * 24
OBSERVED = 30 * 22 * 24 + 8 * 24


def test_the_steps_from_billed_to_busy(cursor, october):
    seen = question.utilisation(cursor, october)

    assert seen.billed_hours == OBSERVED + 30 * 4 * 24  # and four blind devices
    assert seen.observed_hours == OBSERVED
    assert seen.held_hours == OBSERVED - 30 * 2 * 24  # i-free has no holder
    assert seen.busy_hours == pytest.approx(BUSY)
    assert seen.unobserved_hours == 2_880
    assert seen.utilisation == pytest.approx(BUSY / OBSERVED)
    assert seen.gauge_mean == pytest.approx(BUSY / OBSERVED)  # the estate's gauge equals its busy share
    assert (seen.devices, seen.observed_devices, seen.unobserved_nodes) == (34, 30, 1)


def test_the_funnel_narrows_from_billed_to_busy(cursor, october):
    steps = question.utilisation(cursor, october).steps()

    assert steps["step"].tolist() == ["billed", "observed", "held", "busy"]
    assert steps["hours"].is_monotonic_decreasing
    assert steps["share"].iloc[[0, -1]].tolist() == pytest.approx([1, BUSY / (OBSERVED + 30 * 4 * 24)])


def test_devices_of_one_day_stand_below_those_that_were_there_all_along(tmp_path):
    """Equally busy ones; scattered by their ids they would read as noise."""
    home = build(tmp_path, rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""
            INSERT INTO gpu_hour (hour, device_id, observed_seconds, busy_seconds)
            SELECT h, d, 3600, 3600
            FROM unnest(generate_series(TIMESTAMP '2026-10-05', TIMESTAMP '2026-10-05 23:00', INTERVAL 1 HOUR)) t(h),
                unnest(['a-short', 'b-long', 'c-short', 'd-long']) s(d)
            WHERE d LIKE '%long' OR hour(h) = 7
        """)
    day = Filters(date(2026, 10, 5), date(2026, 10, 6))
    rows = question.raster(open_latest(home).cursor(), day, "busy time").devices

    assert rows["device_id"].tolist() == ["b-long", "d-long", "a-short", "c-short"]


def test_blind_devices_are_unknown_never_idle_and_never_busy(cursor, october):
    raster = question.raster(cursor, october, "busy time")
    blind = raster.devices["device_id"].str.startswith("i-blind").to_numpy()

    assert blind.tolist() == [False] * 30 + [True] * 4  # at the bottom, in sight
    assert (raster.codes[blind] == UNOBSERVED).all()
    assert raster.devices.loc[blind, "utilisation"].isna().all()
    nodes = question.by(cursor, october, "node").set_index("name")
    assert np.isnan(nodes.loc["node-i-blind", "utilisation"])
    assert nodes.index[-1] == "node-i-blind"


@pytest.mark.parametrize("measure", question.MEASURES)
def test_the_raster_has_a_cell_for_every_device_and_hour(cursor, october, measure):
    raster = question.raster(cursor, october, measure)

    assert raster.codes.shape == (34, 720)
    rows = dict(zip(raster.devices["device_id"], raster.codes, strict=True))
    assert (rows["i-free#1"] == 0).all()
    assert (rows["i-chat#1"] == FULL // 2).all()
    day = slice(5 * 24, 6 * 24)  # the spike lived on the 7th alone
    assert (rows["i-spike#1"][day] == FULL).all()
    assert (np.delete(rows["i-spike#1"], np.arange(5 * 24, 6 * 24)) == ABSENT).all()


def test_the_worst_devices_come_first_and_the_rest_is_cut_off(cursor, october):
    raster = question.raster(cursor, october, "busy time", 3)

    assert raster.devices["device_id"].tolist() == ["i-free#1", "i-free#2", "i-chat2#1"]
    assert raster.truncated
    assert not question.raster(cursor, october, "busy time", 34).truncated


@pytest.mark.parametrize("dimension", question.DIMENSIONS)
def test_every_breakdown_adds_up_to_the_fleet(cursor, october, dimension):
    rows, fleet = question.by(cursor, october, dimension), question.utilisation(cursor, october)

    for column in ("billed_hours", "observed_hours", "held_hours", "busy_hours", "unobserved_hours"):
        assert rows[column].sum() == pytest.approx(getattr(fleet, column))
    assert rows["cost"].sum() == pytest.approx(float(fleet.cost))
    known = rows["utilisation"].dropna()
    assert known.is_monotonic_increasing


def test_a_filter_narrows_the_fleet(cursor, october):
    chat = question.utilisation(cursor, replace(october, models=("chat-large",)))

    assert chat.devices == 6
    assert chat.utilisation == pytest.approx((4 * 0.5 + 2 * 0.02) / 6)


def test_another_currency_has_none_of_the_fleet_billed_in_dollars(cursor, october):
    euros = replace(october, currency="EUR")
    seen = question.utilisation(cursor, euros)

    assert (seen.devices, seen.observed_hours, seen.cost) == (0, 0, None)
    assert len(question.raster(cursor, euros, "busy time").devices) == 0
    assert len(question.by_day(cursor, euros)) == len(question.by_hour_of_week(cursor, euros)) == 0
    assert all(len(question.by(cursor, euros, dimension)) == 0 for dimension in question.DIMENSIONS)
    assert len(question.device_hours(cursor, euros, ("i-chat#1",))) == 0


def test_hours_on_no_bill_stand_in_every_currency(tmp_path):
    """A bill in euros knows one of two GPUs; nobody bills the other."""
    home = build(tmp_path, rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""
            INSERT INTO gpu_hour (hour, device_id, billing_currency, billed_seconds, observed_seconds, busy_seconds)
            VALUES ('2026-10-05 07:00', 'billed', 'EUR', 3600, 3600, 1800),
                ('2026-10-05 07:00', 'unbilled', NULL, NULL, 3600, 3600)
        """)
    day = Filters(date(2026, 10, 5), date(2026, 10, 6))

    def hours(currency):
        seen = question.utilisation(open_latest(home).cursor(), replace(day, currency=currency))
        return seen.busy_hours, seen.billed_busy_hours, seen.unbilled_hours

    assert hours("EUR") == (1.5, 0.5, 1)
    assert hours("USD") == (1, None, 1)


def test_the_week_is_one_cell_per_weekday_and_hour(cursor, october):
    week = question.by_hour_of_week(cursor, october)

    assert len(week) == 168
    assert set(week["weekday"]) == set(range(1, 8))
    wednesday = week[week["weekday"] == 3]["utilisation"]  # 2026-10-07 was a Wednesday
    assert (wednesday > week[week["weekday"] == 2]["utilisation"].iloc[0]).all()


def test_the_week_moves_with_the_zone(tmp_path):
    """One hour of data, Monday 2026-10-05 23:00 UTC, is Tuesday 01:00 in Berlin and 04:30 in Kolkata."""
    home = build(tmp_path, rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute(
            "INSERT INTO gpu_hour (hour, observed_seconds, busy_seconds) VALUES ('2026-10-05 23:00', 3600, 0)"
        )
    cursor, day = open_latest(home).cursor(), Filters(date(2026, 10, 5), date(2026, 10, 6))

    def cells(zone):
        rows = question.by_hour_of_week(cursor, day, zone)
        return list(zip(rows["weekday"], rows["hour"], strict=True))

    assert cells("UTC") == [(1, 23)]
    assert cells("Europe/Berlin") == [(2, 1)]
    assert cells("Asia/Kolkata") == [(2, 4)]


def test_the_hours_of_one_device(cursor, october):
    hours = question.device_hours(cursor, october, ("i-chat#1",))

    assert len(hours) == 720
    assert hours["busy_hours"].sum() == pytest.approx(360)
    assert hours["cost"].sum() == pytest.approx(7_200)
    assert set(hours["holders"]) == {"chat-large v3"}


def test_the_week_chart_starts_on_monday_and_writes_a_dash_where_nobody_looked(cursor, october):
    week = question.by_hour_of_week(cursor, october)
    figure = charts.week(week[~((week["weekday"] == 7) & (week["hour"] == 4))])

    assert figure.data[0].y[0] == "Mon"
    assert figure.data[0].z.shape == (7, 24)
    assert [(a.text, a.x, a.y) for a in figure.layout.annotations] == [("–", 4, 6)]


def test_a_flat_week_does_not_look_like_a_pattern():
    cells = pd.DataFrame({"weekday": [1, 2], "hour": [0, 0], "utilisation": [0.500, 0.501]})
    heatmap = charts.week(cells).data[0]

    assert heatmap.zmax - heatmap.zmin == pytest.approx(0.1)


def test_evidence_draws_unobserved_hours_hatched(cursor, october):
    figure = charts.hours(question.device_hours(cursor, october, ("i-blind#1",)))

    unobserved = next(bar for bar in figure.data if bar.name == "unobserved")
    assert unobserved.marker.pattern.shape == theme.HATCH
    assert sum(unobserved.y) == 720


def test_the_raster_travels_as_one_byte_array():
    codes = np.array([[0, 250], [UNOBSERVED, ABSENT]], dtype=np.uint8)
    packed = _bytes(codes, [["a"], ["größer"]], date(2026, 10, 2), "busy time", "words", {})

    length = struct.unpack("<I", packed[:4])[0]
    head = json.loads(packed[4 : 4 + length])
    assert (head["rows"], head["columns"], head["labels"]) == (2, 2, [["a"], ["größer"]])
    assert head["start"] == 1_790_899_200_000  # 2026-10-02T00:00Z
    assert packed[4 + length :] == codes.tobytes()


@pytest.mark.parametrize(
    "sent", [None, "x", {}, {"row": -1, "column": 0}, {"row": 2, "column": 0}, {"row": "0", "column": 0}]
)
def test_a_click_outside_the_raster_is_no_click(sent):
    assert _cell(sent, (2, 2)) is None


def test_a_click_names_its_cell():
    assert _cell({"row": 1, "column": 0}, (2, 2)) == Cell(1, 0)


def test_the_page_answers_first(open_page):
    app = open_page("utilisation")

    said = app.subheader[0].value.replace("\\", "")
    assert f"GPUs worked {BUSY / OBSERVED:.1%}".replace("%", " %") in said
    assert "1 node sent no telemetry" in said
    labels = {metric.label: metric.value for metric in app.metric}
    assert labels["Utilisation (busy time)"] == labels["Gauge mean"] == "48.1 %"
    assert labels["Unobserved hours"] == "2,880"


def test_a_device_in_the_url_is_open(open_page):
    app = open_page("utilisation", device="i-chat#1", by="node")

    assert app.selectbox(key="device").value == "i-chat#1"
    assert any("Held by chat-large v3" in caption.value for caption in app.caption)
    assert app.dataframe[-1].value["name"].iloc[0] == "node-i-free"
