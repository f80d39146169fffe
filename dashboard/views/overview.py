"""Overview: what the estate cost, what moved, which day stood out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import filter_bar, headlines, store
from dashboard import format as fmt
from dashboard.charts import overview as charts
from dashboard.columns import count_column, money_column, text_column
from dashboard.page_parts import (
    Card,
    chart_with_table,
    empty_state,
    headline,
    kpi_row,
    note,
    scope_line,
    table_with_download,
)
from data.filters import Filters
from data.query import overview


def main() -> None:
    """Answer, cards, days, movers."""
    filters = filter_bar.current()
    figures = store.ask(overview.figures, filters)
    if figures.empty:
        empty_state(filters, "charges")
        return
    before = store.ask(overview.figures, filters.previous()) if filter_bar.comparable() else figures.iloc[:0]
    movers = store.ask(overview.movers, filters) if filter_bar.comparable() else pd.DataFrame()
    now, then = figures.iloc[0], (before.iloc[0] if len(before) else None)
    headline(headlines.spend(now["spend"], None if then is None else then["spend"], movers, filters))
    note(scope_line(filters))
    kpi_row([*_cards(figures, then, filters), _month(filters)])
    _days(filters)
    if filter_bar.comparable():
        _movers(movers, filters)


def _cards(figures: pd.DataFrame, then: pd.Series | None, filters: Filters) -> list[Card]:
    now, days, currency = figures.iloc[0], figures.iloc[1:], filters.currency

    def was(column: str) -> float | None:
        return None if then is None else then[column]

    def points(column: str) -> str | None:
        old = was(column)
        if fmt.is_unknown(old) or fmt.is_unknown(now[column]) or old is None:
            return None
        return fmt.points(now[column] - old)

    def money_card(label: str, column: str, help: str) -> Card:
        old, value = was(column), fmt.short_money(now[column], currency)
        against = fmt.difference(now[column], old, currency)
        return Card(label, value, fmt.relative_change(now[column], old), "down", days[column], help, against)

    return [
        money_card("Spend", "spend", "All rungs of the ladder; effective or billed, that is the invoice."),
        Card("Cost per inference", fmt.unit_cost(now["cost_per_inference"], currency),
             fmt.relative_change(now["cost_per_inference"], was("cost_per_inference")), "down",
             days["cost_per_inference"], f"{filters.basis} cost ÷ successful requests, effective view."),
        Card("Utilisation", fmt.percent(now["utilisation"]), points("utilisation"), "up", days["utilisation"],
             "Busy ÷ observed device-seconds of every GPU, time-based."),
        money_card("Idle GPU cost", "idle_cost", "Device time paid for at ≤ 1 % activity, of any length: "
                   "warm idle, held idle and unallocated."),
        Card("GPU cost observed", fmt.percent(now["coverage"]), points("coverage"), "up", days["coverage"],
             "Share of device cost that telemetry saw. Filters by team or model do not narrow it."),
    ]  # fmt: skip


def _month(filters: Filters) -> Card:
    last_day = filter_bar.last_day()
    month = store.ask(overview.month_so_far, filters, last_day)
    before = month.before if filter_bar.reaches(month.compared) else None
    return Card(
        f"{month.month:%B} so far",
        fmt.short_money(month.so_far, filters.currency),
        fmt.relative_change(month.so_far, before),
        "down",
        help=f"{month.days} days, through {fmt.day(last_day)}, whatever period is chosen.",
        against=f"vs. {month.compared:%b}, same days",
    )


def _days(filters: Filters) -> None:
    spend = store.ask(overview.spend_by_rung, filters)
    top = store.ask(overview.highest_day, filters)
    st.subheader("Spend per day", anchor=False)
    if top is not None:
        said = f"{headlines.highest(top, filters.currency)} {headlines.tallest(spend, top, filters.currency)}"
        st.markdown(said.replace("$", r"\$"))
    columns = {
        "day": st.column_config.DateColumn("day (UTC)"),
        "rung": text_column("rung"),
        "cost": money_column("cost", filters),
    }
    figure = charts.spend_stack(spend, filters.currency, top.day if top else None)
    alt = "Spend per day, stacked by rung of the cost ladder"
    chart_with_table(figure, spend, name="spend-by-day", alt=alt, columns=columns)
    if top is not None and len(top.drivers):
        with st.expander(f"What rose on {fmt.day(top.day)}"):
            _drivers(top.drivers, filters)


def _drivers(drivers: pd.DataFrame, filters: Filters) -> None:
    note(
        "By instance type, else service, against its median day of the period; the resource is the one that rose most."
    )
    columns = {
        "kind": text_column("instance type or service"),
        "cost": money_column("cost of the day", filters),
        "median_cost": money_column("median day", filters),
        "excess": money_column("above it", filters),
        "resource_id": text_column("resource"),
        "sub_account_id": text_column("account"),
        "resources_up": count_column("resources that rose"),
    }
    table_with_download(drivers, name="day-drivers", columns=columns)


def _movers(movers: pd.DataFrame, filters: Filters) -> None:
    st.subheader("What moved", anchor=False)
    note(
        f"Change in {filters.view} cost against the {fmt.days(filters.days)} before, by model; else by rung."
    )
    columns = {
        name: money_column(name.replace("_", " "), filters) for name in ("cost", "cost_before", "change")
    }
    chart_with_table(
        charts.movers_bar(movers, filters.currency), movers, name="movers",
        alt="Largest changes in cost by model", columns=columns,
    )  # fmt: skip


main()
