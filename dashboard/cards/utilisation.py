"""How busy the fleet was, against the period before."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard.headlines.idle import any_idle
from dashboard.page_parts import Card, Good
from dashboard.tables.utilisation import BUSY, GAUGE
from data.filters import Filters
from data.query.lineage import Figure, Measure, Ratio
from data.query.utilisation import Utilisation

LINEAGE: dict[str, Measure | Ratio] = {
    "utilisation": "utilisation",
    "gauge_mean": "gauge mean",
    "busy_hours": "busy hours",
    "idle_cost": "idle device cost",
    "unobserved_hours": "unobserved hours",
}
IDLE = (
    "Cost of device time at ≤ 1 % activity, of any length; the Idle GPUs page counts runs of 30 min and more."
)


def _figure(column: str, filters: Filters) -> Figure:
    return Figure(LINEAGE[column], filters)


def utilisation(
    now: Utilisation, before: Utilisation | None, days: pd.DataFrame, filters: Filters
) -> list[Card]:
    """The period's figures with their days behind (query.utilisation.by_day)."""

    def share(label: str, column: str, help: str) -> Card:
        value = getattr(now, column)
        change = fmt.points_change(value, getattr(before, column, None))
        return Card(
            label, fmt.percent(value), change, "up", days[column], help, lineage=_figure(column, filters)
        )

    def amount(label: str, column: str, text: str, good: Good, help: str) -> Card:
        change = fmt.relative_change(getattr(now, column), getattr(before, column, None))
        return Card(label, text, change, good, days[column], help, lineage=_figure(column, filters))

    blind = fmt.money(now.unobserved_cost, filters.currency)
    unseen = f"Billed without telemetry, {blind}: neither busy nor idle, unknown."
    return [
        share("Utilisation (busy time)", "utilisation", BUSY),
        share("Gauge mean", "gauge_mean", GAUGE),
        amount("Busy device-hours", "busy_hours", fmt.short_count(now.busy_hours), "up",
               f"Of {fmt.count(now.observed_hours)} observed; {fmt.count(now.billed_hours)} are billed."),
        amount(any_idle(), "idle_cost", fmt.short_money(now.idle_cost, filters.currency), "down", IDLE),
        amount("Unobserved hours", "unobserved_hours", fmt.short_count(now.unobserved_hours), "down", unseen),
    ]  # fmt: skip
