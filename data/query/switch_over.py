"""The measured ground of a switch-over: a model's volume, tokens, GPU-hours, and what would leave the bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from data.api_prices import ApiPrice
from data.economics.roi import HOURS_PER_MONTH
from data.economics.switch_over import ApiCost, SelfHost, SwitchOver, Tokens, api_cost, switch_over
from data.filters import Filters
from data.query.roi_baseline import Measured, roi_baseline
from data.query.runner import ask_row


@dataclass(frozen=True)
class Workload:
    """A model in the period, brought to a month of 730 hours. reported: share of requests whose tokens somebody
    reports, 0..1; range: the days of least and most requests, as a month of such days; step_devices: devices that come
    and go together: a machine's where the model holds at least one machine's worth, else 1, since it shares it;
    p95_utilisation: busy ÷ held GPU-hours of a busy day, of which 95 % of days have no more requests."""

    measured: Measured
    tokens: Tokens
    reported: float
    range: tuple[float, float]
    step_devices: int
    p95_utilisation: float

    @property
    def volume(self) -> float:
        """Successful requests a month."""
        return self.measured.baseline.volume

    @property
    def devices(self) -> float:
        """Held at a time, on average."""
        return self.measured.held_hours / (self.measured.days * 24)


@dataclass(frozen=True)
class Leaving:
    """What of the held GPU cost of a month would leave the bill if the model did. held = cash + committed + shared."""

    held: float
    cash: float  # whole machines that it alone held, and no commitment pays
    committed: float  # paid by commitments, which are billed on

    @property
    def shared(self) -> float:
        """On machines that others hold too: capacity becomes free, the bill stays."""
        return self.held - self.cash - self.committed


def workload(cursor: duckdb.DuckDBPyConnection, filters: Filters, model: str) -> Workload | None:
    """None without GPU hours or requests. On the allocated basis: what the model holds is what it would leave."""
    measured = roi_baseline(cursor, filters, model)
    if measured is None:
        return None
    row = ask_row(cursor, "switch_over", {**filters.params(), "model": model})
    input_tokens, share = row["input_tokens"], row["cached_share"]
    cached = None if input_tokens is None or share is None else input_tokens * share
    days = HOURS_PER_MONTH / 24
    machine = measured.baseline.machine_devices
    held = measured.held_hours / (measured.days * 24)
    return Workload(
        measured,
        Tokens(input_tokens, cached, row["output_tokens"]),
        row["reported"] or 0.0,
        (row["lowest_day"] * days, row["highest_day"] * days),
        machine if held >= machine else 1,
        min(row["p95_utilisation"] or measured.baseline.utilisation, 1.0),
    )


def leaving(cursor: duckdb.DuckDBPyConnection, filters: Filters, model: str) -> Leaving | None:
    """None where no bill knows the model's GPU hours."""
    row = ask_row(cursor, "switch_cash", {**filters.params(), "model": model})
    measured = roi_baseline(cursor, filters, model)
    if row["held"] is None or measured is None:
        return None
    per_month = HOURS_PER_MONTH / (measured.days * 24)
    return Leaving(*(float(row[name]) * per_month for name in ("held", "cash", "committed")))


@dataclass(frozen=True)
class Rate:
    """One unit of a currency in another, and the day of the rate; None = the same currency."""

    factor: float
    day: date | None


def rate(cursor: duckdb.DuckDBPyConnection, given: str, wanted: str, on_day: date) -> Rate | None:
    """By the snapshot's dated rates (fx.sql); None where there is none that still counts on that day."""
    asked = {"given": given, "wanted": wanted, "on_day": on_day}
    row = ask_row(cursor, "exchange", asked)
    return None if row["factor"] is None else Rate(float(row["factor"]), row["day"])


@dataclass(frozen=True)
class Offer:
    """One API for this workload, in the page's currency: its cost, where it crosses, or why it cannot be compared."""

    price: ApiPrice
    cost: ApiCost
    switch: SwitchOver | None
    refused: str = ""  # no rate turns its currency into ours
    rate_day: date | None = None

    @property
    def is_known(self) -> bool:
        return self.cost.per_request is not None


def offers(
    work: Workload, host: SelfHost, prices: Iterable[ApiPrice], rates: Mapping[str, Rate | None]
) -> list[Offer]:
    """One per price, the cheapest first, those that cannot be compared last; rates: by the price's currency."""
    found = [_offer(work, host, price, rates[price.currency]) for price in prices]
    return sorted(
        found, key=lambda offer: (not offer.is_known, offer.cost.per_request or 0.0, offer.price.name)
    )


def _offer(work: Workload, host: SelfHost, price: ApiPrice, rate: Rate | None) -> Offer:
    if rate is None:
        return Offer(price, ApiCost(None), None, refused=f"no exchange rate from {price.currency}")
    cost = api_cost(work.tokens, price.in_currency(rate.factor))
    switch = None if cost.per_request is None else switch_over(host, cost.per_request)
    return Offer(price, cost, switch, rate_day=rate.day)
