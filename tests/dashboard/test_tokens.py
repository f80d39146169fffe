"""What tokens cost by kind, on the small estate by hand. chat-large v3: $28,800 and 720,000 requests of 200 prompt
tokens, 20 of them cached, and 50 written; 0.1 s of prefill, 0.5 s of decode each. claude-proxy: $3,000, no seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visitor import visit

from dashboard import figures
from dashboard.charts import tokens as charts
from dashboard.headlines import tokens as headlines
from data.api_prices import ApiPrice, enter
from data.filters import Filters
from data.query import unit_cost
from data.query.lineage import trace
from data.query.token_costs import token_costs, weights
from data.snapshot import open_latest

LIST_PRICE = ({"model": "claude-proxy", "input": 3.0, "cached": 0.3, "output": 15.0},)


def v3(costs):
    return costs.set_index(["model", "version"]).loc[("chat-large", "v3")]


def test_a_version_by_the_seconds_of_its_two_phases(cursor, october):
    row = v3(token_costs(cursor, october, "version"))

    assert row["split_by"] == "seconds"
    assert row["input_cost"] == pytest.approx(28_800 / 6)
    assert row["output_cost"] == pytest.approx(28_800 * 5 / 6)
    assert row["cost_per_1m_input"] == pytest.approx(4_800 / 129.6)  # millions that no cache answered
    assert row["cost_per_1m_output"] == pytest.approx(24_000 / 36)
    assert row["cost_per_1m_cached"] == 0
    assert row["avoided_cost"] == pytest.approx(14.4 * 4_800 / 129.6)


def test_without_seconds_the_list_prices_weigh_and_without_both_nothing_is_split(cursor, october):
    alone = replace(october, models=("claude-proxy",))
    unknown = token_costs(cursor, alone, "total").iloc[0]
    weighed = token_costs(cursor, alone, "total", LIST_PRICE).iloc[0]

    assert unknown["unsplit_cost"] == unknown["cost"] == pytest.approx(3_000)
    assert pd.isna(unknown["split_by"])
    assert pd.isna(unknown["input_cost"])
    assert pd.isna(unknown["avoided_cost"])
    # 300M × $3 and 60M × $15 weigh the same
    assert weighed["split_by"] == "prices"
    assert weighed["cost_per_1m_input"] == pytest.approx(5)
    assert weighed["cost_per_1m_output"] == pytest.approx(25)


def test_a_cached_token_that_has_a_price_costs_its_part_and_avoids_the_rest(changed, october):
    """Of 300M input tokens 100M cached at a tenth of $3: 200 × 3 + 100 × 0.3 + 60 × 15 = 1,530 of weight are $3,000."""
    cursor = changed("UPDATE unit_cost SET cached_tokens = input_tokens / 3 WHERE model = 'claude-proxy'")
    row = token_costs(cursor, replace(october, models=("claude-proxy",)), "total", LIST_PRICE).iloc[0]

    assert (row["input_cost"], row["cached_cost"], row["output_cost"]) == pytest.approx(
        (3_000 * 600 / 1_530, 3_000 * 30 / 1_530, 3_000 * 900 / 1_530), rel=1e-6
    )
    assert row["cost_per_1m_cached"] == pytest.approx(row["cost_per_1m_input"] / 10, rel=1e-6)
    assert row["avoided_cost"] == pytest.approx(3_000 * (300 - 30) / 1_530, rel=1e-6)


def test_tokens_of_a_model_that_nothing_splits_are_in_no_price(cursor, october):
    alone = replace(october, models=("chat-large",))
    both = replace(october, models=("chat-large", "claude-proxy"))
    prices = ["cost_per_1m_input", "cost_per_1m_output"]

    assert token_costs(cursor, both, "total").iloc[0][prices].tolist() == pytest.approx(
        token_costs(cursor, alone, "total").iloc[0][prices].tolist()
    )


def test_tokens_that_no_bill_knows_are_in_no_price(cursor, changed, october):
    """A gateway without a known place counts as many again, in no currency: what these cost nobody knows."""
    before = v3(token_costs(cursor, october, "version"))["cost_per_1m_output"]
    more = changed("""
        INSERT INTO unit_cost BY NAME
        SELECT day, model, version, requests_ok, input_tokens, output_tokens FROM unit_cost WHERE version = 'v3'
    """)

    assert v3(token_costs(more, october, "version"))["cost_per_1m_output"] == pytest.approx(before)


def test_the_price_table_weighs_a_model_of_that_name_in_any_case_and_the_first_counts(cursor, october):
    price = ApiPrice("A", "Claude-Proxy", Decimal(3), Decimal(15), None, "USD", date(2026, 10, 1))
    table = [price, replace(price, provider="B", model="claude-proxy", output=Decimal(99))]
    row = token_costs(cursor, replace(october, models=("claude-proxy",)), "total", weights(table)).iloc[0]

    assert weights(table) == ({"model": "claude-proxy", "input": 3.0, "cached": 3.0, "output": 15.0},)
    assert row["cost"] == pytest.approx(3_000)
    assert (row["cost_per_1m_input"], row["cost_per_1m_output"]) == pytest.approx((5, 25))


def test_a_price_that_somebody_enters_splits_the_models_cost_on_the_page(changed, tmp_path):
    changed("SELECT 1")
    price = ApiPrice("A", "claude-proxy", Decimal(3), Decimal(15), None, "USD", date(2026, 10, 1))
    enter(tmp_path, [price], [], "ada")
    page = visit("unit_cost", topic="Tokens and batch", model=["claude-proxy"])

    assert any("million output tokens cost \\$25.0, a million input" in m.value for m in page.markdown)


def test_all_models_together_name_both_ways_and_what_is_left(cursor, october):
    total = token_costs(cursor, october, "total", LIST_PRICE).iloc[0]
    without = token_costs(cursor, october, "total").iloc[0]

    assert total["split_by"] == "mixed"
    assert total["unsplit_cost"] == 0
    assert without["split_by"] == "seconds"
    assert without["unsplit_cost"] == pytest.approx(3_000)


@pytest.mark.parametrize("basis", ["busy", "allocated", "fully loaded"])
@pytest.mark.parametrize("level", ["total", "model", "version"])
def test_the_kinds_sum_to_the_cost_of_counted_tokens(cursor, october, basis, level):
    asked = replace(october, basis=basis)
    rows = token_costs(cursor, asked, level)
    parts = rows[["input_cost", "cached_cost", "output_cost", "unsplit_cost"]].sum(axis=1)

    assert parts.tolist() == pytest.approx(rows["cost"].tolist())
    costs = unit_cost.costs(cursor, asked, "version")
    tokened = costs[costs["tokens"].notna()]["cost"].sum()
    assert rows["cost"].sum() == pytest.approx(tokened)


def test_a_version_without_phases_of_its_own_takes_its_models(changed, october):
    cursor = changed(
        "UPDATE unit_cost SET prefill_seconds = NULL, decode_seconds = NULL WHERE version = 'v2'"
    )
    rows = token_costs(cursor, october, "version").set_index("version")

    assert rows.loc["v2", "input_cost"] == pytest.approx(rows.loc["v2", "cost"] / 6)


def test_caches_that_nobody_tells_of_leave_cached_tokens_among_the_input(changed, october):
    untold = changed("UPDATE unit_cost SET cacheable_tokens = NULL, cached_tokens = NULL")
    row = v3(token_costs(untold, october, "version"))

    assert row["cost_per_1m_input"] == pytest.approx(4_800 / 144)
    assert pd.isna(row["cached_tokens"])
    assert pd.isna(row["cost_per_1m_cached"])
    assert pd.isna(row["avoided_cost"])
    assert headlines.cache(token_costs(untold, october, "total").iloc[0], october) is None


@pytest.mark.parametrize(("days", "told"), [(20, False), (25, True)])
def test_a_fifth_of_the_input_untold_makes_the_cached_share_unknown(changed, october, days, told):
    cursor = changed(f"""
        UPDATE unit_cost SET cacheable_tokens = NULL, cached_tokens = NULL
        WHERE day >= DATE '2026-10-02' + {days}
    """)
    assert pd.notna(v3(token_costs(cursor, october, "version"))["cached_tokens"]) == told


weight = st.floats(0.01, 100)


@settings(max_examples=20, deadline=None)
@given(weight, weight, weight)
def test_price_weights_split_all_and_keep_their_proportion(estate, input_price, cached, output):
    october = Filters(date(2026, 10, 2), date(2026, 11, 1), models=("claude-proxy",))
    weights = ({"model": "claude-proxy", "input": input_price, "cached": cached, "output": output},)
    row = token_costs(open_latest(estate).cursor(), october, "total", weights).iloc[0]

    assert row["input_cost"] + row["cached_cost"] + row["output_cost"] == pytest.approx(row["cost"])
    assert row["cost_per_1m_output"] / row["cost_per_1m_input"] == pytest.approx(output / input_price)


def test_the_page_says_both_prices_and_what_caches_avoided(open_page, cursor, october):
    page = open_page("unit_cost", topic="Tokens and batch")
    said = " ".join(m.value for m in page.markdown)

    total = token_costs(cursor, october, "total").iloc[0]
    assert headlines.tokens(total, october).replace("$", r"\$") in said
    assert "Prompt caches answered" in said


def test_a_page_without_phases_says_that_nothing_splits_it(changed):
    changed("UPDATE unit_cost SET prefill_seconds = NULL, decode_seconds = NULL")
    page = visit("unit_cost", topic="Tokens and batch")

    assert any(headlines.NOT_SPLIT in m.value for m in page.markdown)


def test_a_rows_lineage_is_the_cost_that_its_kinds_share(cursor, october):
    rows = token_costs(cursor, october, "version")
    for row in rows.to_dict("records"):
        asked = figures.tokens(row, october)
        assert float(trace(cursor, asked["Cost of counted tokens"]).total) == pytest.approx(row["cost"])
        assert trace(cursor, asked["Tokens"]).total == row["input_tokens"] + row["output_tokens"]


# --- real time and batch --------------------------------------------------------------------------------------------


def test_modes_share_out_all_cost_and_all_requests(changed, october):
    cursor = changed("""
        UPDATE unit_cost SET mode = 'batch' WHERE model = 'embed';
        UPDATE unit_cost SET mode = NULL, requests_ok = NULL WHERE version = 'v2'
    """)
    rows = unit_cost.costs(cursor, october, "mode")
    figure = charts.modes(rows)
    shares = {bar.name: dict(zip(bar.y, bar.x, strict=True)) for bar in figure.data}

    assert sum(s["cost"] for s in shares.values()) == pytest.approx(1)
    assert sum(s["requests"] for s in shares.values()) == pytest.approx(1)
    assert shares["nobody asked"]["requests"] == 0
    assert shares["nobody asked"]["cost"] > 0


def test_a_model_that_does_both_is_compared_with_itself(changed):
    changed("UPDATE unit_cost SET mode = 'batch' WHERE model = 'chat-large' AND day >= '2026-10-17'")
    page = visit("unit_cost", topic="Tokens and batch")

    assert any("chat-large does both" in m.value for m in page.markdown)


def test_one_model_alone_is_not_called_different_models(changed):
    changed("UPDATE unit_cost SET mode = 'batch' WHERE model = 'chat-large' AND day >= '2026-10-17'")
    said = [
        m.value
        for m in visit("unit_cost", topic="Tokens and batch", model=["chat-large"]).markdown
        if "Per 1k inferences" in m.value
    ]

    assert len(said) == 1
    assert "different models" not in said[0]


def test_one_mode_alone_is_no_comparison(open_page, changed):
    titles = [s.value for s in open_page("unit_cost", topic="Tokens and batch").subheader]
    changed("UPDATE unit_cost SET mode = 'batch' WHERE model = 'summarise'")
    both = [s.value for s in visit("unit_cost", topic="Tokens and batch").subheader]

    assert "Real time and batch" not in titles
    assert "Real time and batch" in both


def test_a_models_lineage_in_one_mode_is_its_row(changed, october):
    cursor = changed("UPDATE unit_cost SET mode = 'batch' WHERE model = 'summarise'")
    for row in unit_cost.costs(cursor, october, "model and mode").to_dict("records"):
        figure = figures.mode(row, october)
        *parts, scale = [float(trace(cursor, part).total or 0) for part in figure.parts()], 1_000
        if figure.measure == "basis cost":
            assert parts[0] == pytest.approx([row["cost"]])
        else:
            assert scale * parts[0][0] / parts[0][1] == pytest.approx(row["cost_per_1k"])
