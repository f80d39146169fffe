"""Utilisation: how busy each GPU was, hour by hour and over the week."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import streamlit as st

from dashboard import figures, filter_bar, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.cards import utilisation as cards
from dashboard.charts import utilisation as charts
from dashboard.headlines import utilisation as headlines
from dashboard.sections import lineage
from dashboard.sections.raster import raster
from dashboard.tables import utilisation as tables
from data.filters import Filters
from data.query import utilisation as question
from data.query.utilisation import DIMENSIONS, MEASURES, Utilisation

Choice = TypeVar("Choice", bound=str)


def main() -> None:
    """Answer, cards, steps, raster, week, table."""
    filters, earlier = filter_bar.current(), filter_bar.earlier("effective")
    now = store.ask(question.utilisation, filters)
    if not now.devices:
        page.empty_state(filters, f"GPU hours billed in {filters.currency}")
        return
    page.headline(headlines.utilisation(now, filters))
    page.scope_note(page.scope_line(replace(filters, view="effective"), basis=False))
    before = store.ask(question.utilisation, earlier) if earlier else None
    page.kpi_row(cards.utilisation(now, before, store.ask(question.by_day, filters), filters))
    _steps(now)
    page.section("Every GPU, every hour")
    raster(filters, _switch("Measure", MEASURES, "measure"))
    _week(filters)
    _worst_first(filters)


def _switch(label: str, choices: tuple[Choice, ...], key: str) -> Choice:
    return st.segmented_control(
        label, choices, default=choices[0], required=True, key=key, bind="query-params", label_visibility="collapsed"
    )  # fmt: skip


def _steps(now: Utilisation) -> None:
    steps = now.steps()
    first = str(steps["step"].iloc[0])
    page.section(f"From {first} to busy")
    told = zip(steps["step"], steps["hours"], strict=True)
    alt = ", ".join(f"{step} {fmt.count(hours)} device-hours" for step, hours in told)
    figure = charts.funnel(steps)
    page.chart_with_table(figure, steps, name="utilisation-funnel", alt=alt, columns=tables.steps(first))
    page.note(headlines.held(now))


def _week(filters: Filters) -> None:
    page.section("Hour of the week")
    own = st.context.timezone
    zone = _switch("Time zone", ("UTC", own), "zone") if own and own != "UTC" else "UTC"
    cells = store.ask(question.by_hour_of_week, filters, zone)
    alt = f"Utilisation by weekday and hour, {zone}, Monday first."
    figure = charts.week(cells)
    page.chart_with_table(figure, cells, name="utilisation-week", alt=alt, columns=tables.week(zone))
    scale = "The scale runs from the quietest hour to the busiest; – = never observed."
    page.note(f"Busy ÷ observed device-seconds, hours in {zone}. {scale}")


def _worst_first(filters: Filters) -> None:
    page.section("Worst first")
    dimension = _switch("By", DIMENSIONS, "by")
    name = f"utilisation-by-{dimension.lower().replace(' ', '-')}"
    rows = store.ask(question.by, filters, dimension)
    columns = tables.groups(dimension, filters)
    chosen = lineage.pick(rows, name=name, columns=columns, alt=f"Utilisation by {dimension}, worst first")
    if chosen is not None:
        row = rows.iloc[chosen].to_dict()
        lineage.opened(figures.group(row, dimension, filters), row["name"], "group")


main()
