"""A store whose only export states no invoice: what nobody billed for sure is “–” and never $0.00 or reconciled."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cost_store import load, write_csv
from streamlit.testing.v1 import AppTest

from data.filters import Filters
from data.model.settings import ModelSettings
from data.query.trust import trust
from data.snapshot import open_latest
from data.warehouse import Warehouse
from ingest.sources.azure import Azure

FRAME = Path(__file__).parents[2] / "dashboard" / "frame.py"
LINE = {
    "BillingAccountId": "1",
    "BillingPeriodStartDate": "2026-10-01",
    "SubscriptionId": "s",
    "Date": "2026-10-02",
    "MeterCategory": "Virtual Machines",
    "Quantity": "24",
    "UnitOfMeasure": "1 Hour",
    "Cost": "88.152",
    "BillingCurrency": "USD",
    "ResourceId": "/subscriptions/s/vm-1",
    "AdditionalInfo": '{"ServiceType":"Standard_NC24ads_A100_v4"}',
}


@pytest.fixture(scope="module")
def amortised(tmp_path_factory):
    """Azure's amortised dataset alone: $88.152 on demand, and $30 that a reservation covers."""
    home = tmp_path_factory.mktemp("amortised")
    covered = {"PricingModel": "Reservation", "ResourceId": "/subscriptions/s/vm-2", "Cost": "30"}
    path = write_csv(home / "amortised.csv", [LINE | {"PricingModel": "OnDemand"}, LINE | covered])
    with Warehouse.open(home / "store") as wh:
        load(wh, Azure(str(path)))
        wh.publish(ModelSettings())
    return home / "store"


def spend(home, monkeypatch, view):
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    app = AppTest.from_file(str(FRAME), default_timeout=30)
    app.query_params["view"] = view
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app.metric[0].value, app.markdown[0].value


def test_effective_cost_is_shown_and_nothing_is_called_reconciled(amortised, monkeypatch):
    value, chip = spend(amortised, monkeypatch, "effective")
    assert value == r"\$118"
    assert "unexplained –" in chip


def test_billed_cost_is_unknown_and_not_zero(amortised, monkeypatch):
    value, chip = spend(amortised, monkeypatch, "billed")
    assert value == "–"
    assert "unexplained –" in chip


@pytest.mark.parametrize("view", ["effective", "billed"])
def test_no_invoice_is_an_unknown_difference(amortised, view):
    october = Filters(date(2026, 10, 1), date(2026, 11, 1), view=view)
    assert trust(open_latest(amortised).cursor(), october).unexplained is None
