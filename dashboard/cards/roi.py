"""What an optimisation pays back, in the chosen form and besides."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.headlines.roi import months, whole_percent
from dashboard.page_parts import Card
from data.economics.roi import FORMS, Assumptions, Form, Roi, cost_per_inference
from data.filters import Filters
from data.query.lineage import Figure, Measure, Ratio
from data.query.roi_baseline import Measured

FREED = "Freed on machines that stay: room for other work, not less to pay. Below 0: spare room used."


PROJECTED = (
    "The figures above are a projection under the sliders: no line holds them. They start from these measures of the "
    "period, each of which can be followed."
)


def baseline(measured: Measured, filters: Filters, model: str) -> list[Card]:
    """What a projection starts from; each leads to its lines."""
    base, where = measured.baseline, (("model", model),)

    def card(label: str, value: str, measure: Measure | Ratio, help: str) -> Card:
        return Card(label, value, help=help, lineage=Figure(measure, filters, where))

    return [
        card("Price of a GPU-hour", fmt.money(base.price, filters.currency), "price per GPU-hour",
             "Cost of the devices that its versions hold ÷ held and observed GPU-hours."),
        card("Measured utilisation", fmt.percent(base.utilisation), "held utilisation", "Busy ÷ held GPU-hours."),
        card("Measured throughput", f"{fmt.short_count(base.throughput)} / GPU-h", "measured throughput",
             "Successful requests per busy GPU-hour."),
        card("Requests", fmt.short_count(measured.requests), "requests",
             f"In {fmt.days(measured.days)} with data; a month of 730 hours: {fmt.short_count(base.volume)}."),
    ]  # fmt: skip


def roi(assumptions: Assumptions, roi: Roi, filters: Filters, form: Form) -> list[Card]:
    """The ratio, when it is paid back, what is saved how, the new unit cost, and the value in today's money."""

    def money(label: str, value: float, help: str) -> Card:
        return Card(label, fmt.short_money(value, filters.currency), help=help)

    machines = (
        f"Machines of {assumptions.baseline.machine_devices} GPUs leave the bill whole; hours get cheaper."
    )
    once, upkeep = (fmt.money(value, filters.currency) for value in (roi.one_off, roi.recurring))
    no_irr = f"– since {roi.irr.reason}."
    return [
        Card(f"ROI, {form} form", whole_percent(roi.ratio(form)),
             help=FORMS[form] if roi.spent else "Nothing is spent, so no ratio exists."),
        _payback(roi),
        money("Savings, cash", roi.cash, machines),
        money("Savings, freed capacity", roi.freed, FREED),
        _unit_cost(assumptions, filters),
        money("Net present value", roi.npv, f"At {fmt.percent(assumptions.discount_rate)} a year."),
        Card("IRR", whole_percent(roi.irr.rate),
             help=no_irr if roi.irr.reason else "The yearly rate that brings the NPV to 0."),
        money("Spent", roi.spent, f"One-off {once}, upkeep {upkeep}."),
    ]  # fmt: skip


def _payback(roi: Roi) -> Card:
    short = "never" if roi.payback is None else f"{roi.payback:.1f} mo"
    about = (
        f"Until the cumulative net gain reaches 0, linear within the month: {months(roi.payback)}. "
        f"In today's money: {months(roi.discounted_payback)}."
    )
    return Card("Payback", short if any(roi.flows) else fmt.UNKNOWN, help=about)


def _unit_cost(assumptions: Assumptions, filters: Filters) -> Card:
    before, after = cost_per_inference(assumptions)
    measured = fmt.unit_cost(before, filters.currency)
    return Card(
        "Cost per inference", fmt.unit_cost(after, filters.currency), fmt.relative_change(after, before), "down",
        against="vs. measured", help=f"Price ÷ (utilisation × throughput) + rest; measured {measured}.",
    )  # fmt: skip
