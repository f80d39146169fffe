"""A store before its first bill: the Data page opens, and Utilisation where telemetry was loaded."""

from __future__ import annotations

from datetime import datetime

import pytest
from small_store import device_hour, load_rows
from streamlit.testing.v1 import AppTest
from visitor import visit

from data.model.settings import ModelSettings
from data.warehouse import Warehouse

VIEWS = ("overview", "unit_cost", "utilisation", "idle", "versions", "roi", "data")


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
@pytest.mark.parametrize("page", VIEWS)
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


@pytest.mark.usefixtures("failed")
def test_a_failed_load_shows_its_message():
    sources = table(visit("data"), "last_status")

    assert sources["last_status"].tolist() == ["failed"]
    assert "no column BilledCost" in sources["last_message"][0]
