"""The frame: every page opens, filters live in the URL, an empty store says what to do."""

from __future__ import annotations

import json

import duckdb
import pytest
from estate import build
from streamlit.testing.v1 import AppTest
from visitor import EVERYTHING, PAGES, TOPICS, visit

from data.home import snapshot_file


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("view", PAGES)
def test_every_page_opens_with_the_trust_chip(open_page, view):
    chip = open_page(view).markdown[0].value

    assert "reconciled, unexplained \\$0.00" in chip
    assert "95 % of GPU cost observed" in chip
    assert "data through Oct 31" in chip
    assert ("amortised, allocated basis" in chip) is (view in ("overview", "unit_cost", "versions"))
    assert "amortised" in chip
    assert "snapshot 1" in chip


@pytest.mark.parametrize(("view", "query"), EVERYTHING)
def test_a_page_without_any_matching_row_stays_calm(open_page, view, query):
    app = open_page(view, provider=["GCP"], account=["100000000012"], **query)

    assert not app.exception


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_seen_alone(open_page, topic):
    """The one that the address names; nothing of the others is asked or drawn."""
    app = open_page("unit_cost", topic=topic)

    assert [tab.label for tab in app.tabs] == list(TOPICS)
    assert [tab.label for tab in app.tabs if len(tab.children)] == [topic]


def test_the_url_fills_the_filters(open_page):
    app = open_page(
        "overview", period="Last 7 days", basis="busy", model=["chat-large", "summarise"], view="list"
    )

    assert app.selectbox(key="period").value == "Last 7 days"
    assert app.selectbox(key="basis").value == "busy"
    assert app.multiselect(key="model").value == ["chat-large", "summarise"]
    assert "Oct 25 – Oct 31, 2026 (7 days, UTC)" in captions(app)
    assert "busy basis · list cost in USD" in captions(app)


@pytest.mark.parametrize("view", ["utilisation", "idle", "versions"])
def test_pages_that_know_the_effective_view_alone_say_so(open_page, view):
    said = captions(open_page(view, view="billed"))

    assert "effective cost in USD" in said
    assert "billed cost" not in said


@pytest.mark.parametrize("view", PAGES)
def test_the_basis_is_named_where_a_figure_depends_on_it_and_nowhere_else(open_page, view):
    figures = {}
    said = {}
    for basis in ("busy", "fully loaded"):
        app = open_page(view, basis=basis)
        figures[basis] = [metric.value for metric in app.metric]
        said[basis] = f"{basis} basis" in captions(app) + app.markdown[0].value

    assert set(said.values()) == {view in ("overview", "unit_cost", "versions")}
    if figures["busy"] != figures["fully loaded"]:
        assert said["busy"]


@pytest.mark.parametrize(("view", "noted"), [("effective", False), ("list", True), ("billed", True)])
def test_the_overview_says_that_its_unit_cost_knows_one_view(open_page, view, noted):
    assert ("Unit costs use the effective view" in captions(open_page("overview", view=view))) is noted


def test_values_that_the_url_makes_up_fall_back(open_page):
    app = open_page(
        "overview", period="Last 1000 days", basis="free", model=["no-such-model"], view="guessed"
    )

    assert app.selectbox(key="period").value == "Last 30 days"
    assert app.selectbox(key="basis").value == "allocated"
    assert app.multiselect(key="model").value == []
    assert "30 days" in captions(app)


@pytest.mark.parametrize("page", ["overview", "idle"])
def test_values_that_the_url_makes_up_are_named(open_page, page):
    app = open_page(page, team=["nosuchteam", "docs"], account=["999"], currency="XXX", basis="free")

    (warning,) = [w.value for w in app.warning]
    assert "cost basis = free and account = 999 and team = nosuchteam and currency = XXX" in warning
    assert app.multiselect(key="team").value == ["docs"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"period": "Custom range", "range": ["2020-01-01", "2026-10-07"]}, "days = 2020-01-01, 2026-10-07"),
        (
            {"compare": "Other days", "compare-range": ["2019-10-10", "2019-10-12"]},
            "days compared with = 2019-10-10, 2019-10-12",
        ),
    ],
)
def test_days_that_the_store_does_not_hold_are_named(open_page, asked, said):
    """The page fell back to its last 30 days, or compared with all there are, without a word."""
    (warning,) = open_page("overview", **asked).warning

    assert f"The link asks for {said}, which" in warning.value


def test_days_of_a_link_that_asks_for_a_preset_are_not_asked_for(open_page):
    assert not open_page("overview", period="Last 7 days", range=["2020-01-01", "2020-01-02"]).warning


def test_a_made_up_value_is_named_until_its_filter_is_set(open_page):
    app = open_page("overview", team=["nosuchteam"])
    app.multiselect(key="model").set_value(["summarise"]).run()
    assert "team = nosuchteam" in app.warning[0].value

    app.multiselect(key="team").set_value(["docs"]).run()
    assert not app.warning


@pytest.mark.parametrize(
    "told", ["100000000012", "100000000012 · what it was called before", "100000000012 · research"]
)
def test_a_link_to_an_account_holds_whatever_its_name_is(open_page, told):
    app = open_page("overview", account=[told])

    assert app.multiselect(key="account").value == ["100000000012"]
    assert "100000000012 · research" in app.multiselect(key="account").options
    assert not app.warning
    app.switch_page("views/idle.py").run()
    assert app.multiselect(key="account").value == ["100000000012"]


@pytest.fixture
def two_currencies(tmp_path, monkeypatch):
    """The small estate in USD, and beside it a bill of 20 days of October in EUR."""
    home = build(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute(
            "INSERT INTO ladder BY NAME "
            "SELECT unnest(range(DATE '2026-10-02', DATE '2026-10-22', INTERVAL 1 DAY))::DATE AS day, "
            "'outside' AS rung, 'EUR' AS billing_currency, 25 AS effective_cost, 25 AS billed_cost"
        )
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))


@pytest.mark.usefixtures("two_currencies")
def test_the_estate_opens_in_the_currency_of_most_of_it_and_the_choice_is_in_sight():
    app = visit()
    currency = app.selectbox(key="currency")

    assert (currency.value, currency.options) == ("USD", ["USD", "EUR"])
    assert [box.key for box in app.get("popover")[0].get("selectbox")] == ["view"]
    assert "in Oct 2 – Oct 31, 2026" in app.subheader[0].value


@pytest.mark.usefixtures("two_currencies")
def test_a_currency_has_its_own_last_day_and_no_period_before_its_first():
    app = visit(currency="EUR", period="Last 15 days")

    # September has data in USD alone: 15 days before October 7 would be compared with a third of them
    assert (
        app.subheader[0].value == "Spend was €375 in Oct 7 – Oct 21, 2026; no earlier period to compare with."
    )


@pytest.mark.usefixtures("two_currencies")
@pytest.mark.parametrize(("currency", "symbol"), [("USD", "$"), ("EUR", "€")])
def test_a_charts_money_axis_has_the_sign_before_the_symbol_in_every_currency(currency, symbol):
    chart = visit(currency=currency).get("plotly_chart")[0].proto
    layout, config = json.loads(chart.spec)["layout"], json.loads(chart.config)
    axis = layout[
        "xaxis" if currency == "USD" else "yaxis"
    ]  # the bridge; of euros there is nothing to compare with

    # "$" of the format is the locale's symbol, after the sign; a prefix would stand before it: €−2k
    assert axis["tickformat"] == "$~s"
    assert "tickprefix" not in axis
    assert config["locales"][config["locale"]]["format"]["currency"] == [symbol, ""]


def test_a_custom_range_is_inclusive(open_page):
    app = open_page("overview", period="Custom range", range=["2026-10-07", "2026-10-07"])

    assert "Oct 7, 2026 (1 day, UTC)" in captions(app)


def test_filters_survive_a_change_of_page(open_page):
    app = open_page("overview", basis="fully loaded", team=["docs"])
    app.switch_page("views/unit_cost.py").run()

    assert "fully loaded basis" in captions(app)
    assert app.multiselect(key="team").value == ["docs"]


def test_a_team_filter_makes_unexplained_unknown(open_page):
    assert "unexplained –" in open_page("overview", team=["docs"]).markdown[0].value


def test_an_empty_store_says_how_to_fill_it(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    app = visit()

    assert "python -m ingest demo" in app.info[0].value


def test_a_store_without_charges_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(build(tmp_path, rows=False)))
    app = visit()

    assert "no charges yet" in app.info[0].value
