"""In a real browser: a link that somebody kept shows the number that it was sent for, and says that there is more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from served import serving, settled
from small_store import line, load_lines

from data.model.settings import ModelSettings
from data.warehouse import Warehouse

DAY = datetime(2026, 10, 5)


def invoiced(home, dollars):
    """A snapshot in which each of three days cost so much."""
    with Warehouse.open(home) as wh:
        load_lines(wh, [line(DAY + timedelta(days=d), 24, cost=dollars) for d in range(3)])
        wh.publish(ModelSettings())


def spend(tab):
    card = tab.locator('[data-testid="stMetric"]', has_text="Spend").first
    return card.locator('[data-testid="stMetricValue"]').inner_text()


@pytest.fixture
def store(tmp_path):
    invoiced(tmp_path / "store", "10.01")
    return tmp_path / "store"


def test_an_old_link_shows_the_old_number_after_the_invoice_was_restated(visit, store):
    with serving(store) as url:
        link = visit(base=url).url
        invoiced(store, "12.34")
        old, new = visit(link.removeprefix(f"{url}/"), base=url), visit(base=url)

        assert "snapshot=1" in link
        assert (spend(old), spend(new)) == ("$30.03", "$37.02")
        assert "Newer data exists: snapshot 2" in old.inner_text('[data-testid="stMain"]')
        old.get_by_role("button", name="Show the newest").click()
        old.wait_for_url("**snapshot=2**")
        settled(old)
        assert spend(old) == "$37.02"
