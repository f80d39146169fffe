"""The Data page on the small estate: what adds up, what went unseen, what was restated, what was left unused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from dashboard.charts import provenance as charts
from dashboard.headlines import provenance as headlines
from dashboard.tables import provenance as tables
from data.filters import Filters
from data.query import provenance
from data.query.trust import trust


def texts(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.subheader])


def test_the_ladder_sums_to_the_invoice_of_each_month(cursor, october):
    rows = provenance.reconciliation(cursor, october)

    assert len(rows) == 4  # two months of two providers
    assert rows["unexplained"].tolist() == [0, 0, 0, 0]
    assert rows["ladder"].tolist() == rows["invoice_total"].tolist()
    # October: 30 days of 3,182 and the 1st with 2,990, spike, credit, tax, refund
    assert (
        rows.loc[rows["billing_period"] == "2026-10-01", "ladder"].sum()
        == 30 * 3182 + 2990 + 3840 - 75 + 500 - 20
    )


def test_trust_is_exact_and_unknown_where_a_bill_cannot_follow(cursor, october):
    assert trust(cursor, october).unexplained == Decimal(0)
    assert trust(cursor, replace(october, providers=("AWS",))).unexplained == Decimal(0)
    assert trust(cursor, replace(october, teams=("docs",))).unexplained is None
    assert trust(cursor, replace(october, models=("summarise",))).unexplained is None


def test_days_that_are_off_do_not_cancel_out(changed, october):
    cursor = changed("""INSERT INTO ladder BY NAME
        SELECT DATE '2026-10-01' AS billing_period, day, 'unexplained' AS rung, 'AWS' AS provider,
            'USD' AS billing_currency, '100000000001' AS billing_account_id, '100000000011' AS sub_account_id,
            amount AS effective_cost,
            amount AS billed_cost
        FROM (VALUES (DATE '2026-10-06', 5), (DATE '2026-10-07', -5)) t(day, amount)""")

    said = trust(cursor, october)
    assert said.unexplained == Decimal(10)
    assert headlines.evidence(said, 0, october).startswith("$10.00 of the invoice is unexplained")
    assert provenance.reconciliation(cursor, october)["unexplained"].sum() == 10


def test_a_blind_machine_paid_in_euro_is_no_dollars(changed, october):
    cursor = changed("UPDATE gpu_hour SET billing_currency = 'EUR' WHERE resource_id = 'i-blind'")

    assert provenance.unobserved_nodes(cursor, october).empty
    euro = provenance.unobserved_nodes(cursor, replace(october, currency="EUR"))
    assert euro["unobserved_cost"].tolist() == [30 * 144]


def test_the_blind_machine_is_listed(cursor, october):
    rows = provenance.unobserved_nodes(cursor, october)

    assert rows["resource_id"].tolist() == ["i-blind"]
    assert rows.iloc[0]["unobserved_cost"] == 30 * 144
    assert rows.iloc[0]["unobserved_gpu_hours"] == 4 * 24 * 30
    assert pd.isna(rows.iloc[0]["last_seen"])


def test_a_restated_month_shows_rows_and_money(cursor, october):
    rows = provenance.restatements(cursor, october)

    assert len(rows) == 1
    assert rows.iloc[0]["billed_change"] == 120
    assert rows.iloc[0]["lines_change"] == rows.iloc[0]["lines_after"] - 521


def test_a_fifth_of_the_savings_plan_is_unused(cursor, october):
    plan = provenance.commitments(cursor, october).iloc[0]

    assert (plan["used"], plan["unused"], plan["committed"]) == (30 * 192, 30 * 48, 30 * 240)
    assert plan["unused_share"] == pytest.approx(0.2)


def test_a_commitment_whose_fees_fit_no_use_is_not_called_unused():
    row = {
        "type": "Committed use discount",
        "commitment": "01A/Commitment v1: Ram in Iowa for 1 Year",
        "unused": 0.0,
    }
    row |= {"used": 0.0, "unknown": 12.5, "committed": 12.5, "unused_share": None}

    assert headlines.commitment(pd.DataFrame([row]), "USD") == (
        "The use of Committed use discount Commitment v1: Ram…or 1 Year is unknown: $12.50 of fees fit none."
    )


def test_a_reject_names_file_line_and_reason(cursor):
    row = provenance.rejects(cursor).iloc[0]

    assert row["file"] == "s3://exports/cur/data/2026-10/part-00001.parquet"
    assert (row["line_no"], row["reason"]) == (17, 'UnblendedCost is not a number: "n/a"')


def test_unexplained_is_always_drawn(cursor, october):
    figure = charts.ladder_waterfall(
        charts.ladder_rows(provenance.ladder(cursor, october), reconcilable=True), "USD", "invoice"
    )
    bars = figure.data[0]

    assert list(bars.y)[-2:] == ["unexplained", "invoice"]
    assert list(bars.customdata)[-2:] == ["$0.00", "$99.2k"]
    # each step starts where the one before ended
    for (start, step), following in zip(
        zip(bars.base[:-2], bars.x[:-2], strict=True), bars.base[1:-1], strict=True
    ):
        assert start + step == pytest.approx(following)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("effective", "invoice"),
        ("billed", "invoice"),
        ("contracted", "Σ contracted cost"),
        ("list", "Σ list cost"),
    ],
)
def test_only_what_was_charged_is_called_the_invoice(open_page, view, said):
    app = open_page("data", view=view)
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    ladder = next(chart["data"][0] for chart in charts if "unexplained" in chart["data"][0]["y"])

    assert ladder["y"][-1] == said
    assert f"Unexplained = {said}, computed" in texts(app)
    column = tables.reconciliation(Filters(date(2026, 10, 2), date(2026, 11, 1), view=view))["invoice_total"]
    assert column["label"] == ("invoice total (USD)" if said == "invoice" else f"{said} (USD)")


def test_unexplained_money_is_drawn_to_the_cent():
    ladder = pd.DataFrame({"rung": ["serving_busy", "unexplained"], "cost": [100.0, 3.5]})
    figure = charts.ladder_waterfall(charts.ladder_rows(ladder, reconcilable=True), "USD", "invoice")

    assert list(figure.data[0].customdata) == ["$100", "$3.50", "$104"]


def test_under_a_team_filter_unexplained_is_a_dash(cursor, october):
    filters = replace(october, teams=("docs",))
    rows = charts.ladder_rows(provenance.ladder(cursor, filters), filters.reconcilable)

    assert rows["rung"].iloc[-1] == "unexplained"
    assert list(charts.ladder_waterfall(rows, "USD", "invoice").data[0].customdata)[-2] == "–"


def test_the_page_says_it(open_page):
    app = open_page("data")
    said = texts(app)

    assert (
        app.subheader[0].value
        == "Every dollar is explained; telemetry observed 95.2 % of GPU cost; 1 machine goes unseen."
    )
    assert r"20.0 % of SavingsPlan sp-1 went unused: \$1,440.00 of \$7,200.00" in said
    assert r"October 2026 was restated by demo-aws: +40 lines, +\$120.00 billed" in said


def test_the_failed_source_shows_its_message(open_page):
    tables = [frame.value for frame in open_page("data").dataframe]
    sources = next(table for table in tables if "last_status" in table)

    failed = sources.set_index("source").loc["requests"]
    assert failed["last_status"] == "failed"
    assert "column 'model' is missing" in failed["last_message"]
