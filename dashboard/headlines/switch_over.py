"""Self-host or API, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dashboard import format as fmt
from data.economics.switch_over import ALWAYS, NEVER, SelfHost, where
from data.filters import Filters
from data.query.switch_over import Leaving, Offer, Workload

NO_MODELS = "No model has both GPU hours and requests here: there is nothing that an API could replace."
NO_PRICES = "No price is chosen: enter what an API costs in the price table below."
NOT_COMPARED = (
    "List prices, before discounts, tax and cache writes. Not compared: quality of the answers, latency, rate limits, "
    "engineering, privacy and where the data goes. Savings are gross."
)
SAID = 3  # offers beside the first


def scope(work: Workload, host: SelfHost, filters: Filters) -> str:
    """What was measured, how it is projected, and how far that is sound."""
    measured = work.measured
    days = fmt.period(measured.first_day, measured.last_day + timedelta(days=1))
    low, high = work.range
    return (
        f"Measured {days}, allocated basis (what the model holds), as a month of 730 hours; {_tokens(work)}. Steps of "
        f"{steps(work)}, {fmt.money(work.measured.baseline.price, filters.currency)} per GPU-hour, each carrying "
        f"{fmt.short_count(host.step_volume)} requests a month at the utilisation that they are sized for. Days of "
        f"{fmt.short_count(low)} to {fmt.short_count(high)} requests a month were measured; beyond them the line is "
        "dashed, a projection."
    )


def steps(work: Workload) -> str:
    """What comes and goes together."""
    if work.step_devices > 1:
        return f"whole machines of {work.step_devices} GPUs"
    if work.measured.baseline.machine_devices > 1:
        return "one GPU, since the model shares its machines"
    return "machines of one GPU"


def _tokens(work: Workload) -> str:
    told = work.tokens
    parts = [
        f"{fmt.UNKNOWN if amount is None else fmt.count(amount)} {kind}"
        for amount, kind in ((told.input, "input"), (told.cached, "of them cached"), (told.output, "output"))
    ]
    said = f"tokens per request: {', '.join(parts)}"
    if 0 < work.reported < 0.995:
        said += f" (of the {fmt.percent(work.reported, digits=0)} of requests that report them)"
    return said


def answer(
    model: str, work: Workload, host: SelfHost, offers: Sequence[Offer], filters: Filters
) -> list[str]:
    """The cheapest API that can be compared, then the next ones; first of all what self-hosting costs."""
    self_host = work.measured.monthly_cost
    known = [offer for offer in offers if offer.is_known]
    begin = (
        f"At {fmt.short_count(work.volume)} requests a month self-hosting {model} costs "
        f"{fmt.short_money(self_host, filters.currency)}"
    )
    if not known:
        return [f"{begin}; what an API would cost is unknown."]
    first, *more = known
    said = [f"{begin}; {_against(first, work, filters)}. {crossing(first, work, host, filters)}"]
    return said + [
        f"{_against(o, work, filters, start=True)}. {crossing(o, work, host, filters)}" for o in more[:SAID]
    ]


def _against(offer: Offer, work: Workload, filters: Filters, *, start: bool = False) -> str:
    cost = offer.cost.monthly(work.volume)
    assert cost is not None
    gap = work.measured.monthly_cost - cost
    size = f"{fmt.short_money(abs(gap), filters.currency)} {'less' if gap > 0 else 'more'}"
    most = " at most" if offer.cost.uncached else ""
    amount = fmt.short_money(cost, filters.currency)
    return f"{offer.price.name} {'costs' if start else 'would cost'}{most} {amount}, {size}"


def crossing(offer: Offer, work: Workload, host: SelfHost, filters: Filters) -> str:
    """From which volume self-hosting stays cheaper, and whether that was measured."""
    switch, cost = offer.switch, offer.cost.per_request
    assert switch is not None
    assert cost is not None
    if switch.why == ALWAYS:
        return "Self-hosting is cheaper at every volume."
    if switch.why == NEVER or switch.volume is None or switch.first is None:
        full = host.step_cost / host.step_volume + host.rest
        return (
            f"The API is cheaper at every volume: 1k requests cost {fmt.unit_cost(1000 * cost, filters.currency)}, on "
            f"full machines {fmt.unit_cost(1000 * full, filters.currency)}."
        )
    at = fmt.short_count(switch.volume)
    place = where(switch.volume, work.range)
    if place != "within":
        return f"They would cross at {at} a month, {place} what was measured: a projection."
    if switch.crossings == 1:
        return f"Below {at} a month the API is cheaper."
    first = fmt.short_count(switch.first)
    return (
        f"Self-hosting stays cheaper from {at} a month; below {first} the API is, and between them it depends on how "
        "full the last machine is."
    )


def bill(leaving: Leaving | None, offer: Offer | None, work: Workload, filters: Filters) -> str:
    """What the bill would really fall by, and what the move would then do to it."""
    if leaving is None:
        return "What would leave the bill is unknown: no bill knows these GPUs."
    held, cash = (fmt.short_money(amount, filters.currency) for amount in (leaving.held, leaving.cash))
    kept = [
        f"{fmt.short_money(amount, filters.currency)} {why}"
        for amount, why in (
            (leaving.committed, "is paid by commitments, which are billed on"),
            (leaving.shared, "is on machines that others hold too"),
        )
        if amount >= 0.005
    ]
    said = f"All {held} a month of held GPUs would leave the bill if the model moved."
    if kept:
        said = f"Of {held} a month of held GPUs {cash} would leave the bill if the model moved; {' and '.join(kept)}."
    cost = offer.cost.monthly(work.volume) if offer else None
    if offer is None or cost is None:
        return said
    change = fmt.short_money(cost - leaving.cash, filters.currency, plus=True)
    return f"{said} Moving to {offer.price.name} would change the bill by {change} a month."


def unknown(offers: Sequence[Offer]) -> str:
    """Why some prices have no cost here; "" where all do."""
    missing = sorted({kind for offer in offers for kind in offer.cost.unknown})
    said = []
    if missing:
        said.append(
            f"{' and '.join(missing).capitalize()} tokens of this model are not reported: what an API that charges for "
            "them would cost is unknown."
        )
    if any(offer.cost.uncached for offer in offers):
        said.append(
            "Nobody reports cached tokens: all input counts at the input price, the most that it may cost."
        )
    if refused := sorted({offer.price.currency for offer in offers if offer.refused}):
        said.append(
            f"Prices in {', '.join(refused)} cannot be compared: no exchange rate on the period's last day. Load "
            "rates: python -m ingest fx."
        )
    return " ".join(said)
