"""In a real browser: a view is saved, and opens with its page, its filters and its figures."""

from __future__ import annotations

import pytest
from estate import build
from served import serving, settled


def cards(tab):
    return tab.locator('[data-testid="stMetricValue"]').all_inner_texts()


@pytest.mark.parametrize(("width", "by"), [(1440, "keyboard"), (390, "touch")])
def test_a_saved_view_opens_at_once_as_it_was_saved(visit, tmp_path, width, by):
    with serving(build(tmp_path)) as url:
        tab = visit("unit_cost?model=summarise", base=url, width=width)
        tab.locator(".st-key-basis input").click()
        tab.get_by_role("option", name="busy").click()
        tab.wait_for_url("**basis=busy**")
        tab.get_by_text("busy basis").first.wait_for()
        settled(tab)
        saved = cards(tab)
        tab.locator(".st-key-views").get_by_role("button").click()
        tab.get_by_label("Save what is seen as").fill("Summaries & co")
        tab.get_by_label("Your name").fill("Ada")
        tab.get_by_role("button", name="Save the view").click()
        tab.get_by_role("link", name="Summaries & co").wait_for(state="attached")
        settled(tab)
        other = visit("idle", base=url, width=width)
        other.locator(".st-key-views").get_by_role("button").click()
        link = other.get_by_role("link", name="Summaries & co")
        link.press("Enter") if by == "keyboard" else link.click()
        other.wait_for_url("**/unit_cost?**model=summarise**")
        other.get_by_text("busy basis").first.wait_for()
        settled(other)

        assert "basis=busy" in other.url
        assert cards(other) == saved
        assert other.evaluate("document.documentElement.scrollWidth") <= width
