"""The Overview on the small estate, by hand.

A day of October: GPUs 960 + 480 + 480 + 576 + 144 + 96 + 144 = 2,880, managed 100, CPU 24, shared 100, unused
commitment 48, outside 30 = 3,182; the 7th has 8 more GPUs x 24 h x $20 = 3,840; the 15th a credit of 75.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest
from estate import build

from dashboard import format as fmt
from dashboard.cards import overview as cards
from dashboard.charts import overview as charts
from dashboard.headlines import overview as headlines
from dashboard.headlines.change import period_before
from data.filters import Filters
from data.home import snapshot_file
from data.query import overview
from data.query.trust import trust
from data.snapshot import open_latest

FIRST_DAY = date(2026, 9, 2)  # of the estate's data


def metric(app, label):
    return next(m for m in app.metric if m.label == label)


def test_the_total_of_the_period(cursor, october):
    total = overview.figures(cursor, october).iloc[0]

    assert total["spend"] == 30 * 3182 + 3840 - 75
    # idle: 480 of chat v3, 470.40 of v2, 345.60 of summarise, 28.80 of embed, 28.80 held by training, 480 unallocated
    assert total["idle_cost"] == pytest.approx(30 * 1833.6)
    assert total["requests_ok"] == 30 * 24 * (1000 + 1 + 600 + 5000) + 30 * 20_000
    assert total["coverage"] == pytest.approx(1 - 4320 / (30 * 2880 + 3840))


@pytest.mark.parametrize(
    ("narrowed", "share"),
    [
        ({"teams": ("none",)}, 0),  # i-blind alone belongs to nobody
        ({"teams": ("research",)}, 1),
        ({"models": ("none",)}, 1 - 4320 / (14_400 + 2 * 4320 + 3840)),  # free, training, blind and the spike
        ({"models": ("claude-proxy",)}, None),  # managed: no device to observe
    ],
)
def test_what_telemetry_saw_is_told_of_the_teams_and_models_chosen(cursor, october, narrowed, share):
    chosen = replace(october, **narrowed)
    told = [trust(cursor, chosen).observed_share, *overview.figures(cursor, chosen)["coverage"].iloc[:1]]

    assert [None if fmt.is_unknown(value) else value for value in told] == pytest.approx([share, share])


@pytest.fixture
def two_currencies(tmp_path):
    """The estate, and a small bill in euros that ends on Oct 21."""
    home = build(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""
            INSERT INTO ladder BY NAME
            SELECT DATE '2026-10-21' AS day, 'outside' AS rung, 'OVH' AS provider, 'EUR' AS billing_currency,
                7 AS effective_cost, 7 AS billed_cost;
            INSERT INTO invoice_total BY NAME
            SELECT 'L-euro' AS load_id, 'euro' AS source, DATE '2026-10-01' AS billing_period, DATE '2026-10-21' AS day,
                'OVH' AS provider, 'EUR' AS billing_currency, 1 AS lines;
            INSERT INTO source_state BY NAME
            SELECT 'euro' AS source, 'cost' AS grain, TIMESTAMP '2026-10-22' AS data_through;
        """)
    return open_latest(home).cursor()


def test_a_bill_that_charges_nothing_of_the_selection_does_not_shorten_its_reach(two_currencies, october):
    assert trust(two_currencies, october).last_day == date(2026, 10, 31)
    assert trust(two_currencies, replace(october, currency="EUR")).last_day == date(2026, 10, 21)
    assert trust(two_currencies, replace(october, providers=("GCP",))).last_day == date(2026, 10, 31)


def test_the_fleet_billed_in_dollars_is_not_busy_in_euros(two_currencies, october):
    total = overview.figures(two_currencies, replace(october, currency="EUR")).iloc[0]

    assert total["spend"] == 7
    assert fmt.is_unknown(total["utilisation"])


def test_the_days_sum_to_the_total(cursor, october):
    figures = overview.figures(cursor, october)

    assert len(figures) == 31
    for column in ("spend", "idle_cost", "requests_ok"):
        assert figures[column].iloc[1:].sum() == pytest.approx(figures[column].iloc[0])


def test_spend_by_rung_is_the_same_money(cursor, october):
    spend = overview.spend_by_rung(cursor, october)

    assert spend["cost"].sum() == overview.figures(cursor, october)["spend"].iloc[0]
    assert "unexplained" not in set(spend["rung"])  # 0: nothing to draw in a stack


@pytest.mark.parametrize(
    ("view", "factor"), [("effective", 1.0), ("billed", 1.0), ("contracted", 1.1), ("list", 1.25)]
)
def test_each_view_reads_its_own_column(cursor, october, view, factor):
    busy = overview.spend_by_rung(cursor, replace(october, view=view)).query("rung == 'serving_busy'")

    assert busy["cost"].sum() == pytest.approx(30 * 787.2 * factor)


def test_members_of_a_dimension_sum_to_the_whole(cursor, october):
    whole = overview.spend_by_rung(cursor, october).groupby("rung")["cost"].sum()
    teams = ["assist", "docs", "search", "research", "none"]
    parts = pd.concat([overview.spend_by_rung(cursor, replace(october, teams=(team,))) for team in teams])

    pd.testing.assert_series_equal(parts.groupby("rung")["cost"].sum(), whole)


def test_the_highest_day_is_the_spike_and_names_its_machine(cursor, october):
    top = overview.highest_day(cursor, october)

    assert (top.day, top.cost, top.median_cost) == (date(2026, 10, 7), 6939, 3099)
    assert list(top.drivers["kind"]) == ["p4d.24xlarge"]
    assert top.drivers.iloc[0]["excess"] == 3840
    assert top.drivers.iloc[0]["resource_id"] == "i-spike"
    assert headlines.highest(top, "USD") == (
        "Highest day of AI usage: Oct 7, $6,939, +$3,840 over the median day ($3,099). "
        "Most of it from p4d.24xlarge (+$3,840): i-spike in account 100000000012."
    )


def test_tax_does_not_make_a_day_the_highest(cursor, october):
    # usage is 3,182 without 30 outside, 48 unused and 5 support; the 1st has less of it, and 500 of tax
    window = replace(october, start=date(2026, 9, 20), end=date(2026, 10, 6))
    assert overview.highest_day(cursor, window).cost == 3099


def test_movers_are_the_difference_of_the_two_periods(cursor, october):
    movers = overview.movers(cursor, october)
    changes = {
        charts.mover_name(r, m): c
        for r, m, c in zip(movers["rung"], movers["model"], movers["change"], strict=True)
    }

    assert changes == {
        "summarise": 30 * 192,  # six GPUs instead of four
        "unallocated GPUs": 10 * 480,  # free since September 12
        "other GPU work": 3840,
        "tax": -500,
        "credit": -75,
        "refunds, corrections": 20,
    }
    now, before = (overview.figures(cursor, f)["spend"].iloc[0] for f in (october, october.previous()))
    assert movers["change"].sum() == pytest.approx(now - before)


def test_the_month_so_far_compares_the_same_days(cursor, october):
    month = overview.month_so_far(cursor, october, FIRST_DAY, date(2026, 10, 10))

    assert (month.month, month.compared, month.days) == (date(2026, 10, 1), date(2026, 9, 1), 10)
    # October 1 is still a day of four GPUs for summarise (-192) and carries tax 500 and a refund of 20
    assert float(month.so_far) == 10 * 3182 - 192 + 500 - 20 + 3840
    assert float(month.before) == 9 * (3182 - 192 - 480)  # September 2 to 10: the two free GPUs come later


SEPTEMBER = 29 * (3182 - 192) - 10 * 480  # the estate's 2 to 30 September; two GPUs come on the 12th
FIRST_THIRTY = 30 * 3182 - 192 + 500 - 20 + 3840 - 75  # of October


def test_a_whole_month_is_compared_with_the_whole_month_before(cursor, october):
    month = overview.month_so_far(cursor, october, FIRST_DAY, date(2026, 10, 31))

    assert (month.days, month.whole) == (31, True)
    assert float(month.so_far) == float(month.so_far_shared) == FIRST_THIRTY + 3182
    assert float(month.before) == SEPTEMBER

    card = cards.month(month, comparable=True, filters=october)
    assert (card.label, card.value) == ("October", "$103k")
    assert card.delta == fmt.relative_change(FIRST_THIRTY + 3182, SEPTEMBER)
    assert "compared with the whole of September" in card.help


def test_a_month_without_its_last_day_is_compared_by_the_days_of_both(cursor, october):
    month = overview.month_so_far(cursor, october, FIRST_DAY, date(2026, 10, 30))

    assert (month.days, month.whole, month.shared_days) == (30, False, 30)
    assert (float(month.so_far_shared), float(month.before)) == (FIRST_THIRTY, SEPTEMBER)
    card = cards.month(month, comparable=True, filters=october)
    assert card.label == "October so far"
    assert "the first 30 days of October with the same of September" in card.help


def test_movers_of_a_months_first_days_are_against_the_same_days_alone(cursor):
    # October 1 to 10 against September 1 to 10, without the twenty days between
    first_days = Filters(date(2026, 10, 1), date(2026, 10, 11), calendar=True)
    movers = overview.movers(cursor, first_days)
    now, before = (overview.figures(cursor, f)["spend"].iloc[0] for f in (first_days, first_days.previous()))

    assert before == 9 * (3182 - 192 - 480)
    assert movers["change"].sum() == pytest.approx(now - before)


@pytest.mark.parametrize(
    ("start", "end", "calendar", "said"),
    [
        (date(2026, 10, 2), date(2026, 11, 1), False, "the 30 days before"),
        (date(2026, 10, 31), date(2026, 11, 1), False, "the day before"),
        (date(2026, 10, 1), date(2026, 11, 1), True, "September"),
        (date(2026, 10, 1), date(2026, 10, 11), True, "the same days of September"),
        (date(2027, 1, 1), date(2027, 1, 11), True, "the same days of December 2026"),
        (date(2026, 3, 1), date(2026, 3, 31), True, "all of February"),
    ],
)
def test_the_period_before_has_a_name(start, end, calendar, said):
    assert period_before(Filters(start, end, calendar=calendar)) == said


def test_a_change_on_the_month_before_says_so():
    now, before = pd.Series({"spend": 1_041_394.45}), pd.Series({"spend": 995_230.33})
    month = Filters(date(2026, 10, 1), date(2026, 11, 1), calendar=True)
    none = pd.DataFrame(columns=["cause", "amount"])

    assert headlines.spend(now, before, none, month) == (
        "Spend was $1.04M in Oct 1 – Oct 31, 2026, up $46.2k (+4.6 %) on September."
    )


def test_an_empty_period_is_empty(cursor, october):
    nothing = replace(october, start=date(2020, 1, 1), end=date(2020, 2, 1))

    assert overview.figures(cursor, nothing).empty
    assert overview.highest_day(cursor, nothing) is None


def test_the_page_says_it(open_page):
    app = open_page("overview")

    assert app.subheader[0].value == (
        r"Spend was \$99.2k in Oct 2 – Oct 31, 2026, up \$13.8k (+16.2 %): "
        r"utilisation +\$5,760, unallocated GPUs +\$4,800, other GPU work +\$3,840. "
        r"Oct 3 – Oct 8 cost \$4,992 more than usual, most of it on Oct 7."
    )
    assert metric(app, "Spend").value == r"\$99.2k"
    assert metric(app, "Idle, any length").value == r"\$55.0k"
    assert metric(app, "Cost per inference").value == r"\$0.0124"  # 66,360 of counted models ÷ 5,352,720
    assert metric(app, "GPU cost observed").value == "95.2 %"
    assert any(
        r"Highest day of AI usage: Oct 7, \$6,939, +\$3,840 over the median day" in m.value
        for m in app.markdown
    )


@pytest.mark.parametrize(("last", "said"), [("2026-10-08", False), ("2026-10-09", True)])
def test_no_day_is_the_highest_of_one_or_two(open_page, last, said):
    app = open_page("overview", period="Custom range", range=["2026-10-07", last])

    assert any("Highest day" in element.value for element in app.markdown) is said


def test_without_an_earlier_period_nothing_is_compared(open_page):
    app = open_page("overview", period="Last 90 days")

    assert "no earlier period to compare with" in app.subheader[0].value
    assert metric(app, "Spend").delta in ("", None)


def test_a_filter_that_matches_nothing_says_which(open_page):
    app = open_page("overview", provider=["GCP"], team=["docs"])

    assert "provider = GCP and team = docs" in app.info[0].value


def test_unobserved_is_hatched_and_bars_hang_below_zero_for_credits(cursor, october):
    figure = charts.spend_stack(overview.spend_by_rung(cursor, october), "USD", date(2026, 10, 7))
    bars = {bar.name.rpartition(" ")[0]: bar for bar in figure.data}

    assert bars["unobserved GPUs"].marker.pattern.shape == "/"
    assert bars["serving, idle"].marker.pattern.shape is None
    assert bars["credit"].y.tolist() == [-75.0]
    assert list(bars)[:3] == ["serving, busy", "managed inference", "serving on CPU"]
    assert "credit −$75.00" in {bar.name for bar in figure.data}
    assert isinstance(bars["serving, busy"].y, np.ndarray)
    assert figure.layout.annotations[0].text == "Oct 7: highest"


def test_dearer_movers_are_red_and_cheaper_green(cursor, october):
    figure = charts.movers_bar(overview.movers(cursor, october), "USD")

    assert list(figure.data[0].y)[-1] == "summarise"  # largest on top
    assert figure.data[0].marker.color[-1] == charts.theme.BAD
    assert figure.data[0].text[-1] == "+$5,760"
    assert charts.theme.GOOD in figure.data[0].marker.color


def test_a_change_is_coloured_by_what_is_good_and_its_trend_by_nothing(open_page):
    spend = metric(open_page("overview"), "Spend")

    assert spend.delta == ":red[↑ +16.2 %]"
    assert spend.proto.color == spend.proto.MetricColor.GRAY  # the trend takes this one
