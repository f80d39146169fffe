"""The Overview's figures against the period before, and the month so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from dashboard import format as fmt
from dashboard.headlines.idle import any_idle
from dashboard.page_parts import Card
from data.filters import Filters
from data.query.lineage import Figure, Measure, Ratio
from data.query.overview import MONTH_DAYS, MonthSoFar

ALWAYS_EFFECTIVE = ["cost_per_inference", "coverage"]  # whatever view is chosen
LINEAGE: dict[str, Measure | Ratio] = {
    "spend": "spend",
    "idle_cost": "idle cost",
    "cost_per_inference": "cost per inference",
    "utilisation": "utilisation",
    "coverage": "GPU cost observed",
}
IDLE = (
    "Cost of device time at ≤ 1 % activity, of any length: warm idle, held idle and unallocated. "
    "The Idle GPUs page counts runs of 30 min and more."
)


def figures(
    figures: pd.DataFrame, before: pd.Series | None, filters: Filters, *, effective: bool
) -> list[Card]:
    """query.overview.figures as cards with their days behind; `before` is the first row of the period before, and
    `effective` says whether its effective cost is usable."""
    now, days, currency = figures.iloc[0], figures.iloc[1:], filters.currency
    was: Mapping[str, Any] | pd.Series = {} if before is None else before
    if before is not None and not effective:
        was = before.drop(ALWAYS_EFFECTIVE)

    def money(label: str, column: str, help: str) -> Card:
        change = fmt.relative_change(now[column], was.get(column))
        against = fmt.difference(now[column], was.get(column), currency)
        return Card(
            label, fmt.short_money(now[column], currency), change, "down", days[column], help, against,
            lineage=Figure(LINEAGE[column], filters),
        )  # fmt: skip

    def share(label: str, column: str, help: str) -> Card:
        change = fmt.points_change(now[column], was.get(column))
        figure = Figure(LINEAGE[column], filters)
        return Card(label, fmt.percent(now[column]), change, "up", days[column], help, lineage=figure)

    unit = "cost_per_inference"
    return [
        money("Spend", "spend", "All rungs of the ladder; effective or billed, that is the invoice."),
        Card("Cost per inference", fmt.unit_cost(now[unit], currency), fmt.relative_change(now[unit], was.get(unit)),
             "down", days[unit], f"{filters.basis} cost ÷ successful requests, where counted; effective view.",
             lineage=Figure(LINEAGE[unit], filters)),
        share("Utilisation", "utilisation", "Busy ÷ observed device-seconds of every GPU, time-based."),
        money(any_idle(), "idle_cost", IDLE),
        share("GPU cost observed", "coverage",
              "Share of device cost that telemetry saw."),
    ]  # fmt: skip


def month(month: MonthSoFar, comparable: bool, filters: Filters) -> Card:
    """The month of the data's last day; `comparable` says whether the data reaches over the month before."""
    after = month.month + timedelta(days=month.days)
    said = (
        f"The first {fmt.days(month.days)}, whatever period is chosen. The change compares the first "
        f"{fmt.days(month.shared_days)} of {month.month:%B} with the same of {month.compared:%B}."
    )
    if month.known_days < month.days:
        said = f"Since {fmt.day(after - timedelta(days=month.known_days))}, when the data begins."
    elif month.whole:
        said = f"The whole month, whatever period is chosen, compared with the whole of {month.compared:%B}."
    return Card(
        f"{month.month:%B}" if month.whole and month.known_days == month.days else f"{month.month:%B} so far",
        fmt.short_money(month.so_far, filters.currency),
        fmt.relative_change(month.so_far_shared, month.before) if comparable else None,
        "down",
        help=said,
        against=f"vs. {month.compared:%b}",
        lineage=None
        if month.so_far is None
        else Figure("spend", replace(filters, start=month.month, end=after)),
    )


def normalised(month: MonthSoFar, comparable: bool, filters: Filters) -> Card:
    """The same month as one of mean length: 28 days of February and 31 of March then compare."""
    return Card(
        f"{month.month:%B}, normalised",
        fmt.short_money(month.normalised, filters.currency),
        fmt.relative_change(month.normalised, month.normalised_before) if comparable else None,
        "down",
        help=f"Spend of the month ÷ {fmt.days(month.known_days)} × {MONTH_DAYS}, the mean length of a month. No "
        "forecast: what is charged once a month is in it as if more of it came.",
        against=f"vs. {month.compared:%b}",
        lineage=f"{fmt.short_money(month.so_far, filters.currency)} ÷ {fmt.days(month.known_days)} × {MONTH_DAYS}. The "
        "sum is that of the card beside it, whose lines stand there; the days are those since the data begins.",
        aside=f"÷ {fmt.days(month.known_days)} × {MONTH_DAYS:.1f}",
    )
