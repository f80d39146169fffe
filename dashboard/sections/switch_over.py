"""Self-host or API: the answer, the picture, what would leave the bill, and the prices to edit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from dashboard import downloads, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.charts import switch_over as charts
from dashboard.headlines import switch_over as headlines
from dashboard.tables import switch_over as tables
from dashboard.visitor import signed, visitor
from data import api_prices
from data.api_prices import ApiPrice
from data.economics.switch_over import SelfHost
from data.filters import Filters
from data.home import store_home
from data.query import switch_over as question
from data.query.roi_baseline import roi_models
from data.query.switch_over import Offer, Workload

PRICES = "List prices per 1M tokens, each in its own currency, as of its day"
TARGET_HELP = (
    "Busy ÷ held GPU-hours that the steps are sized for: lower leaves more headroom. At first that of a busy day: 95 % "
    "of days have no more requests."
)


def switch_over(filters: Filters) -> None:
    """One model against the APIs that are chosen."""
    page.section("Self-host or API?", headlines.NOT_COMPARED)
    models = store.ask(roi_models, filters)
    if not models:
        page.note(headlines.NO_MODELS)
        return
    prices = api_prices.prices(store_home())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model: str = st.selectbox("Model", models, key="switch-model", bind="query-params", width=260)
        work = store.ask(question.workload, filters, model)
        if work is None:
            page.note(headlines.NO_MODELS)
            return
        host = SelfHost.of(work.measured.baseline, work.step_devices, _target(model, work))
        offers = _offers(work, host, prices, filters)
        chosen = _chosen(model, work, offers)
    _compare(model, work, host, chosen, filters)
    _prices(prices)


def _target(model: str, work: Workload) -> float:
    """Of a busy day to the last digit, until somebody says another."""
    measured = round(100 * work.p95_utilisation, 1)
    told = st.number_input(
        "Sized for utilisation (%)", 1.0, 100.0, max(measured, 1.0), 1.0, format="%.1f", width=200,
        key=f"switch-target-{model}-{measured}", help=TARGET_HELP,
    )  # fmt: skip
    return work.p95_utilisation if told == max(measured, 1.0) else told / 100


def _offers(work: Workload, host: SelfHost, prices: Sequence[ApiPrice], filters: Filters) -> list[Offer]:
    """Converted by the rate of the period's last day."""
    last = filters.end - timedelta(days=1)
    rates = {
        one: store.ask(question.rate, one, filters.currency, last) for one in {p.currency for p in prices}
    }
    return question.offers(work, host, prices, rates)


def _chosen(model: str, work: Workload, offers: Sequence[Offer]) -> list[Offer]:
    """At first the cheapest, the middle and the dearest. One that charges no output is of embeddings: it answers
    nothing."""
    by_name = {offer.price.name: offer for offer in offers}
    answers = bool(work.tokens.output)
    fits = [name for name, o in by_name.items() if o.is_known and bool(o.price.output) == answers]
    spread = sorted({0, len(fits) // 2, len(fits) - 1}) if fits else []
    names = st.multiselect(
        "APIs", list(by_name), [fits[place] for place in spread], key=f"switch-apis-{model}", width=420,
        help="Which of them answers as well as your model is yours to judge.",
    )  # fmt: skip
    return [offer for name, offer in by_name.items() if name in names]


def _compare(model: str, work: Workload, host: SelfHost, offers: Sequence[Offer], filters: Filters) -> None:
    first, *more = headlines.answer(model, work, host, offers, filters)
    page.say(f"**{first}**")
    for sentence in more:
        page.say(f"- {sentence}")
    if not offers:
        page.note(headlines.NO_PRICES)
    best = next((offer for offer in offers if offer.is_known), None)
    page.say(headlines.bill(store.ask(question.leaving, filters, model), best, work, filters))
    if unknown := headlines.unknown(offers):
        page.note(unknown)
    figure = charts.switch_over(model, work, host, offers, filters.currency)
    alt = f"Cost per month against monthly requests: self-hosting {model} in steps, APIs as lines"
    rows = tables.offer_rows(offers, work)
    if len(rows):
        page.chart_with_table(
            figure, rows, name="switch-over", alt=alt, columns=tables.offer_columns(filters)
        )
    else:
        page.draw(figure, name="switch-over-chart", alt=alt)
    page.note(headlines.scope(work, host, filters))


def _prices(prices: Sequence[ApiPrice]) -> None:
    """What APIs charge, to be edited: an entry is kept with who and when, and the shipped row stays what it is."""
    with st.expander(f"Price table · {len(prices)} APIs, per 1M tokens, each in its own currency"):
        page.note(
            "Shipped prices are list prices as of their day, from the source beside them: check them with the provider "
            "before you decide. Change, add or take out rows, then keep them."
        )
        edited = st.data_editor(
            tables.price_rows(prices), num_rows="dynamic", hide_index=True, key="api-prices", placeholder=fmt.UNKNOWN,
            column_config=tables.price_columns(),
        )  # fmt: skip
        columns = tables.price_columns()
        downloads.table(tables.price_rows(prices), name="api-prices", columns=columns, scope=PRICES)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            who = st.text_input("Entered by", value=visitor(), key="api-prices-who", width=220)
            if st.button("Keep prices", key="api-prices-keep"):
                _keep(prices, edited, who)


def _keep(prices: Sequence[ApiPrice], edited: pd.DataFrame, who: str) -> None:
    try:
        changed, removed = tables.edits(prices, edited, datetime.now(UTC).date())
        api_prices.enter(store_home(), changed, removed, who)
    except api_prices.BadPrice as error:
        st.error(f"No price was kept. {error}".replace("$", r"\$"))
        return
    signed(who)
    del st.session_state["api-prices"]
    st.rerun()
