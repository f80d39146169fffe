"""In a real browser: every page opens, nothing leaves this machine, filters live in the URL and travel along."""

from __future__ import annotations

import gzip
import json
import urllib.request

import pytest
from served import settled

PAGES = {
    "": "Spend was $99.2k",
    "unit_cost": "Cost per inference rose 9.5 %",
    "invoice": "The invoice of $99.2k",
    "utilisation": "",
    "idle": "",
    "versions": "",
    "roi": "",
    "data": "Every dollar is explained",
}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_on_a_desk(visit, path):
    tab = visit(path)

    assert PAGES[path] in tab.inner_text('[data-testid="stMain"]')
    assert "reconciled, unexplained $0.00" in tab.inner_text('[data-testid="stMain"]')
    assert tab.locator('[data-testid="stException"]').count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_a_phone_in_the_dark(visit, path):
    tab = visit(path, width=390, height=844, scheme="dark")

    assert tab.locator('[data-testid="stException"]').count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_nothing_is_fetched_from_elsewhere(chromium, dashboard):
    context = chromium.new_context()
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    tab = context.new_page()
    tab.goto(dashboard)
    tab.wait_for_selector('[data-testid="stMetric"]')
    tab.wait_for_selector(".js-plotly-plot")
    context.close()

    assert [url for url in asked if not url.startswith((dashboard, "data:", "blob:"))] == []


def test_a_choice_goes_into_the_url_and_along_to_the_next_page(visit):
    tab = visit()
    tab.get_by_role("combobox", name="Cost basis").click()
    tab.get_by_role("option", name="fully loaded").click()
    tab.wait_for_url("**basis=fully+loaded**")
    tab.get_by_role("link", name="Cost per inference").first.click()
    tab.get_by_text("Cost per inference rose", exact=False).first.wait_for()

    assert "basis=fully" in tab.url
    assert "fully loaded basis" in tab.inner_text('[data-testid="stMain"]')


def test_a_link_opens_what_it_says(visit):
    tab = visit("unit_cost?model=summarise&period=Last+15+days")

    assert "One inference cost $0.0400 (allocated basis), unchanged." in tab.inner_text(
        '[data-testid="stMain"]'
    )


@pytest.mark.parametrize("width", [1440, 390])
def test_a_topic_that_was_opened_is_in_the_address_and_the_link_opens_it(visit, width):
    tab = visit("unit_cost", width=width)
    assert "What speed costs" not in tab.inner_text('[data-testid="stMain"]')
    tab.get_by_role("tab", name="Speed").press("Enter")
    tab.get_by_text("What speed costs").wait_for()
    settled(tab)
    tab.wait_for_url("**topic=Speed**")

    said = visit(f"unit_cost?{tab.url.partition('?')[2]}", width=width).inner_text('[data-testid="stMain"]')
    assert "What speed costs" in said
    assert "price ÷ (utilisation × throughput)" not in said


def test_health_metrics_and_compression(dashboard):
    with urllib.request.urlopen(f"{dashboard}/healthz") as answer:
        assert json.load(answer) == {"status": "ok", "snapshot": 1}
    with urllib.request.urlopen(f"{dashboard}/metrics") as answer:
        assert b"\ninferledger_snapshot 1\n" in answer.read()
    request = urllib.request.Request(dashboard, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert b"<!DOCTYPE html>" in gzip.decompress(answer.read())[:2000]
