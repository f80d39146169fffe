"""A store before its first bill: the Data page opens, and where telemetry was loaded, what it tells."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from estate import build, fill_free_time
from small_store import device_hour, load_rows
from streamlit.testing.v1 import AppTest
from visitor import PAGES, visit

from data.home import snapshot_file
from data.model.settings import ModelSettings
from data.warehouse import Warehouse

IDLE_ESTATE = Path(__file__).parents[1] / "support" / "idle_estate.sql"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def seen(home):
    """One GPU, seen for two hours of Oct 7: busy for 45 of 120 minutes."""
    hours = [
        device_hour(datetime(2026, 10, 7, hour), "GPU-1", "node-1", busy, 3600 - busy)
        for hour, busy in ((8, 1800), (9, 900))
    ]
    with Warehouse.open(home) as wh:
        load_rows(wh, "device_hour", hours)
        wh.publish(ModelSettings())


@pytest.fixture
def failed(home):
    """Nothing but a bill that could not be loaded."""
    with Warehouse.open(home) as wh:
        with pytest.raises(ValueError, match="no column"), wh.load("bill", "focus", "cost"):
            raise ValueError("bill.csv has no column BilledCost")
        wh.publish(ModelSettings())


def table(app: AppTest, column: str):
    return next(frame.value for frame in app.dataframe if column in frame.value)


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_charges_are_missing(page):
    assert "no charges yet" in visit(page).info[0].value


@pytest.mark.usefixtures("seen")
def test_the_data_page_counts_the_hours_on_no_bill():
    app = visit("data")

    assert table(app, "last_status")["source"].tolist() == ["dcgm"]
    assert table(app, "unbilled_hours")["unbilled_hours"].tolist() == [2]


@pytest.mark.usefixtures("seen")
def test_utilisation_needs_no_bill():
    utilisation = next(card for card in visit("utilisation").metric if card.label.startswith("Utilisation"))

    assert utilisation.value == "37.5 %"  # 45 of 120 minutes


@pytest.mark.usefixtures("seen")
def test_busy_hours_are_those_behind_the_utilisation_and_cost_is_unknown():
    app = visit("utilisation")
    cards = {card.label: card.value for card in app.metric}

    assert cards["Busy device-hours"] == "1"  # 45 minutes
    assert (cards["Idle, any length"], cards["Unobserved hours"]) == ("–", "–")
    assert table(app, "step")["step"].tolist() == ["observed", "held", "busy"]
    assert table(app, "step")["share"].tolist() == [1, 0.375, 0.375]  # active without a known holder is held


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("page", PAGES)
def test_nobody_with_telemetry_of_their_own_is_sent_to_the_demo(page):
    assert "demo" not in visit(page).info[0].value


def test_idle_hours_are_shown_at_an_unknown_cost(home):
    """The six machines of tests/support/idle_estate.sql, without their bill."""
    build(home, rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute(IDLE_ESTATE.read_text())
        for relation in ("gpu_hour", "idle_run"):
            con.execute(f"UPDATE {relation} SET cost = NULL, billing_currency = NULL")
        con.execute("UPDATE gpu_hour SET billed_seconds = NULL; UPDATE idle_run_day SET cost = NULL")
        fill_free_time(con)
    app = visit("idle")
    cards = {card.label: card.value for card in app.metric}

    assert "device-hours at an unknown cost" in app.subheader[0].value
    assert cards["Idle device-hours"] not in ("0", "–")
    unknown = ("Idle for ≥ 30 min", "Unallocated", "Cash-true saving", "Freed capacity")
    assert [cards[label] for label in unknown] == ["–"] * 4
    assert app.subheader[1].value == "Idle device-hours per day"


@pytest.mark.usefixtures("failed")
def test_a_failed_load_shows_its_message():
    sources = table(visit("data"), "last_status")

    assert sources["last_status"].tolist() == ["failed"]
    assert "no column BilledCost" in sources["last_message"][0]
