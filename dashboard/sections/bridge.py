"""Why a figure moved: the bridge as a sentence, a picture and a table of every cause and model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import figures, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.charts import bridge as charts
from dashboard.headlines import bridge as headlines
from dashboard.headlines.change import period_before
from dashboard.sections import lineage
from dashboard.tables import bridge as tables
from data.filters import Filters
from data.query.bridge import spend_bridge, unit_bridge


def spend(filters: Filters) -> None:
    """From the spend of the days compared with to that of the period."""
    told = store.ask(spend_bridge, filters)
    page.section("Why spend moved", headlines.bridge_scope(filters))
    if told.bars.empty:
        page.say(f"Nothing moved against {period_before(filters)}.")
        return
    figure = charts.waterfall(told.causes, filters.currency)
    alt = "What each cause added to spend or took from it, ending at the change"
    bars = told.bars.assign(cause=told.bars["cause"].map(charts.cause_name))
    chosen = lineage.chart_with_pick(figure, bars, name="spend-bridge", columns=tables.bars(filters), alt=alt)
    if chosen is not None:
        row = told.bars.iloc[chosen].to_dict()
        page.say(headlines.bridged(told.bars, row, filters))
        lineage.opened(figures.bridged(row, filters), _label(row), "spend-bridge-row")


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
    columns = tables.unit_bars(filters)
    chosen = lineage.chart_with_pick(figure, rows, name="unit-bridge", columns=columns, alt=alt)
    if chosen is not None:
        row = told.bars.iloc[chosen].to_dict()
        page.say(headlines.UNIT_BRIDGED)
        lineage.opened(figures.bridged_unit(row, filters), _label(row), "unit-bridge-row")


def _label(row: Mapping[Any, Any]) -> str:
    return charts.cause_name(str(row["cause"])) if fmt.is_unknown(row["model"]) else str(row["model"])
