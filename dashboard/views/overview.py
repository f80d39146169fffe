"""Overview: what the estate cost, what moved, which day stood out."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from dashboard import figures, filter_bar, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.cards import overview as cards
from dashboard.charts import overview as charts
from dashboard.charts.annotations import annotate
from dashboard.headlines import anomalies as headlines_anomalies
from dashboard.headlines import overview as headlines
from dashboard.headlines.change import period_before
from dashboard.headlines.unit_cost import EFFECTIVE_ALONE
from dashboard.sections import anomalies as sections_anomalies
from dashboard.sections import bridge, budgets, lineage, notes
from dashboard.sections.counted import counted
from dashboard.sections.weekly_pack import weekly_pack
from dashboard.tables import overview as tables
from data.filters import Filters
from data.query import overview
from data.query.anomalies import anomalies
from data.query.bridge import spend_bridge
from data.query.provisional import provisional_since


def main() -> None:
    """Answer, cards, what cost per inference counts, why spend moved, days and the unexpected ones, budgets, movers,
    the weekly pack."""
    filters, earlier = filter_bar.current(), filter_bar.earlier()
    figures = store.ask(overview.figures, filters)
    if figures.empty:
        page.empty_state(filters, "charges")
        return
    before = store.ask_earlier(overview.figures, earlier)
    causes = store.ask(spend_bridge, filters).causes if earlier else None
    month = store.ask(overview.month_so_far, filters, filter_bar.first_day(), filter_bar.last_day())
    unexpected = store.ask(anomalies, filters)
    surprise = headlines_anomalies.surprise(unexpected, filters.currency)
    page.headline(f"{headlines.spend(figures.iloc[0], before, causes, filters)} {surprise}".strip())
    other_view = "" if filters.view == "effective" else EFFECTIVE_ALONE.rstrip(".")
    provisional = headlines.provisional(_provisional_since(filters), filters)
    page.scope_note(". ".join(told for told in (page.scope_line(filters), other_view, provisional) if told))
    comparable, effective = filter_bar.reaches(month.compared), filter_bar.comparable("effective")
    page.kpi_row(
        [
            *cards.figures(figures, before, filters, effective=effective),
            cards.month(month, comparable, filters),
            cards.normalised(month, comparable, filters),
        ]
    )
    counted(filters)
    if earlier:
        bridge.spend(filters)
    _days(filters)
    sections_anomalies.anomalies(filters)
    budgets.budgets(filters)
    if earlier:
        _movers(store.ask(overview.movers, filters), filters)
    weekly_pack(filters)


def _provisional_since(filters: Filters) -> date | None:
    return store.ask(provisional_since, filters)


def _days(filters: Filters) -> None:
    spend = store.ask(overview.spend_by_rung, filters)
    top = store.ask(overview.highest_day, filters)
    if not headlines.stands_out(top):
        top = None
    page.section("Spend per day")
    if top is not None:
        highest = headlines.highest(top, filters.currency)
        page.say(f"{highest} {headlines.tallest(spend, top, filters.currency)}")
    since = _provisional_since(filters)
    marks = headlines_anomalies.marks(store.ask(anomalies, filters), filters.currency)
    figure = charts.spend_stack(spend, filters.currency, top.day if top else None, since, marks)
    noted = notes.of(filters)
    annotate(figure, noted)
    alt = "Spend per day, stacked by rung of the cost ladder"
    page.chart_with_table(figure, spend, name="spend-by-day", alt=alt, columns=tables.spend_by_rung(filters))
    notes.under(noted, filters, name="spend")
    if top is not None and len(top.drivers):
        with st.expander(f"What rose on {fmt.day(top.day)}"):
            page.note(headlines.DRIVERS)
            page.table_with_download(top.drivers, name="day-drivers", columns=tables.drivers(filters))


def _movers(movers: pd.DataFrame, filters: Filters) -> None:
    against = period_before(filters)
    page.section("What moved", f"Change in {filters.view} cost against {against}, by model; else by rung.")
    figure = charts.movers_bar(movers, filters.currency)
    alt = "Largest changes in cost by model"
    columns = tables.movers(filters)
    chosen = lineage.chart_with_pick(figure, movers, name="movers", columns=columns, alt=alt)
    if chosen is not None:
        row = movers.iloc[chosen].to_dict()
        lineage.opened(figures.mover(row, filters), charts.mover_name(row["rung"], row["model"]), "mover")


main()
