"""In a real browser: from a card to its lines, and their file, which sums to the card to the last digit."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from lined_store import small_estate
from served import serving, settled


@pytest.fixture(scope="module")
def lined(tmp_path_factory):
    """A dashboard on a store with charge lines."""
    with serving(small_estate(tmp_path_factory.mktemp("lined"))) as url:
        yield url


def opened(tab, label):
    """The dialog that the card's button opens."""
    tab.locator(f".st-key-lineage-{label}").get_by_role("button").click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_text("sum to").wait_for()
    settled(tab)
    return dialog


@pytest.mark.parametrize("width", [1440, 390])
def test_one_click_from_a_card_to_its_lines_whose_file_sums_to_the_card(visit, lined, tmp_path, width):
    tab = visit("invoice", base=lined, width=width)
    card = tab.locator('[data-testid="stMetricValue"]').first.inner_text()
    dialog = opened(tab, "Invoice")
    stated = dialog.locator("strong", has_text="$434.805").inner_text()
    with tab.expect_download() as download:
        dialog.get_by_role("button", name="Download CSV").click()
    download.value.save_as(tmp_path / "lines.csv")
    with (tmp_path / "lines.csv").open(newline="") as text:
        lines = list(csv.DictReader(text))

    assert sum(Decimal(line["amount"]) for line in lines) == Decimal(stated.removeprefix("$"))
    assert card == f"${Decimal(stated.removeprefix('$')):.0f}"
    assert {(line["file"], line["etag"]) for line in lines} == {("memory://bill", "etag")}
    assert sorted(int(line["line_no"]) for line in lines) == list(range(1, 77))
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_a_ratio_opens_its_denominator_with_a_second_click(visit, lined):
    tab = visit("unit_cost", base=lined)
    dialog = opened(tab, "Cost-per-inference")
    dialog.get_by_role("tab", name="Denominator: charged requests").click()
    dialog.get_by_text("hours of traffic sum to").wait_for()

    assert "4,965" in dialog.inner_text()  # llama 30 x 140 + 435, titan 30 x 11


@pytest.mark.parametrize("width", [1440, 390])
def test_a_row_of_a_table_opens_its_lines(visit, lined, width):
    """llama v1 held the GPU for 15 hours at nine tenths of 7.3331."""
    tab = visit("versions", base=lined, width=width)
    table = tab.locator(".st-key-versions-table")
    table.scroll_into_view_if_needed()
    table.locator(".dvn-scroller").click(position={"x": 20, "y": 52})  # the first row's box
    tab.get_by_text("Charge lines: llama v").wait_for()
    settled(tab)

    assert "15 charge lines sum to $98.99685: cost of model versions." in tab.inner_text(
        '[data-testid="stMain"]'
    )
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_a_click_on_the_tree_opens_the_lines_of_a_service(visit, lined):
    tab = visit("invoice", base=lined, height=4000)
    tab.locator(".st-key-tree-chart g.slice", has_text="Amazon Bedrock").last.click()
    tab.get_by_text("Charge lines: Amazon Bedrock").wait_for()
    settled(tab)  # the heading comes before its lines, and more of the page after them

    assert "4 charge lines sum to $22.12" in tab.inner_text('[data-testid="stMain"]')
