"""What idle GPUs cost, in which state they were, and how much of it is money."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.headlines.idle import any_idle
from dashboard.page_parts import Card
from data.filters import Filters
from data.query.idle import STATES, Idle
from data.query.lineage import Figure, Measure

CASH = (
    "What the bill would have fallen by: hours in which every device of a billed machine was free, at the price paid, "
    "without hours that a commitment pays for."
)
FREED = "Free devices on machines that stay, or under a commitment: room for other work, not less to pay."


NO_LINES = (
    "Cash and freed capacity are worked out hour by hour (relation `free_time`): cash is what whole machines cost "
    "while every device of theirs was free, at the price paid, without hours under a commitment; freed is the rest of "
    "*Unallocated*. No charge line holds either. The lines of both together stand under that card."
)


def idle(idle: Idle, filters: Filters, rule: tuple[float, int]) -> list[Card]:
    """The findings with enough evidence, summed; `rule`: threshold, and how many minutes a run must last."""

    def figure(*states: str, measure: Measure = "idle run cost") -> Figure:
        told = {name: state for state, name in STATES.items()}
        return Figure(measure, filters, tuple(("state", told[name]) for name in states), rule)

    def money(label: str, cost: float | None, help: str, *states: str) -> Card:
        return Card(label, fmt.short_money(cost, filters.currency), help=help, lineage=figure(*states))

    def state(name: str, about: str) -> Card:
        part = idle.by_state[name]
        return money(name.capitalize(), part.cost, f"{about} {fmt.count(part.hours)} device-hours.", name)

    def saving(label: str, cost: float | None, devices: int, help: str) -> Card:
        aside = None if cost is None else gpus(devices)
        return Card(label, fmt.short_money(cost, filters.currency), help=help, aside=aside, lineage=NO_LINES)

    dark = f"Nobody holds the device; {fmt.money(idle.dark.cost, filters.currency)} of it dark, free all day."
    all_hours = (
        f"Cost of the findings with enough evidence, in the period. {fmt.count(idle.hours)} device-hours. "
        "Overview and Utilisation count idle time of any length."
    )
    return [
        money(any_idle(rule[1]), idle.cost, all_hours),
        Card(
            "Idle device-hours",
            fmt.short_count(idle.hours),
            help="The same findings.",
            lineage=figure(measure="idle run hours"),
        ),
        state("warm idle", "A model version is loaded and nothing is asked of it."),
        state("held idle", "A holder without a deployed model: notebooks, stopped jobs."),
        state("unallocated", dark),
        saving("Cash-true saving", idle.cash, idle.cash_devices, CASH),
        saving("Freed capacity", idle.freed, idle.freed_devices, FREED),
    ]


def gpus(devices: int) -> str:
    """1 GPU, 8 GPUs."""
    return f"{devices:,} GPU{'' if devices == 1 else 's'}"
