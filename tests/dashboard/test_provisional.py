"""Days that bills still change, and a month made comparable, on the small estate (through October 31)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pytest
from estate import build

from dashboard.cards import overview as cards
from dashboard.charts import overview as charts
from dashboard.headlines import overview as headlines
from data.filters import Filters
from data.home import snapshot_file
from data.query import overview
from data.query.provisional import provisional_since
from data.query.trust import trust
from data.snapshot import open_latest

FIRST_DAY = date(2026, 9, 2)  # of the estate's data


@pytest.fixture
def since(tmp_path, october):
    """since("UPDATE …", providers=("GCP",)): the first provisional day after that change to the estate."""

    def since(change: str = "", **narrowed) -> date | None:
        home = build(tmp_path)
        with duckdb.connect(str(snapshot_file(home, 1))) as con:
            con.execute(change or "SELECT 1")
        return provisional_since(open_latest(home).cursor(), replace(october, **narrowed))

    return since


GCP_ENDS = "UPDATE source_state SET data_through = '{}' WHERE source = 'demo-gcp'; "
GCP_BILLS = """INSERT INTO invoice_total BY NAME SELECT 'L-gcp-10' AS load_id, 'demo-gcp' AS source,
    DATE '2026-10-01' AS billing_period, DATE '2026-10-05' AS day, 'GCP' AS provider,
    'inference-prod' AS sub_account_id, 'USD' AS billing_currency, 1 AS lines"""


def test_the_last_two_days_are_provisional(since):
    assert since() == date(2026, 10, 30)


def test_a_bill_that_ends_before_the_others_holds_them_back(since):
    change = GCP_ENDS.format("2026-10-29") + GCP_BILLS

    assert since(change) == date(2026, 10, 27)  # GCP's last two days are the 27th and 28th
    assert since(change, accounts=("100000000011",)) == date(2026, 10, 30)  # of it GCP bills nothing


def test_a_bill_that_ended_a_week_before_has_ended_for_good(since):
    assert since(GCP_ENDS.format("2026-10-25") + GCP_BILLS) == date(2026, 10, 30)


def test_a_tax_dated_ahead_makes_no_used_day_final(since):
    ahead = """INSERT INTO ladder BY NAME
        SELECT DATE '2026-12-01' AS day, 'tax' AS rung, 'USD' AS billing_currency, 1 AS effective_cost"""

    assert since(ahead) == date(2026, 10, 30)


def test_without_charges_no_day_is_provisional(since):
    assert since(currency="EUR") is None


def test_the_chip_and_the_scope_line_say_so(open_page):
    app = open_page("overview")

    assert any("data through Oct 31, provisional since Oct 30" in m.value for m in app.markdown)
    assert any(
        "Oct 30 – Oct 31 provisional: bills usually still change the last two days" in c.value
        for c in app.caption
    )


def test_a_period_before_is_final(cursor, open_page):
    earlier = Filters(date(2026, 10, 1), date(2026, 10, 30))

    assert headlines.provisional(trust(cursor, earlier).provisional_since, earlier) == ""
    app = open_page("overview", period="Custom range", range=["2026-10-01", "2026-10-29"])
    assert not any("provisional" in element.value for element in (*app.markdown, *app.caption))


def test_of_one_provisional_day_only_that_one_is_named():
    last = Filters(date(2026, 10, 31), date(2026, 11, 1))

    assert headlines.provisional(date(2026, 10, 30), last).startswith("Oct 31 provisional")


def test_provisional_days_are_faded_under_their_name(cursor, october):
    spend = overview.spend_by_rung(cursor, october)
    figure = charts.spend_stack(spend, "USD", None, date(2026, 10, 30))
    managed = next(bar for bar in figure.data if bar.name.startswith("managed"))

    assert list(managed.marker.opacity) == [1.0] * 28 + [charts.FADED] * 2
    assert figure.layout.annotations[-1].text == "provisional"
    final = charts.spend_stack(spend, "USD", None, date(2026, 11, 5))
    assert not final.layout.annotations
    assert not final.layout.shapes


@pytest.mark.parametrize(
    ("spend", "days", "comes_to"), [(2800.0, 28, 3043.75), (3100.0, 31, 3043.75), (None, 28, None)]
)
def test_100_a_day_is_the_same_month_in_february_and_in_march(spend, days, comes_to):
    assert overview.normalised_month(spend, days) == comes_to


def test_a_normalised_month_is_compared_by_days(cursor, october):
    month = overview.month_so_far(cursor, october, FIRST_DAY, date(2026, 10, 31))
    card = cards.normalised(month, comparable=True, filters=october)

    assert month.normalised == pytest.approx(float(month.so_far) / 31 * 30.4375)
    assert month.normalised_before == pytest.approx(float(month.before) / 30 * 30.4375)
    assert card.label == "October, normalised"
    assert card.delta == "+21.3 %"  # 102,695 ÷ 31 = 3,312.74 a day against 81,910 ÷ 30 = 2,730.33
    assert card.value == "$101k"


def test_a_part_of_a_month_is_not_compared_twice(cursor, october):
    month = overview.month_so_far(cursor, october, FIRST_DAY, date(2026, 10, 10))

    assert month.normalised == pytest.approx(float(month.so_far) / 10 * 30.4375)
    assert cards.normalised(month, comparable=True, filters=october).delta is None
