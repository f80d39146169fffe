"""Why a figure moved: the bridge as a sentence, a picture and a table of every cause and model."""

from __future__ import annotations

from dashboard import headlines, store
from dashboard import page_parts as page
from dashboard.charts import bridge as charts
from dashboard.tables import bridge as tables
from data.filters import Filters
from data.query.bridge import spend_bridge, unit_bridge


def spend(filters: Filters) -> None:
    """From the spend of the days compared with to that of the period."""
    told = store.ask(spend_bridge, filters)
    page.section("Why spend moved", headlines.bridge_scope(filters))
    if told.bars.empty:
        page.say(f"Nothing moved against {headlines.period_before(filters)}.")
        return
    figure = charts.waterfall(told.causes, filters.currency)
    alt = "What each cause added to spend or took from it, ending at the change"
    bars = told.bars.assign(cause=told.bars["cause"].map(charts.cause_name))
    page.chart_with_table(figure, bars, name="spend-bridge", alt=alt, columns=tables.bars(filters))


def unit_cost(filters: Filters) -> None:
    """From the cost per inference of the days compared with to that of the period; nothing where one has none."""
    told = store.ask(unit_bridge, filters)
    if told is None or told.bars.empty:
        return
    page.section("Why cost per inference moved", headlines.unit_bridge_scope(filters))
    bars = charts.unit_causes(told.bars)
    figure = charts.waterfall(charts.unit_causes(told.causes), filters.currency, per=1000)
    alt = "What each cause did to the cost of 1k inferences, ending at the change"
    rows = bars.assign(cause=bars["cause"].map(charts.cause_name), amount=bars["amount"] * 1000)
    page.chart_with_table(figure, rows, name="unit-bridge", alt=alt, columns=tables.unit_bars(filters))
