"""What the invoice paid for, each against the period before."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard import theme
from dashboard.headlines.idle import any_idle
from dashboard.headlines.invoice import SERVED, PaidFor
from dashboard.page_parts import Card, Good
from data.filters import Filters
from data.query.lineage import Figure


def paid_for(now: PaidFor, before: PaidFor | None, filters: Filters) -> list[Card]:
    """The whole and its largest meanings; each leads to its lines."""

    def card(label: str, column: str, figure: Figure, help: str, good: Good = "down") -> Card:
        value, was = getattr(now, column), None if before is None else getattr(before, column)
        return Card(
            label, fmt.short_money(value, filters.currency), fmt.relative_change(value, was), good, help=help,
            against=fmt.difference(value, was, filters.currency), lineage=figure,
        )  # fmt: skip

    def rungs(*names: str) -> Figure:
        return Figure("spend", filters, tuple(("rung", name) for name in names))

    total = theme.total_name(filters.view)
    return [
        card(f"{total[:1].upper()}{total[1:]}", "total", Figure("spend", filters), "All rungs of the ladder."),
        card("Served inferences", "served", rungs(*SERVED),
             "Serving busy, managed inference, serving on CPU.", "neither"),
        card(any_idle(), "idle", Figure("idle cost", filters),
             "Warm idle, held idle and unallocated device time at ≤ 1 % activity, of any length."),
        card("Shared", "shared", rungs("shared"), "CPU, storage, network, orchestration, support beside the devices."),
        card("Commitment unused", "unused", rungs("commitment_unused"), "What plans and reservations left unused."),
        card("Outside AI", "outside", rungs("outside"), "Not AI by the rules of the configuration.", "neither"),
    ]  # fmt: skip
