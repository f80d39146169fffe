"""Chargeback: what each team, or model, pays for the devices under three rules, side by side."""

from __future__ import annotations

import streamlit as st

from dashboard import figures, store
from dashboard import page_parts as page
from dashboard.charts import chargeback as charts
from dashboard.headlines import chargeback as headlines
from dashboard.sections import lineage
from dashboard.tables import chargeback as tables
from data.filters import Filters
from data.query.billed_only import billed_only
from data.query.chargeback import By
from data.query.chargeback import chargeback as question

MEMBERS: tuple[By, ...] = ("team", "model")


def chargeback(filters: Filters) -> None:
    """The device cost of the period, by what each held, used, and added to the peak."""
    page.section("Chargeback")
    chosen = st.segmented_control(
        "Chargeback by", MEMBERS, default="team", key="chargeback", bind="query-params", required=True
    )
    by: By = next(member for member in MEMBERS if member == chosen)
    told = store.ask(question, filters, by)
    if told is None:
        page.say("No device cost of this selection was observed, so there is nothing to charge back.")
        return
    page.say(headlines.found(told, by, filters.currency))
    page.note(headlines.scope(told, filters.currency))
    if damaged := store.ask(billed_only, filters):
        page.note(headlines.lacks(damaged))
    figure = charts.shares(told.shares, filters.currency)
    alt = f"What each {by} pays if charged by what it reserved, by what it used, and by its Shapley share"
    columns = tables.columns(filters, by)
    row = lineage.chart_with_pick(figure, told.shares, name="chargeback", columns=columns, alt=alt)
    page.note(headlines.RULES)
    if row is not None:
        member = str(told.shares["member"].iloc[row])
        page.say(headlines.SHARED_OUT)
        lineage.opened(figures.reserved(member, by, filters), member, "chargeback-row")
