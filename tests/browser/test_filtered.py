"""In a real browser: what a visitor filters for is one number on card, bridge, tables and their files.

summarise held 4 GPUs at $4 an hour until Oct 1 and 6 since: 30 days are $17,280, the 30 before were $11,520.
"""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from served import settled

from dashboard import format as fmt

NOW, BEFORE = Decimal(17280), Decimal(11520)
CENT = Decimal("0.01")


def column(tab, name, of, folder):
    """A column of the CSV under that name, which its table offers."""
    with tab.expect_download() as download:
        # by key: while tables unfold the button moves, and a pointer misses it now and then
        tab.locator(f".st-key-{name}-csv button").press("Enter")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    with path.open(newline="") as text:
        return [Decimal(row[of]) for row in csv.DictReader(text)]


def unfold(tab):
    """Opens every table that lies under its chart."""
    summaries = tab.locator('[data-testid="stMain"] summary')
    for place in range(summaries.count()):
        summaries.nth(place).press("Enter")
    settled(tab)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_filter_leaves_card_bridge_table_and_csv_one_number_to_the_cent(visit, tmp_path, width):
    tab = visit(width=width)
    tab.locator(".st-key-scope").get_by_role("button").first.click()
    tab.get_by_role("combobox", name="Model").click()
    tab.get_by_role("option", name="summarise").click()
    tab.wait_for_url("**model=summarise**")
    tab.keyboard.press("Escape")
    tab.get_by_text("$17,280.00, the ladder of the period", exact=False).first.wait_for()
    settled(tab)
    unfold(tab)

    card = tab.locator('[data-testid="stMetric"]', has_text="Spend").first
    days = column(tab, "spend-by-day", "cost", tmp_path)
    assert sum(days).quantize(CENT) == NOW
    assert card.locator('[data-testid="stMetricValue"]').inner_text() == fmt.short_money(NOW, "USD")
    assert fmt.short_money(NOW - BEFORE, "USD", plus=True) in card.inner_text()

    bridge = column(tab, "spend-bridge", "amount", tmp_path)
    assert sum(bridge).quantize(CENT) == NOW - BEFORE
    chart = "document.querySelector('.st-key-spend-bridge-chart .js-plotly-plot')._fullData[0].x"
    *steps, change = (Decimal(str(step)) for step in tab.evaluate(f"Array.from({chart})"))
    assert sum(steps).quantize(CENT) == change.quantize(CENT) == NOW - BEFORE

    movers = column(tab, "movers", "change", tmp_path)
    assert sum(movers).quantize(CENT) == NOW - BEFORE
    assert sum(column(tab, "movers", "cost", tmp_path)).quantize(CENT) == NOW
