"""In a real browser: a note is written on a chart, and is there for who comes next."""

from __future__ import annotations

import pytest
from estate import build
from served import serving, settled


@pytest.mark.parametrize("width", [1440, 390])
def test_a_note_is_written_and_stands_on_the_chart_for_the_next_visitor(visit, tmp_path, width):
    with serving(build(tmp_path)) as url:
        tab = visit(base=url, width=width)
        tab.locator(".st-key-spend-notes").get_by_role("button").click()
        tab.get_by_label("Note", exact=True).fill("Load test of the new cluster")
        tab.get_by_label("Your name").first.fill("Ada")
        tab.get_by_role("button", name="Keep the note").click()
        tab.get_by_text("Load test of the new cluster – Ada").wait_for()
        settled(tab)
        next_visitor = visit(base=url, width=width)
        chart = next_visitor.locator(".st-key-spend-by-day-chart")
        chart.locator(".annotation-text", has_text="1").first.wait_for()

        assert "Oct 31: Load test of the new cluster – Ada" in next_visitor.inner_text(
            '[data-testid="stMain"]'
        )
        assert next_visitor.evaluate("document.documentElement.scrollWidth") <= width
