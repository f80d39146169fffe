"""Stores of the shapes that break pages (tests/support/shapes.py): every page opens, and says what it does not know."""

from __future__ import annotations

import json

import pytest
from shapes import SHAPES, build
from visitor import EVERYTHING, visit


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """store("one day"): the folder of that store, built once."""
    built = {}

    def store(shape):
        if shape not in built:
            built[shape] = build(shape, tmp_path_factory.mktemp(shape.replace(" ", "-")))
        return built[shape]

    return store


@pytest.fixture
def seen(store, monkeypatch):
    """seen("one day", "idle"): that page of that store."""

    def seen(shape, page="overview", **query):
        monkeypatch.setenv("INFERLEDGER_HOME", str(store(shape)))
        return visit(page, **query)

    return seen


def said(app):
    return "\n".join(
        str(box.value) for box in (*app.subheader, *app.markdown, *app.caption, *app.info, *app.warning)
    )


def card(app, label):
    return next(metric for metric in app.metric if metric.label == label)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("page", "query"), EVERYTHING)
def test_every_page_opens_and_says_something(seen, shape, page, query):
    app = seen(shape, page, **query)

    assert said(app).strip()
    assert "nan" not in said(app).lower().replace("finance", "")
    assert not [metric.label for metric in app.metric if "nan" in str(metric.value).lower()]


def test_days_before_all_data_are_no_days_without_cost(seen):
    """14 days of a GPU at $24 and storage at $31.25, while the last 30 days are asked for."""
    app = seen("one model")

    assert "Oct 5 – Oct 18, 2026 (14 days, UTC; the data begins then)" in said(app)
    assert card(app, "Spend").value == r"\$774"  # 14 × 55.25 = 773.50
    assert card(app, "October, normalised").value == r"\$1,682"  # ÷ 14 × 30.4375, not ÷ 18
    assert card(app, "October, normalised").delta == "÷ 14 days × 30.4"


def test_equal_days_have_no_highest(seen):
    app = seen("one model")

    assert "Highest day" not in said(app)
    assert not [box.label for box in app.expander if box.label.startswith("What rose")]


def test_of_one_day_nothing_is_compared(seen):
    app = seen("one day")

    assert "no earlier period to compare with" in said(app)
    assert [metric.label for metric in app.metric if metric.delta and "%" in metric.delta] == []


def test_a_single_day_is_a_bar_that_can_be_seen(seen):
    figure = json.loads(seen("one day").get("plotly_chart")[0].proto.spec)

    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert {bar["width"] for bar in bars} == {0.82 * 86_400_000}


@pytest.mark.parametrize("page", ["unit_cost", "versions", "roi"])
def test_without_telemetry_a_page_of_models_says_what_would_help(seen, page):
    app = seen("no telemetry", page)

    assert "Connect Prometheus" in said(app)
    assert "Choose a longer period" not in said(app)


def test_without_telemetry_no_inference_has_a_price(seen):
    app = seen("no telemetry")

    assert [b.key for b in app.button if b.key == "lineage-Cost per inference"] == []

    assert card(app, "Cost per inference").value == "–"
    assert card(app, "GPU cost observed").value == "0.0 %"


def test_two_currencies_are_never_added(seen):
    dollars, euros = seen("two currencies"), seen("two currencies", currency="EUR")

    # three GPUs at 24 × (1 + 1 1/7 + 1 2/7) and storage; one machine at 2,400.50
    assert card(dollars, "Spend").value == r"\$1,589"  # 14 × (24 + 27.4286 + 30.8571 + 31.25) = 1,589.4998
    assert card(euros, "Spend").value == "€33.6k"
    assert card(euros, "Cost per inference").value == "–"
