"""Cost per inference on the small estate, by hand: chat-large v3 holds 4 GPUs x $10 for 30 days = $28,800, half busy,
and serves 720,000 requests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from estate import build
from streamlit.testing.v1 import AppTest
from visitor import visit

from dashboard.charts import unit_cost as charts
from dashboard.headlines import unit_cost as headlines
from data.home import snapshot_file
from data.query import identity, overview, unit_cost

FRAME = Path(__file__).parents[2] / "dashboard" / "frame.py"


def by_version(cursor, filters):
    return unit_cost.costs(cursor, filters, "version").set_index(["model", "version"])


def test_a_version_on_the_three_bases(cursor, october):
    costs = {
        b: by_version(cursor, replace(october, basis=b)).loc[("chat-large", "v3")]
        for b in ("busy", "allocated", "fully loaded")
    }

    assert costs["busy"]["cost_per_1k"] == pytest.approx(20)
    assert costs["allocated"]["cost_per_1k"] == pytest.approx(40)
    assert costs["allocated"]["cost_per_1m_tokens"] == pytest.approx(28_800 / 180)
    # its share of 480 unallocated + 100 shared + 48 unused commitment a day, by 960 of 2,140 allocated in AWS
    assert costs["fully loaded"]["cost"] == pytest.approx(28_800 + 30 * 628 * 960 / 2140)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "carry 100 % of their"),
        (0.9, "carry 90.0 % of their machine's price, the other 10.0 %"),
        (None, "does not say"),
    ],
)
def test_the_page_prints_which_part_of_a_machine_its_gpus_carry(changed, monkeypatch, tmp_path, share, said):
    changed(f"UPDATE model_setting SET device_share = {'NULL' if share is None else share}")
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))

    assert any(said in caption.value for caption in visit("unit_cost", topic="What it is made of").caption)


def test_what_nobody_can_explain_is_of_no_team_and_no_model(changed, october):
    """Rows without a model are asked for as 'none'; `unexplained` has none either, and is no such row."""
    cursor = changed("""INSERT INTO ladder BY NAME
        SELECT DATE '2026-10-07' AS day, 'unexplained' AS rung, 'AWS' AS provider,
            7 AS effective_cost, 'USD' AS billing_currency""")
    told = {
        models: unit_cost.left_out(cursor, replace(october, models=models)).set_index("rung")["cost"]
        for models in ((), ("none",))
    }

    assert told[()]["unexplained"] == 7
    assert "unexplained" not in told["none",]
    assert "shared" in told["none",]


def test_of_one_model_the_fully_loaded_basis_holds_shares_of_what_lies_beyond_it(cursor, october):
    """summarise: 30 days × 576 of its own, and its share of $628 a day that are on nobody's lines."""
    asked = replace(october, models=("summarise",), basis="fully loaded")
    rungs = unit_cost.left_out(cursor, asked)
    share = 30 * 628 * 576 / 2140

    assert rungs["in_basis"].sum() == pytest.approx(17_280 + share)
    assert rungs["cost"].sum() == pytest.approx(17_280)
    said = headlines.left_out(rungs, asked)
    assert "on the fully loaded basis + $0.00 left out − $5,070.95 of shares in what lies beyond" in said
    assert said.endswith("= $17,280.00, the ladder of the period (effective view).")


def test_what_nobody_counted_is_unknown_not_zero(cursor, october):
    costs = by_version(cursor, october)

    assert costs.loc[("rank-cpu", "v1"), "cost"] == 720
    assert (
        costs.loc[("rank-cpu", "v1"), ["requests_ok", "cost_per_1k", "utilisation", "throughput"]]
        .isna()
        .all()
    )
    assert costs.loc[("claude-proxy", "eu"), "cost_per_1k"] == pytest.approx(5)
    assert costs.loc[("claude-proxy", "eu"), ["utilisation", "throughput"]].isna().all()


COUNTED = 30 * 2212  # all but the $24 a day of rank-cpu
REQUESTS = 30 * (24_024 + 14_400 + 120_000 + 20_000)  # chat, summarise, embed, claude


@pytest.mark.parametrize("scope", ["unit cost", "overview"])
def test_cost_that_nobody_counted_is_divided_by_no_other_models_requests(cursor, october, scope):
    ask = {
        "unit cost": lambda: unit_cost.costs(cursor, october, "total"),
        "overview": lambda: overview.figures(cursor, october),
    }
    total = ask[scope]().iloc[0]

    assert total["cost_per_inference"] == pytest.approx(COUNTED / REQUESTS)
    assert total["requests_ok"] == REQUESTS


def test_a_log_of_20_days_is_divided_into_the_cost_of_those_20_days(changed, october):
    """Claude charges $100 a day for 20,000 requests; the log of the last 10 days is missing, tokens too."""
    cursor = changed("""UPDATE unit_cost SET requests_ok = NULL, input_tokens = NULL, output_tokens = NULL
        WHERE model = 'claude-proxy' AND day >= DATE '2026-10-22'""")
    claude = unit_cost.costs(cursor, october, "model").set_index("model").loc["claude-proxy"]
    total = unit_cost.costs(cursor, october, "total").iloc[0]

    assert (claude["cost"], claude["uncounted_cost"]) == (3000, 1000)
    assert claude["cost_per_1k"] == pytest.approx(5)
    assert claude["cost_per_1m_tokens"] == pytest.approx(100 / 12)
    assert total["uncounted_cost"] == 1000 + 720
    assert total["cost_per_inference"] == pytest.approx((COUNTED - 1000) / (REQUESTS - 200_000))
    days = overview.figures(cursor, october).set_index("day")["cost_per_inference"]
    assert days.loc["2026-10-22"] == pytest.approx((2212 - 100) / (178_424 - 20_000))
    stack = unit_cost.stack(cursor, october)
    assert stack.loc[stack["in_basis"], "cost_per_1k"].sum() == pytest.approx(total["cost_per_1k"])


def test_a_log_without_versions_counts_for_its_model(changed, october):
    """The bill knows Claude's version, the log does not: the model costs 5 per 1k, either version –."""
    cursor = changed("""
        INSERT INTO unit_cost BY NAME SELECT day, model, mode, provider, billing_currency, requests_ok
        FROM unit_cost WHERE model = 'claude-proxy';
        UPDATE unit_cost SET requests_ok = NULL WHERE model = 'claude-proxy' AND version = 'eu';""")
    claude = replace(october, models=("claude-proxy",))

    assert unit_cost.costs(cursor, claude, "total")["cost_per_1k"].tolist() == [pytest.approx(5)]
    assert unit_cost.costs(cursor, claude, "total")["uncounted_cost"].tolist() == [0]
    versions = unit_cost.costs(cursor, claude, "version")
    assert versions["cost"].fillna(-1).tolist() == [3000, -1]  # unknown, not 0
    assert versions["cost_per_1k"].isna().all()


@pytest.mark.parametrize("currency", ["'USD'", "NULL"])
def test_requests_that_met_no_charge_make_no_inference_cheaper(changed, october, currency):
    cursor = changed(f"""INSERT INTO unit_cost BY NAME
        SELECT DATE '2026-10-05' AS day, 'ghost' AS model, {currency} AS billing_currency, 1000000 AS requests_ok""")
    total = unit_cost.costs(cursor, october, "total").iloc[0]
    figures = overview.figures(cursor, october).iloc[0]

    assert total["requests_ok"] == figures["requests_ok"] == REQUESTS + 1_000_000
    assert total["cost_per_inference"] == pytest.approx(COUNTED / REQUESTS)
    assert figures["cost_per_inference"] == pytest.approx(COUNTED / REQUESTS)


def test_without_any_count_the_caption_says_excludes_beside_the_dash(open_page):
    app = open_page("overview", model=["rank-cpu"])

    assert {m.label: m.value for m in app.metric}["Cost per inference"] == "–"
    assert any(c.value.startswith(r"Cost per inference excludes \$720.00") for c in app.caption)


def test_a_model_without_tokens_is_not_in_the_cost_of_tokens(cursor, october):
    total = unit_cost.costs(cursor, october, "total").iloc[0]

    # a day: chat 960 + 480, summarise 576, embed 96, claude 100, without the 24 of rank-cpu; tokens of chat
    # 6,000,000 + 6,000, summarise 3,600,000, embed 30,000,000, claude 12,000,000
    assert total["cost"] == 30 * 2236
    assert total["cost_per_1m_tokens"] == pytest.approx(2212 / 51.606)


def test_the_overview_says_what_cost_per_inference_counts_in_the_words_of_its_own_page(open_page):
    """$720 of a model without a count; of the cost left out, 30 days × $144 of GPUs went unobserved."""
    said = (
        r"Cost per inference excludes \$720.00 of models or days whose requests nobody counted. "
        r"\$67,080.00 on the allocated basis + \$32,145.00 left out (of it \$4,320.00 of unobserved GPUs) = "
        r"\$99,225.00, the ladder of the period (effective view)."
    )
    for page in ("overview", "unit_cost"):
        assert said in [caption.value for caption in open_page(page).caption], page


def test_the_identity_holds_for_every_model(cursor, october):
    rows = identity.identity(cursor, october)

    assert len(rows) == 4  # the scope and three models on GPUs
    product = rows["price_per_gpu_hour"] / (rows["utilisation"] * rows["throughput"])
    assert product.tolist() == pytest.approx(rows["cost_per_inference"].tolist())


def test_all_models_on_gpus_are_those_that_somebody_counts(changed, october):
    """Nobody counts summarise: the others' $960 + $480 + $96 a day bought those' requests, at their utilisation."""
    cursor = changed("UPDATE unit_cost SET requests_ok = NULL WHERE model = 'summarise'")
    scope, *models = identity.identity(cursor, october).to_dict("records")

    assert scope["cost"] == 30 * (960 + 480 + 96)
    assert scope["cost_per_inference"] == pytest.approx((960 + 480 + 96) / (24_024 + 120_000))
    factors = scope["price_per_gpu_hour"] / (scope["utilisation"] * scope["throughput"])
    assert factors == pytest.approx(scope["cost_per_inference"])
    (uncounted,) = (row for row in models if row["model"] == "summarise")
    assert uncounted["cost"] == 30 * 576  # its money is known


def test_a_scope_without_gpus_is_unknown(cursor, october):
    rows = identity.identity(cursor, replace(october, models=("claude-proxy",)))

    assert rows["model"].isna().tolist() == [True]
    assert rows[["cost", "cost_per_inference", "throughput"]].isna().all(axis=None)


@pytest.mark.parametrize("basis", ["busy", "allocated", "fully loaded"])
def test_basis_plus_what_it_leaves_out_is_the_ladder(cursor, october, basis):
    filters = replace(october, basis=basis)
    rungs = unit_cost.left_out(cursor, filters)

    assert rungs["cost"].sum() == pytest.approx(30 * 3182 + 3840 - 75)
    assert rungs["in_basis"].sum() == pytest.approx(unit_cost.costs(cursor, filters, "total")["cost"].iloc[0])
    assert (rungs["in_basis"] + rungs["left_out"]).tolist() == pytest.approx(rungs["cost"].tolist())


def test_fees_that_fit_no_use_mark_the_unit_costs(tmp_path, monkeypatch):
    home = build(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute(
            "INSERT INTO commitment_day BY NAME SELECT DATE '2026-10-05' AS day, 'GCP' AS provider, "
            "'USD' AS billing_currency, 1234.5 AS unknown_cost"
        )
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    app = AppTest.from_file(str(FRAME), default_timeout=30)
    app.query_params["model"] = ["chat-large"]  # the mark stays: what the fees paid for may be this model
    app.run().switch_page("views/unit_cost.py").run()

    assert any(
        r"\$1,234.50 of commitment fees fit no use: no unit cost holds them" in c.value for c in app.caption
    )


def test_without_such_fees_there_is_no_mark(cursor, october):
    assert headlines.use_unknown(unit_cost.use_unknown(cursor, october), october) == ""


@pytest.mark.parametrize("basis", ["busy", "allocated", "fully loaded"])
def test_the_components_add_up_to_the_unit_cost(cursor, october, basis):
    filters = replace(october, basis=basis)
    stack = unit_cost.stack(cursor, filters)
    total = unit_cost.costs(cursor, filters, "total").iloc[0]

    assert stack.loc[stack["in_basis"], "cost_per_1k"].sum() == pytest.approx(total["cost_per_1k"])


def test_the_components_hold_one_currency(cursor, changed, october):
    filters = replace(october, basis="fully loaded")
    both = changed("INSERT INTO unit_cost SELECT * REPLACE ('EUR' AS billing_currency) FROM unit_cost")

    pd.testing.assert_frame_equal(unit_cost.stack(both, filters), unit_cost.stack(cursor, filters))


def test_the_trend_folds_the_rest_into_other(cursor, october):
    days = unit_cost.days(cursor, october, 2)

    assert list(days["model"].unique()) == ["chat-large", "summarise", "other"]
    other = days[days["model"] == "other"].iloc[0]
    assert other["cost_per_1k"] == pytest.approx(1000 * (100 + 96) / (20_000 + 120_000))


def test_six_gpus_for_the_work_of_four_raise_the_cost_by_half(cursor, october):
    changes = identity.changes(cursor, october, october.previous())

    assert headlines.identities(changes, october)[0] == (
        "summarise: cost per inference rose 50.0 % to $0.0400 because utilisation fell 33.3 %; "
        "price, throughput and volume unchanged."
    )
    row = identity.explainable(changes).iloc[0]
    assert row["impact"] == pytest.approx(432_000 * (0.04 - 0.08 / 3))


def test_the_page_says_it(open_page):
    app = open_page("unit_cost")

    assert app.subheader[0].value == r"Cost per inference rose 9.5 % to \$0.0124 (allocated basis)."
    assert "utilisation fell 33.3 %; price, throughput and volume unchanged" in app.markdown[1].value
    values = {m.label: m.value for m in app.metric}
    assert values["Per 1k inferences"] == r"\$12.4"
    assert values["Requests"] == "5.35M"


def test_throughput_says_its_unit(open_page):
    value = {m.label: m.value for m in open_page("unit_cost").metric}["Throughput"]

    assert value.endswith(" / GPU-h")
    assert value[0].isdigit()


def test_one_model_is_asked_for_by_the_url(open_page):
    app = open_page("unit_cost", model=["summarise"])

    assert app.subheader[0].value == r"Cost per inference rose 50.0 % to \$0.0400 (allocated basis)."


def test_a_model_that_nobody_counts_says_so(open_page):
    app = open_page("unit_cost", model=["rank-cpu"])

    assert "nobody counted requests" in app.subheader[0].value
    assert {m.label: m.value for m in app.metric}["Cost per inference"] == "–"


def test_the_bridge_has_no_rest(cursor, october):
    changes = identity.changes(cursor, october, october.previous())
    row = identity.explainable(changes).iloc[0]
    figure = charts.bridge(row, "USD")
    before, *steps, now = figure.data[0].y

    assert before + sum(steps) == pytest.approx(now)
    assert list(figure.data[0].text) == ["$26.7", "±0", "+$13.3", "±0", "$40.0"]


def test_models_far_apart_get_a_logarithmic_axis(cursor, october):
    assert charts.trend(unit_cost.days(cursor, october, 6), "USD").layout.yaxis.type == "log"
    one = replace(october, models=("summarise",))
    assert charts.trend(unit_cost.days(cursor, one, 6), "USD").layout.yaxis.type != "log"


def test_the_stack_draws_only_what_the_basis_counts(cursor, october):
    figure = charts.stack(unit_cost.stack(cursor, october), "USD")

    assert {bar.name for bar in figure.data} == {
        "compute, busy",
        "managed",
        "compute, idle",
    }  # nobody counts rank-cpu


def test_the_model_that_the_headline_names_first_is_taken_apart_first(open_page):
    app = open_page("unit_cost")

    assert app.markdown[1].value.startswith("- summarise: cost per inference rose")
    assert app.selectbox(key="explain").value == "summarise"


def test_a_step_says_what_its_factor_was_and_is(cursor, october):
    row = identity.explainable(identity.changes(cursor, october, october.previous())).iloc[0]

    _, price, utilisation, throughput, _ = charts.bridge(row, "USD").data[0].x
    assert price == "price<br>$4.00<br>→ $4.00"
    assert utilisation.startswith("utilisation<br>")
    assert throughput.startswith("throughput<br>")


def test_without_an_earlier_period_every_change_is_unknown(cursor, october):
    changes = identity.changes(cursor, october, None)

    assert changes["model"].isna().tolist() == [True, False, False, False]
    assert changes[["impact", "utilisation_change", "cost_per_inference_before"]].isna().all(axis=None)
    assert headlines.identities(changes, october) == ["No earlier period with GPU models to compare with."]


def test_a_version_that_was_first_seen_in_the_period_is_marked_on_its_model_s_line(changed, october):
    cursor = changed("""
        INSERT INTO unit_cost BY NAME
        SELECT DATE '2026-10-20' + d AS day, 'chat-large' AS model, 'v4' AS version, 'USD' AS billing_currency,
            10 AS busy_cost, 3600 AS held_seconds, 50 AS requests_ok
        FROM (VALUES (0), (1)) t(d);
    """)
    found = unit_cost.releases(cursor, october)

    assert found.values.tolist() == [["chat-large", "v4", pd.Timestamp("2026-10-20")]]
    figure = charts.trend(unit_cost.days(cursor, october, 6), "USD", found)
    (marks,) = (trace for trace in figure.data if trace.mode == "markers")
    assert marks.text.tolist() == ["v4"]
    assert pd.Timestamp(marks.x[0]) == pd.Timestamp("2026-10-20")
