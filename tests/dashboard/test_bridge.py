"""The bridge on the small estate: it starts and ends where the cards stand, whatever is asked, and its bars sum to the
change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pandas as pd
import pytest

from dashboard import figures
from dashboard.charts import bridge as charts
from dashboard.headlines import bridge as headlines
from data.filters import BASES, VIEWS
from data.query import overview, unit_cost
from data.query.bridge import spend_bridge, unit_bridge
from data.query.lineage import trace

NARROWED = [
    {},
    {"teams": ("docs",)},
    {"models": ("chat-large",)},
    {"models": ("claude-proxy", "embed-small")},
    {"providers": ("GCP",)},
    {"compare": "custom", "compared": (date(2026, 10, 6), date(2026, 10, 9))},
    {"compare": "last-month"},
]


@pytest.mark.parametrize(("narrowed", "view"), list(product(NARROWED, VIEWS)))
def test_the_spend_bridge_leads_from_one_card_to_the_other(cursor, october, narrowed, view):
    asked = replace(october, view=view, **narrowed)
    before, now = (_spend(cursor, f) for f in (asked.previous(), asked))
    told = spend_bridge(cursor, asked)

    assert (told.before, told.now) == pytest.approx((before, now))
    assert told.bars["amount"].sum() == pytest.approx(now - before, rel=1e-9, abs=1e-9 * (before + now))


@pytest.mark.parametrize(("narrowed", "basis"), list(product(NARROWED, BASES)))
def test_the_unit_bridge_leads_from_one_cost_per_inference_to_the_other(cursor, october, narrowed, basis):
    asked = replace(october, basis=basis, **narrowed)
    before, now = (
        unit_cost.costs(cursor, f, "total")["cost_per_inference"].iloc[0] for f in (asked.previous(), asked)
    )
    told = unit_bridge(cursor, asked)

    assert told is not None
    assert (told.before, told.now) == pytest.approx((before, now))
    assert told.bars["amount"].sum() == pytest.approx(now - before, rel=1e-9, abs=1e-9 * (before + now))


def test_each_story_of_the_month_is_a_bar_of_its_own(cursor, october):
    """summarise has 6 GPUs instead of 4 for the same work: 2 × 24 × $4 × 30 days; $480 of unallocated GPUs on 10 more
    days; one day's spike of 8 GPUs; October's tax and refund are of the 1st, so in the days before."""
    told = spend_bridge(cursor, october)

    assert dict(zip(told.bars["cause"], told.bars["amount"], strict=True)) == pytest.approx(
        {
            "utilisation": 2 * 24 * 4 * 30,
            "unallocated": 480 * 10,
            "other_gpu": 3840,
            "tax": -500,
            "credit": -75,
            "refund_correction": 20,
        }
    )
    assert told.bars["model"].iloc[0] == "summarise"


def _spend(cursor, filters):
    figures = overview.figures(cursor, filters)
    return 0.0 if figures.empty else float(figures["spend"].fillna(0).iloc[0])


def test_the_picture_keeps_the_sum_however_few_steps_it_draws():
    causes = pd.DataFrame({"cause": ["volume", "tax", "price"], "amount": [100.0, -30.0, 0.01]})

    two, one = charts.steps(causes), charts.steps(causes, most=1)

    assert two["cause"].tolist() == ["traffic", "tax", charts.OTHERS]  # a cent of $130 cannot be seen
    assert one["cause"].tolist() == ["traffic", charts.OTHERS]
    assert two["amount"].sum() == one["amount"].sum() == pytest.approx(70.01)


@pytest.mark.parametrize("narrowed", NARROWED[:4])
def test_a_rows_two_sides_differ_by_the_steps_of_its_model_or_rung(cursor, october, narrowed):
    asked = replace(october, **narrowed)
    bars = spend_bridge(cursor, asked).bars
    for _, row in bars.drop_duplicates("model").iterrows():
        now, before = (trace(cursor, f).total or 0 for f in figures.bridged(row.to_dict(), asked).values())
        same = (
            bars["cause"].eq(row["cause"]) & bars["model"].isna()
            if pd.isna(row["model"])
            else bars["model"].eq(row["model"])
        )
        assert float(now) - float(before) == pytest.approx(bars.loc[same, "amount"].sum(), abs=1e-6)


def test_a_chosen_step_says_what_it_is_part_of(cursor, october):
    bars = spend_bridge(cursor, october).bars
    model = bars[bars["model"] == "summarise"]
    said = headlines.bridged(bars, model.iloc[0].to_dict(), october)

    assert said.startswith(
        "The steps of summarise sum to +$5,760.00: what it cost in this period less"
    )  # 17,280 - 11,520
