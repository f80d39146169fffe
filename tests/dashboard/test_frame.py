"""The frame: every page opens, filters live in the URL, an empty store says what to do."""

from __future__ import annotations

import pytest
from estate import build
from streamlit.testing.v1 import AppTest
from visitor import visit

VIEWS = ("overview", "unit_cost", "utilisation", "idle", "versions", "roi", "data")


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_opens_with_the_trust_chip(open_page, view):
    chip = open_page(view).markdown[0].value

    assert "reconciled, unexplained \\$0.00" in chip
    assert "95 % of GPU cost observed" in chip
    assert "data through Oct 31" in chip
    assert "amortised, allocated basis" in chip
    assert "snapshot 1" in chip


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_without_any_matching_row_stays_calm(open_page, view):
    app = open_page(view, provider=["GCP"], account=["100000000012 · research"])

    assert not app.exception


def test_the_url_fills_the_filters(open_page):
    app = open_page(
        "overview", period="Last 7 days", basis="busy", model=["chat-large", "summarise"], view="list"
    )

    assert app.selectbox(key="period").value == "Last 7 days"
    assert app.selectbox(key="basis").value == "busy"
    assert app.multiselect(key="model").value == ["chat-large", "summarise"]
    assert "Oct 25 – Oct 31, 2026 (7 days, UTC)" in captions(app)
    assert "busy basis · list cost in USD" in captions(app)


@pytest.mark.parametrize("view", ["utilisation", "idle", "versions"])
def test_pages_that_know_the_effective_view_alone_say_so(open_page, view):
    said = captions(open_page(view, view="billed"))

    assert "effective cost in USD" in said
    assert "billed cost" not in said


def test_values_that_the_url_makes_up_fall_back(open_page):
    app = open_page(
        "overview", period="Last 1000 days", basis="free", model=["no-such-model"], view="guessed"
    )

    assert app.selectbox(key="period").value == "Last 30 days"
    assert app.selectbox(key="basis").value == "allocated"
    assert app.multiselect(key="model").value == []
    assert "30 days" in captions(app)


def test_a_custom_range_is_inclusive(open_page):
    app = open_page("overview", period="Custom range", range=["2026-10-07", "2026-10-07"])

    assert "Oct 7, 2026 (1 day, UTC)" in captions(app)


def test_filters_survive_a_change_of_page(open_page):
    app = open_page("overview", basis="fully loaded", team=["docs"])
    app.switch_page("views/unit_cost.py").run()

    assert "fully loaded basis" in captions(app)
    assert app.multiselect(key="team").value == ["docs"]


def test_a_team_filter_makes_unexplained_unknown(open_page):
    assert "unexplained –" in open_page("overview", team=["docs"]).markdown[0].value


def test_an_empty_store_says_how_to_fill_it(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    app = visit()

    assert "python -m ingest demo" in app.info[0].value


def test_a_store_without_charges_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(build(tmp_path, rows=False)))
    app = visit()

    assert "no charges yet" in app.info[0].value
