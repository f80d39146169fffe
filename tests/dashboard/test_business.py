"""Cost per business output on the small estate: chat-large costs $1,440 a day ($960 of v3, $480 of v2), everything on
the allocated basis $2,236."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from estate import build
from hypothesis import given, settings
from hypothesis import strategies as st
from visitor import visit

from dashboard import figures
from dashboard.charts import business as charts
from dashboard.headlines import business as headlines
from dashboard.tables import business as tables
from data.filters import Filters
from data.home import snapshot_file
from data.query import business_output as question
from data.query import unit_cost
from data.query.lineage import trace
from data.snapshot import open_latest

START = date(2026, 9, 2)  # the estate's first day


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """counted([(day, output, outputs, team, model)]): a cursor on the small estate with these counts."""
    home = build(tmp_path)
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))

    def counted(rows, statement="SELECT 1"):
        with duckdb.connect(str(snapshot_file(home, 1))) as con:
            con.execute(
                "INSERT INTO file BY NAME SELECT 'L-b/1' AS file_id, 'L-b' AS load_id, 'helpdesk' AS source, "
                "'counts.csv' AS uri"
            )
            for line, row in enumerate(rows, 1):
                con.execute(
                    "INSERT INTO business_output VALUES ('helpdesk', 'L-b', 'L-b/1', ?, ?, ?, ?, ?, ?)",
                    [line, *row],
                )
            con.execute(statement)
        return open_latest(home).cursor()

    return counted


def contacts(days, per_day=1000, start=date(2026, 10, 2)):
    return [(start + timedelta(days=n), "resolved contact", per_day, "assist", "chat-large") for n in days]


def said(app) -> str:
    return "\n".join(e.value.replace("\\", "") for e in [*app.markdown, *app.caption])


def test_one_output_costs_its_model_s_cost(counted, october):
    """27 of 30 days have counts: 27 × $1,440 ÷ 27,000."""
    cursor = counted(contacts([n for n in range(30) if n not in (4, 5, 20)]))
    (row,) = question.costs(cursor, october).to_dict("records")

    assert (row["output"], row["outputs"], row["days"]) == ("resolved contact", 27_000, 27)
    assert row["cost"] == pytest.approx(27 * 1440)
    assert row["cost_per_output"] == pytest.approx(1.44)


def test_a_day_without_counts_is_unknown_and_a_count_of_0_is_0(counted, october):
    cursor = counted([*contacts([0]), (date(2026, 10, 3), "resolved contact", 0, "assist", "chat-large")])
    (row,) = question.costs(cursor, october).to_dict("records")
    days = question.days(cursor, october)

    assert (row["outputs"], row["days"]) == (1000, 2)
    assert row["cost"] == pytest.approx(2 * 1440)  # what nobody got still cost
    assert len(days) == 30
    assert days["outputs"].tolist()[:3] == [1000, 0, pytest.approx(float("nan"), nan_ok=True)]
    assert days["cost_per_output"].notna().tolist() == [True] + [False] * 29


def test_an_output_of_nobody_in_particular_costs_everything(counted, october):
    cursor = counted([(date(2026, 10, 2), "order", 100, None, None)])
    everything = unit_cost.costs(cursor, replace(october, end=date(2026, 10, 3)), "total")["cost"].iloc[0]

    assert question.costs(cursor, october)["cost"].tolist() == [pytest.approx(everything)]
    assert question.left_out(cursor, october) == ()
    assert everything == pytest.approx(2236)


def test_two_counts_of_one_day_are_added_and_their_cost_counts_once(counted, october):
    """chat-large by team and by model: one model, told twice, costs once."""
    day = date(2026, 10, 2)
    cursor = counted([(day, "contact", 60, "assist", None), (day, "contact", 40, None, "chat-large")])
    (row,) = question.costs(cursor, october).to_dict("records")
    team = unit_cost.costs(cursor, replace(october, end=date(2026, 10, 3), teams=("assist",)), "total")[
        "cost"
    ].iloc[0]

    assert (row["outputs"], row["cost"]) == (100, pytest.approx(team))


@pytest.mark.parametrize("basis", ["busy", "allocated", "fully loaded"])
def test_the_cost_is_that_of_the_page(counted, october, basis):
    cursor = counted(contacts(range(30)))
    asked = replace(october, basis=basis)
    page = unit_cost.costs(cursor, replace(asked, models=("chat-large",)), "total")["cost"].iloc[0]

    assert question.costs(cursor, asked)["cost"].tolist() == [pytest.approx(page)]


def test_the_filters_choose_counts_and_cost(counted, october):
    day = date(2026, 10, 2)
    cursor = counted(
        [(day, "contact", 50, "assist", "chat-large"), (day, "document", 10, "docs", "summarise")]
    )

    assert question.costs(cursor, replace(october, models=("summarise",)))["output"].tolist() == ["document"]
    assert question.costs(cursor, replace(october, teams=("assist",)))["output"].tolist() == ["contact"]
    assert question.costs(cursor, replace(october, models=("rank-cpu",))).empty


def test_a_day_before_all_cost_is_in_no_sum(counted):
    cursor = counted(
        [(START - timedelta(days=1), "contact", 500, None, "chat-large"), *contacts([0], start=START)]
    )
    asked = Filters(START - timedelta(days=1), START + timedelta(days=1))

    assert question.costs(cursor, asked)[["outputs", "days"]].values.tolist() == [[1000, 1]]


def test_an_independent_computation_says_the_same(counted, october):
    """In pandas, from the rows of unit_cost and the counts themselves."""
    rows = [
        *contacts(range(0, 30, 2), per_day=700),
        *((date(2026, 10, 2) + timedelta(days=n), "document", 30 + n, "docs", None) for n in range(25)),
    ]
    cursor = counted(rows)
    spent = cursor.execute("FROM unit_cost").df()
    spent = spent[(spent["day"] >= "2026-10-02") & (spent["billing_currency"] == "USD")]
    parts = ["busy_cost", "idle_cost", "cpu_cost", "managed_cost"]
    spent = spent.assign(cost=spent[parts].astype(float).sum(axis=1))
    told = pd.DataFrame(rows, columns=["day", "output", "outputs", "team", "model"]).assign(
        day=lambda f: pd.to_datetime(f["day"])
    )

    found = question.costs(cursor, october).set_index("output")
    for output, column, chosen in (("resolved contact", "model", "chat-large"), ("document", "team", "docs")):
        counts = told[told["output"] == output]
        cost = spent[(spent[column] == chosen) & spent["day"].isin(counts["day"])]["cost"].sum()
        assert found.loc[output, "cost"] == pytest.approx(cost)
        assert found.loc[output, "cost_per_output"] == pytest.approx(cost / counts["outputs"].sum())


@settings(max_examples=15, deadline=None)
@given(
    days=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 5000)), min_size=1, unique_by=lambda t: t[0])
)
def test_days_sum_to_the_period(tmp_path_factory, days):
    home = build(tmp_path_factory.mktemp("estate"))
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        for n, outputs in days:
            con.execute(
                "INSERT INTO business_output VALUES ('b', 'L', 'L/1', 1, ?, 'contact', ?, NULL, NULL)",
                [START + timedelta(days=n), outputs],
            )
    cursor = open_latest(home).cursor()
    asked = Filters(START, date(2026, 11, 1))
    (whole,) = question.costs(cursor, asked).to_dict("records")
    each = question.days(cursor, asked)

    assert whole["days"] == len(days)
    assert each["outputs"].sum() == whole["outputs"] == sum(outputs for _, outputs in days)
    assert each["cost"].sum() == pytest.approx(whole["cost"])


def test_the_sentence_says_how_many_days_were_counted(counted, october):
    """$1.44 and before 1,200 contacts a day, $1.20: 20 % more."""
    cursor = counted([*contacts(range(27)), *contacts(range(30), per_day=1200, start=START)])
    now, before = (question.costs(cursor, f) for f in (october, october.previous()))

    assert headlines.outputs(now, before, october) == [
        "One resolved contact costs $1.44, 20.0 % more than in the 30 days before; counts for 27 of 30 days, 27,000 "
        "in all."
    ]
    assert tables.rows(now, before)["change"].tolist() == [pytest.approx(0.2)]
    assert tables.rows(now, None)["change"].isna().all()
    assert headlines.outputs(now, None, october)[0].startswith("One resolved contact costs $1.44; counts")


def test_requests_that_a_bill_in_euros_did_not_charge_for_are_no_cost_left_out(counted, october):
    costs = ("busy_cost", "idle_cost", "cpu_cost", "managed_cost", "unallocated_share", "commitment_share")
    shared = tuple(f"shared_{part}" for part in ("compute", "storage", "network", "orchestration", "support"))
    none = ", ".join(f"{cost} = NULL" for cost in costs + shared)
    cursor = counted(
        contacts([0]), f"UPDATE unit_cost SET billing_currency = 'EUR', {none} WHERE version = 'v2'"
    )

    assert question.left_out(cursor, october) == ()


def test_cost_in_another_currency_is_not_silently_left_out(counted, october):
    """v2 is billed in euros: the ratio holds v3's $960 alone, and the page says so."""
    euros = "UPDATE unit_cost SET billing_currency = 'EUR' WHERE model = 'chat-large' AND version = 'v2'"
    cursor = counted(contacts([0]), euros)

    assert question.costs(cursor, october)["cost"].tolist() == [pytest.approx(960)]
    assert question.left_out(cursor, october) == ("EUR",)
    assert question.left_out(cursor, replace(october, models=("summarise",))) == ()
    (warning,) = [
        w.value
        for w in visit("unit_cost", topic="Business output").warning
        if "also cost money in EUR" in w.value
    ]
    assert "they hold cost in USD alone" in warning


def test_a_day_without_counts_is_a_gap(counted, october):
    cursor = counted(contacts([0, 1, 3]))
    (line,) = charts.per_day(question.days(cursor, october), "USD").data

    assert not line.connectgaps
    assert [value == value for value in line.y[:4]] == [True, True, False, True]


def test_the_page_shows_it_and_where_it_comes_from(counted):
    counted(contacts(range(27)))
    text = said(visit("unit_cost", topic="Business output"))

    assert "One resolved contact costs $1.44; counts for 27 of 30 days, 27,000 in all." in text
    assert "Counts from counts.csv (helpdesk, load L-b)." in text


def test_without_counts_the_page_says_how_to_bring_them(open_page):
    assert headlines.HOW in said(open_page("unit_cost", topic="Business output"))


def test_counts_of_other_models_are_none_of_these(counted):
    counted(contacts(range(27)))
    assert headlines.NO_COUNTS in said(visit("unit_cost", topic="Business output", model=["summarise"]))


def test_a_days_cost_leads_to_the_lines_of_the_team_and_model_that_were_counted(counted, october):
    cursor = counted(contacts([0]))
    (told,) = question.days(cursor, october).dropna(subset=["cost"]).to_dict("records")
    day = told["day"].date()
    ((team, model),) = question.counted_of(cursor, october, "resolved contact", day)
    figure = figures.of_output(team, model, day, october)

    assert (team, model) == ("assist", "chat-large")
    assert float(trace(cursor, figure).total) == pytest.approx(told["cost"]) == pytest.approx(1440)


def test_counts_of_several_teams_are_several(counted, october):
    day = date(2026, 10, 2)
    cursor = counted([(day, "contact", 1, "assist", None), (day, "contact", 2, "docs", None)])

    assert question.counted_of(cursor, october, "contact", day) == (("assist", None), ("docs", None))
