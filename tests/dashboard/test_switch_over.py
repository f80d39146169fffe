"""Self-host or API on the small estate. chat-large held 6 GPUs at $10 for 720 hours and answered 720,720 requests of
200 tokens in, 20 of them cached, and 50 out; a month of 730 hours is 730,730 requests for $43,800."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pandas as pd
import pytest
import streamlit as st
from estate import build
from visitor import visit

from dashboard.charts import switch_over as charts
from dashboard.headlines import switch_over as headlines
from dashboard.tables import switch_over as tables
from data.api_prices import ApiPrice, BadPrice, enter, prices, shipped
from data.economics.switch_over import SelfHost
from data.home import snapshot_file
from data.query.switch_over import Rate, leaving, offers, rate, workload
from data.snapshot import open_latest

DAY = date(2026, 11, 1)
TODAY = date(2026, 11, 20)
USD = {"USD": Rate(1.0, None)}
# 180 × 100 + 20 × 50 + 50 × 1,000 = 69,000 ÷ 1M = $0.069 a request
DEAR = ApiPrice("Acme", "large", Decimal(100), Decimal(1000), Decimal(50), "USD", DAY)
CHEAP = ApiPrice("Acme", "small", Decimal(1), Decimal(4), None, "USD", DAY)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A store of one's own: prices are written into it."""
    home = build(tmp_path)
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    return home


@pytest.fixture
def changed(home):
    """The small estate after a statement."""

    def changed(statement):
        with duckdb.connect(str(snapshot_file(home, 1))) as con:
            con.execute(statement)
        return open_latest(home).cursor()

    return changed


def said(app) -> str:
    elements = [*app.markdown, *app.caption, *app.error]
    return "\n".join(element.value.replace("\\", "") for element in elements)


def host_of(work):
    return SelfHost.of(work.measured.baseline, work.step_devices, work.p95_utilisation)


def test_the_workload_is_measured(cursor, october):
    work = workload(cursor, october, "chat-large")

    assert work.volume == pytest.approx(730_730)
    assert work.measured.monthly_cost == pytest.approx(43_800)
    assert (work.tokens.input, work.tokens.cached, work.tokens.output) == (200, pytest.approx(20), 50)
    assert work.reported == 1
    assert work.range == (pytest.approx(730_730), pytest.approx(730_730))  # every day is alike
    assert work.step_devices == 4  # it holds six GPUs, more than a machine of four
    assert work.p95_utilisation == pytest.approx((4 * 0.5 + 2 * 0.02) / 6)
    assert host_of(work).step_cost == 4 * 730 * 10
    assert host_of(work).step_volume == pytest.approx(4 * 730 * 720_720 / 4_320)


def test_the_range_is_that_of_its_days(changed, october):
    cursor = changed(
        "UPDATE unit_cost SET requests_ok = 2 * requests_ok WHERE model = 'chat-large' AND day = '2026-10-20'"
    )
    low, high = workload(cursor, october, "chat-large").range

    assert (low, high) == (pytest.approx(730_730), pytest.approx(2 * 730_730))


@pytest.mark.parametrize(("days", "busier"), [(1, 1), (2, 2)])
def test_steps_are_sized_for_the_day_that_95_percent_do_not_exceed(changed, october, days, busier):
    """On these days its GPUs were busy twice as long: the second of 30 is such a day, a single one is not."""
    cursor = changed(
        "UPDATE unit_cost SET requests_ok = 2 * requests_ok, busy_seconds = 2 * busy_seconds "
        f"WHERE model = 'chat-large' AND day >= '2026-10-20' AND day < DATE '2026-10-20' + {days}"
    )
    work = workload(cursor, october, "chat-large")

    assert work.p95_utilisation == pytest.approx(busier * (4 * 0.5 + 2 * 0.02) / 6)


def test_days_without_the_model_are_days_of_its_month(changed, october):
    """It serves on every other day, 15 of 29 from the first to the last: half of a month's cost, not all of it."""
    cursor = changed("DELETE FROM unit_cost WHERE model = 'chat-large' AND (day - DATE '2026-10-02') % 2 = 1")
    measured = workload(cursor, october, "chat-large").measured

    assert measured.days == 29
    assert measured.monthly_cost == pytest.approx(15 / 29 * 43_800, rel=1e-6)


def test_a_model_with_less_than_a_machine_shares_it(changed, october):
    cursor = changed("UPDATE resource SET device_count = 8")

    assert workload(cursor, october, "embed-search").step_devices == 1


def test_tokens_that_nobody_reports_are_unknown(changed, october):
    cursor = changed(
        "UPDATE unit_cost SET output_tokens = NULL, cached_tokens = NULL, cacheable_tokens = NULL"
    )
    work = workload(cursor, october, "chat-large")
    assert (work.tokens.input, work.tokens.cached, work.tokens.output) == (200, None, None)

    (offer,) = offers(work, host_of(work), [DEAR], USD)
    assert (offer.cost.per_request, offer.switch) == (None, None)
    assert "Output tokens of this model are not reported" in headlines.unknown([offer])
    assert tables.offer_rows([offer], work)["cost"].isna().all()


def test_tokens_are_those_of_the_requests_that_report_them(changed, october):
    """v3 and its 720,000 requests report nothing: 200 tokens a request all the same, of 0.1 % of them."""
    cursor = changed(
        "UPDATE unit_cost SET input_tokens = NULL, output_tokens = NULL WHERE model = 'chat-large' AND version = 'v3'"
    )
    work = workload(cursor, october, "chat-large")

    assert (work.tokens.input, work.tokens.output, work.reported) == (200, 50, pytest.approx(720 / 720_720))
    assert "of requests that report them" in headlines.scope(work, host_of(work), october)


def test_the_cached_share_is_of_the_input_of_servers_that_tell_it(changed, october):
    """In each row one of ten servers tells none: the 20 are of 90 % of the input, so of all of it 20 ÷ 0.9."""
    cursor = changed("UPDATE unit_cost SET cacheable_tokens = 0.9 * input_tokens")

    assert workload(cursor, october, "chat-large").tokens.cached == pytest.approx(20 / 0.9)


def test_a_fifth_of_the_input_untold_makes_the_cached_tokens_unknown(changed, october):
    cursor = changed("UPDATE unit_cost SET cacheable_tokens = 0.7 * input_tokens")

    assert workload(cursor, october, "chat-large").tokens.cached is None


def test_an_older_snapshot_knows_which_rows_tell_cached_tokens(changed, october):
    cursor = changed("UPDATE unit_cost SET cacheable_tokens = NULL")

    assert workload(cursor, october, "chat-large").tokens.cached == pytest.approx(20)


def test_the_cached_share_is_of_the_input_of_rows_that_report_both(changed, october):
    """v2 reports no cached tokens: the tenth of v3's input that is cached holds for all."""
    cursor = changed(
        "UPDATE unit_cost SET cached_tokens = NULL, cacheable_tokens = NULL "
        "WHERE model = 'chat-large' AND version = 'v2'"
    )

    assert workload(cursor, october, "chat-large").tokens.cached == pytest.approx(20, rel=1e-9)


def test_what_leaves_the_bill_is_what_it_held_alone(cursor, october):
    """Nobody else is on its machines, and no commitment pays for them: all $43,200 of the 720 hours."""
    found = leaving(cursor, october, "chat-large")

    assert (found.held, found.cash, found.committed) == (pytest.approx(43_800), pytest.approx(43_800), 0)


def test_a_machine_that_others_hold_stays_on_the_bill(changed, october):
    """One of the two GPUs of i-chat2 becomes another model's: the other one, $7,200 in 720 hours, is freed capacity."""
    cursor = changed("UPDATE gpu_hour SET model = 'other' WHERE device_id = 'i-chat2#2'")
    found = leaving(cursor, october, "chat-large")

    assert found.held == pytest.approx(36_000 * 730 / 720)
    assert found.cash == pytest.approx(28_800 * 730 / 720)
    assert found.shared == pytest.approx(7_200 * 730 / 720)


def test_a_machine_that_others_hold_too_stays_on_the_bill(changed, october):
    """One of v3's four GPUs is another model's: 28,800 × 3/4 is held, none of it cash; v2's machine is."""
    cursor = changed(
        "UPDATE gpu_hour SET model = 'summarise' WHERE resource_id = 'i-chat' AND device_id = "
        "(SELECT min(device_id) FROM gpu_hour WHERE resource_id = 'i-chat')"
    )
    found = leaving(cursor, october, "chat-large")

    assert found.held == pytest.approx((28_800 * 3 / 4 + 14_400) * 730 / 720)
    assert found.cash == pytest.approx(14_400 * 730 / 720)


@pytest.mark.parametrize(
    "paid",
    [
        "'i-chat' AS resource_id, 'sp-1' AS commitment_discount_id, 'Usage' AS charge_category",
        "'i-chat' AS resource_id, -0.5 AS x_commitment_credit, 'Usage' AS charge_category",  # GCP: a credit on the line
        "NULL AS resource_id, 'Purchase' AS charge_category",  # GCP: what of the fee went to the line
    ],
    ids=["plan", "credit", "fee"],
)
def test_what_a_commitment_pays_is_billed_on(changed, october, paid):
    """A plan pays $4 of each of the first GPU's hours."""
    cursor = changed(f"""
        INSERT INTO cost BY NAME SELECT 'L-plan' AS load_id, 1 AS line_id, {paid};
        INSERT INTO part BY NAME
        SELECT 'L-plan' AS load_id, 1 AS line_id, hour, device_id, 'serving_busy' AS rung, model, team,
            billing_currency, 4 AS effective_cost
        FROM gpu_hour WHERE device_id = 'i-chat#1'
    """)
    found = leaving(cursor, october, "chat-large")

    assert found.committed == pytest.approx(4 * 730)
    assert found.cash == pytest.approx(43_800 - 4 * 730)
    text = headlines.bill(found, None, workload(cursor, october, "chat-large"), october)
    assert "$2,920 is paid by commitments, which are billed on" in text


def test_the_answer_comes_first(cursor, october):
    """$0.069 × 730,730 = $50,420. A full step earns 0.069 × 487,153 = $33,614 for $29,200: the seventh is the last that
    does not pay at once, and pays from 7 × 29,200 ÷ 0.069 = 2,962,319."""
    work = workload(cursor, october, "chat-large")
    found = offers(work, host_of(work), [DEAR, CHEAP], USD)
    first, second = headlines.answer("chat-large", work, host_of(work), found, october)

    assert [o.price.model for o in found] == ["small", "large"]
    assert first.startswith(
        "At 731k requests a month self-hosting chat-large costs $43.8k; Acme small would cost $292, $43.5k less. "
        "The API is cheaper at every volume"
    )
    assert second == (
        "Acme large costs $50.4k, $6,620 more. They would cross at 2.96M a month, above what was measured: a "
        "projection."
    )
    assert found[1].switch.volume == pytest.approx(7 * 29_200 / 0.069)


def test_a_crossing_inside_of_what_was_measured_is_a_statement(changed, october):
    """$0.2 a request: one machine of $29,200 pays from 146,000 on, and a second one at once. A day of a tenth of the
    requests was measured, as a month 73,073 of them."""
    cursor = changed(
        "UPDATE unit_cost SET requests_ok = requests_ok // 10, input_tokens = input_tokens // 10, "
        "cached_tokens = cached_tokens // 10, output_tokens = output_tokens // 10 "
        "WHERE model = 'chat-large' AND version = 'v3' AND day = '2026-10-20'"
    )
    work = workload(cursor, october, "chat-large")
    price = replace(DEAR, per_request=Decimal("0.131"))
    (offer,) = offers(work, host_of(work), [price], USD)

    assert offer.switch.crossings == 1
    text = headlines.crossing(offer, work, host_of(work), october)
    assert text == "Below 146k a month the API is cheaper."


EUROS = replace(DEAR, currency="EUR")
LAST = date(2026, 10, 31)


def test_a_price_in_another_currency_is_refused_without_a_rate(cursor, october):
    assert rate(cursor, "EUR", "USD", LAST) is None
    work = workload(cursor, october, "chat-large")
    (offer,) = offers(work, host_of(work), [EUROS], {"EUR": None})

    assert not offer.is_known
    assert tables.offer_rows([offer], work)["note"].tolist() == ["no exchange rate from EUR"]
    assert "Prices in EUR cannot be compared" in headlines.unknown([offer])


def test_a_price_in_another_currency_is_converted_by_a_dated_rate(changed, october):
    cursor = changed("""
        INSERT INTO fx_setting VALUES (35);
        INSERT INTO fx_rate VALUES ('fx', 'L', 'L/1', '2026-10-29', 'EUR', 'USD', 1.25)
    """)
    work = workload(cursor, october, "chat-large")
    found = rate(cursor, "EUR", "USD", LAST)
    assert (found.factor, found.day) == (1.25, date(2026, 10, 29))
    (offer,) = offers(work, host_of(work), [EUROS], {"EUR": found})

    assert offer.cost.per_request == pytest.approx(0.069 * 1.25)
    assert "EUR at the rate of 2026-10-29" in tables.offer_rows([offer], work)["note"].iloc[0]


def test_the_picture_is_dashed_beyond_what_was_measured(changed, october):
    cursor = changed(
        "UPDATE unit_cost SET requests_ok = 2 * requests_ok WHERE model = 'chat-large' AND day = '2026-10-20'"
    )
    work = workload(cursor, october, "chat-large")
    found = offers(work, host_of(work), [DEAR], USD)
    figure = charts.switch_over("chat-large", work, host_of(work), found, "USD")
    lines = [trace for trace in figure.data if trace.name and trace.name.startswith("self-host")]

    assert [line.line.dash for line in lines] == ["dot", "solid", "dot"]
    solid = lines[1]
    assert (min(solid.x), max(solid.x)) == (pytest.approx(work.range[0]), pytest.approx(work.range[1]))
    (api,) = [trace for trace in figure.data if trace.name == "Acme large"]
    assert api.y[-1] == pytest.approx(found[0].cost.per_request * api.x[-1])
    measured = next(trace for trace in figure.data if trace.text == ("measured",))
    assert (measured.x[0], measured.y[0]) == (pytest.approx(work.volume), pytest.approx(43_800, rel=0.01))


def test_a_crossing_is_marked_where_the_lines_are_drawn(cursor, october):
    """Acme large crosses at 2.96M, within the picture; at $0.5 a request it would at 58,400, left of a log axis."""
    work = workload(cursor, october, "chat-large")

    def diamonds(*prices):
        found = offers(work, host_of(work), prices, USD)
        figure = charts.switch_over("chat-large", work, host_of(work), found, "USD")
        return [list(trace.x) for trace in figure.data if trace.marker.symbol == "diamond"]

    assert diamonds(DEAR) == [[pytest.approx(7 * 29_200 / 0.069)]]
    assert diamonds(CHEAP, replace(DEAR, per_request=Decimal("0.431"))) == []


def test_costs_far_apart_are_drawn_on_logarithmic_axes(cursor, october):
    work = workload(cursor, october, "chat-large")

    def axis(price):
        found = offers(work, host_of(work), [price], USD)
        return charts.switch_over("chat-large", work, host_of(work), found, "USD").layout.yaxis.type

    assert (axis(CHEAP), axis(DEAR)) == ("log", None)


@pytest.mark.usefixtures("home")
def test_the_page_answers():
    app = visit("unit_cost", topic="Self-host or API")

    assert "At 731k requests a month self-hosting chat-large costs $43.8k" in said(app)
    assert "tokens per request: 200 input, 20 of them cached, 50 output" in said(app)
    assert "Not compared: quality of the answers" in said(app)
    assert app.selectbox(key="switch-model").value == "chat-large"
    app.selectbox(key="switch-model").set_value("embed-search").run()
    assert "self-hosting embed-search costs" in said(app)
    assert not app.exception


@pytest.mark.usefixtures("home")
def test_one_model_is_asked_for_by_the_url():
    assert "self-hosting summarise costs" in said(
        visit("unit_cost", topic="Self-host or API", **{"switch-model": "summarise"})
    )


@pytest.mark.usefixtures("home")
def test_more_headroom_needs_more_machines():
    app = visit("unit_cost", topic="Self-host or API")
    assert "each carrying 487k requests a month" in said(app)
    (field,) = [n for n in app.number_input if n.label == "Sized for utilisation (%)"]
    assert field.value == pytest.approx(34.0)
    field.set_value(17.0).run()
    assert "each carrying 244k requests a month" in said(app)


@pytest.mark.usefixtures("home")
def test_without_gpu_models_there_is_nothing_to_replace():
    assert headlines.NO_MODELS in said(visit("unit_cost", topic="Self-host or API", model=["claude-proxy"]))


def table(*told):
    return tables.price_rows(told)


def test_edits_are_what_differs():
    edited = table(DEAR, CHEAP)
    edited.loc[0, "input"] = 120.5
    edited.loc[2] = ["Other", "new", 2, None, 8, None, "usd", None, None, None]
    changed, removed = tables.edits([DEAR, CHEAP], edited, TODAY)

    assert removed == []
    assert changed[0] == replace(DEAR, input=Decimal("120.5"), as_of=TODAY)
    assert changed[1] == ApiPrice("Other", "new", Decimal(2), Decimal(8), None, "USD", TODAY)
    assert tables.edits(shipped(), table(*shipped()), TODAY) == ([], [])
    assert tables.edits([DEAR, CHEAP], table(CHEAP), TODAY) == ([], [DEAR.key])


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [("input", None, "has no price of input"), ("model", "small", "stands there twice")],
)
def test_edits_that_make_no_price_are_refused(column, value, text):
    edited = table(DEAR, CHEAP)
    edited.loc[0, column] = value
    with pytest.raises(BadPrice, match=text):
        tables.edits([DEAR, CHEAP], edited, TODAY)


def test_a_price_that_was_entered_is_what_the_page_compares_with(home):
    enter(home, [DEAR], [price.key for price in shipped()], "ada")

    text = said(visit("unit_cost", topic="Self-host or API"))
    assert "Acme large would cost $50.4k, $6,620 more" in text


def test_the_price_table_is_kept(home, monkeypatch):
    """AppTest cannot type into a data editor: its answer is what somebody would have typed."""

    def typed(frame: pd.DataFrame, **_: object) -> pd.DataFrame:
        told = frame.copy()
        told.loc[told["model"] == "gpt-oss-20b", "input"] = 0.5
        st.session_state.setdefault("api-prices", {})
        return told

    monkeypatch.setattr(st, "data_editor", typed)
    app = visit("unit_cost", topic="Self-host or API")
    app.text_input(key="api-prices-who").set_value("ada")
    app.button(key="api-prices-keep").click().run()

    (kept,) = (price for price in prices(home) if price.model == "gpt-oss-20b")
    assert (kept.input, kept.who, kept.source) == (Decimal("0.5"), "ada", "")
    assert not app.exception
