"""What one inference, 1k requests and 1M tokens cost, and the volume and speed behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import format as fmt
from dashboard.page_parts import Card, Good
from data.filters import Filters
from data.query.lineage import Figure, Measure, Ratio

LINEAGE: dict[str, Measure | Ratio] = {
    "cost_per_inference": "cost per inference",
    "cost_per_1k": "cost per 1k inferences",
    "cost_per_1m_tokens": "cost per 1M tokens",
    "requests_ok": "requests",
    "throughput": "throughput",
}


def unit_costs(now: pd.Series, before: pd.Series | None, filters: Filters) -> list[Card]:
    """The total row of query.unit_cost.costs as cards; `before` is that of the period before."""
    was: Mapping[str, Any] | pd.Series = {} if before is None else before

    def card(label: str, column: str, text: str, help: str, good: Good = "down") -> Card:
        figure = Figure(LINEAGE[column], filters) if column in LINEAGE else None
        change = fmt.relative_change(now[column], was.get(column))
        return Card(label, text, change, good, help=help, lineage=figure)

    def unit_cost(label: str, column: str, help: str) -> Card:
        return card(label, column, fmt.unit_cost(now[column], filters.currency), help)

    return [
        unit_cost("Cost per inference", "cost_per_inference",
                  f"{filters.basis} cost ÷ successful requests, where counted."),
        unit_cost("Per 1k inferences", "cost_per_1k", "× 1,000."),
        unit_cost("Per 1M tokens", "cost_per_1m_tokens",
                  "Input and output tokens together; cost of the models that report them."),
        card("Requests", "requests_ok", fmt.short_count(now["requests_ok"]),
             "Successful ones; failed requests and health checks are no inferences.", "neither"),
        card("Throughput", "throughput", _per_gpu_hour(now["throughput"]), "Inferences per busy GPU-hour.", "up"),
    ]  # fmt: skip


def _per_gpu_hour(throughput: float | None) -> str:
    """2,381 / GPU-h."""
    return fmt.UNKNOWN if fmt.is_unknown(throughput) else f"{fmt.short_count(throughput)} / GPU-h"
