"""Unexpected days of the small estate, by hand.

Usage is a day's 3,182 without 30 outside and 5 support: 3,147 from October 2 on; 192 less before (two GPUs of
summarise fewer), and 480 less before September 12 (two free GPUs). Wednesdays before October 7: 2,475, 2,475, 2,955,
2,955, 2,955.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dashboard.charts import overview as charts
from dashboard.headlines import anomalies as headlines
from data.filters import Filters
from data.query import overview
from data.query.anomalies import anomalies

SPIKE = Filters(date(2026, 10, 7), date(2026, 10, 8))


def told(found, dimension):
    return found[found["dimension"] == dimension].iloc[0]


def test_the_spike_against_the_wednesdays_before(cursor):
    found = anomalies(cursor, SPIKE).found
    total, kind = told(found, "total"), told(found, "account and kind")

    assert (total["cost"], total["expected"], total["unexpected"]) == (6987, 2955, 4032)
    # the deviation of five such Wednesdays is 0, so 5 % of 2,955 makes the score 3.5
    assert total["score"] == pytest.approx(4032 / (0.05 * 2955 / 3.5))
    assert (kind["account"], kind["kind"], kind["unexpected"]) == ("100000000012", "p4d.24xlarge", 3840)
    assert told(found, "rung")["rung"] == "other_gpu"
    assert "model" not in set(found.loc[found["unexpected"] > 200, "dimension"])  # nobody's model


def test_largest_first_whole_period(cursor, october):
    found = anomalies(cursor, october).found

    assert list(found["unexpected"].abs()) == sorted(found["unexpected"].abs(), reverse=True)
    total = told(found, "total")
    # the 3rd to the 6th and the 8th are 192 above, the 7th 4,032; on Fridays the weeks before differ too much
    assert (total["first_day"], total["last_day"]) == (date(2026, 10, 3), date(2026, 10, 8))
    assert (total["unexpected"], total["peak_day"]) == (5 * 192 + 4032, date(2026, 10, 7))


def test_the_resource_is_the_dearest_newcomer(changed):
    parts = """INSERT INTO part BY NAME SELECT source, load_id, line_id, CAST(charge_period_start AS DATE) AS day,
        'other_gpu' AS rung, provider, sub_account_id, billing_currency, effective_cost, billed_cost
        FROM cost WHERE resource_id IS NOT NULL"""
    total = told(anomalies(changed(parts), SPIKE).found, "total")

    assert (total["resource_id"], total["resources"], total["resource_kind"]) == (
        "i-spike",
        1,
        "p4d.24xlarge",
    )


def test_without_parts_nobody_is_suspected(cursor):
    assert told(anomalies(cursor, SPIKE).found, "total")["resource_id"] is None


@pytest.mark.parametrize("rung", ["tax", "credit", "refund_correction", "timing", "outside", "unexplained"])
def test_what_is_charged_once_surprises_nobody(changed, october, rung):
    charge = f"""INSERT INTO ladder BY NAME SELECT DATE '2026-10-20' AS day, '{rung}' AS rung, 'AWS' AS provider,
        'USD' AS billing_currency, 90000 AS effective_cost, 90000 AS billed_cost"""
    found = anomalies(changed(charge), october).found

    assert told(found, "total")["unexpected"] == 4992
    assert not (found["unexpected"].abs() > 9000).any()


def test_nor_does_a_month_of_support_or_a_line_of_a_month(changed, october):
    charges = """
        INSERT INTO ladder BY NAME SELECT DATE '2026-10-20' AS day, 'shared' AS rung, component, 'AWS' AS provider,
            'USD' AS billing_currency, 90000 AS effective_cost, 90000 AS billed_cost
        FROM (VALUES ('support'), ('storage')) AS t(component);
        INSERT INTO part BY NAME SELECT 'L' AS load_id, 1 AS line_id, DATE '2026-10-20' AS day, 'shared' AS rung,
            'storage' AS component, 'AWS' AS provider, 'USD' AS billing_currency, 90000 AS effective_cost;
        INSERT INTO cost BY NAME SELECT 'L' AS load_id, 1 AS line_id, TIMESTAMP '2026-10-20' AS charge_period_start,
            TIMESTAMP '2026-11-20' AS charge_period_end, 'USD' AS billing_currency, 90000 AS effective_cost"""
    found = anomalies(changed(charges), october).found

    assert not (found["unexpected"].abs() > 9000).any()


def test_the_fee_of_a_commitment_is_none_in_the_billed_view(changed, october):
    fee = """INSERT INTO ladder BY NAME SELECT DATE '2026-10-20' AS day, 'commitment_unused' AS rung, 'AWS' AS provider,
        'USD' AS billing_currency, 0 AS effective_cost, 90000 AS billed_cost"""
    found = anomalies(changed(fee), replace(october, view="billed")).found

    assert "commitment_unused" not in set(found["rung"])
    assert not (found["unexpected"].abs() > 9000).any()


def test_a_cent_more_surprises_nobody(changed):
    cent = """UPDATE ladder SET effective_cost = effective_cost + 0.01
        WHERE day = DATE '2026-10-28' AND model = 'claude-proxy'"""
    quiet = Filters(date(2026, 10, 28), date(2026, 10, 29))

    assert "claude-proxy" not in set(anomalies(changed(cent), quiet).found["model"])


def test_provisional_days_are_not_judged(changed, october):
    half = "DELETE FROM ladder WHERE day >= '2026-10-30' AND rung <> 'managed'"
    answer = anomalies(changed(half), october)

    assert (answer.days, answer.judged, answer.provisional) == (30, 28, 2)
    assert max(answer.found["last_day"]) < date(2026, 10, 30)


DAMAGED = """INSERT INTO unusable_effective BY NAME SELECT load_id, provider, billing_account_id,
    billing_currency FROM invoice_total WHERE day = '2026-09-20' AND provider = 'AWS' LIMIT 1"""


def test_days_before_without_a_usable_effective_cost_judge_nobody(changed, october):
    cursor = changed(DAMAGED)
    late = replace(october, start=date(2026, 10, 20))
    answer = anomalies(cursor, late)

    assert (len(answer.found), answer.judged) == (0, 0)
    assert headlines.found(answer, "USD") == (
        "No day can be judged: in these days or the 8 weeks before, effective cost is unusable in demo-aws (AWS). "
        "The billed view can."
    )
    assert anomalies(cursor, replace(late, view="billed")).judged == 10


def test_without_four_weeks_before_nothing_is_told(cursor):
    september = Filters(date(2026, 9, 2), date(2026, 9, 30))
    answer = anomalies(cursor, september)

    assert (answer.judged, len(answer.found)) == (0, 0)
    assert headlines.found(answer, "USD").startswith("Not enough history")
    assert "28 days with too little history" in headlines.rule(answer, "USD")
    assert (
        anomalies(cursor, replace(september, end=date(2026, 10, 1))).judged == 1
    )  # the 30th has four Wednesdays


def test_of_nothing_there_is_no_history(cursor, october):
    answer = anomalies(cursor, replace(october, currency="EUR"))

    assert headlines.found(answer, "EUR").startswith("Not enough history")
    assert headlines.surprise(answer, "EUR") == ""


def test_a_quiet_period_says_so(cursor):
    quiet = anomalies(cursor, Filters(date(2026, 10, 20), date(2026, 10, 23), models=("embed-search",)))

    assert headlines.found(quiet, "USD") == "No unexpected day among the 3 judged."


def test_a_model_filter_leaves_the_billing_lines_out(cursor, october):
    found = anomalies(cursor, replace(october, models=("summarise",))).found

    assert set(found["dimension"]) <= {"total", "rung", "model"}
    assert told(found, "model")["first_day"] == date(2026, 10, 2)


def test_it_reads_aloud(cursor, october):
    spike, month = anomalies(cursor, SPIKE), anomalies(cursor, october)

    assert headlines.surprise(spike, "USD") == "Oct 7 cost $4,032 more than a usual Wednesday."
    assert headlines.surprise(month, "USD") == (
        "Oct 3 – Oct 8 cost $4,992 more than usual, most of it on Oct 7."
    )
    assert headlines.surprise(anomalies(cursor, Filters(date(2026, 10, 3), date(2026, 10, 4))), "USD") == ""


def test_the_day_is_marked_in_the_chart(cursor, october):
    marks = headlines.marks(anomalies(cursor, october), "USD")
    figure = charts.spend_stack(
        overview.spend_by_rung(cursor, october), "USD", date(2026, 10, 7), None, marks
    )

    assert marks[date(2026, 10, 7)] == "all usage +$4,992 over 6 days"
    assert "all usage +$4,992 over 6 days" in figure.data[-1].text
    assert figure.data[-1].name == "unexpected"


def test_the_page_tells_them(open_page):
    app = open_page("overview", period="Custom range", range=["2026-10-07"])

    assert any(s.value == "Anomalies" for s in app.subheader)
    assert any(r"Oct 7 cost \$4,032 more than a usual Wednesday." in m.value for m in app.markdown)
