"""Prices of token-priced APIs: those that are shipped, each with day and source, and those that people entered.

What people enter is appended to people.sqlite with who and when, and counts before the shipped row of the same provider
and model.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from data.economics.switch_over import TokenPrice
from data.people import now, reading, writing
from data.sql import HERE

SHIPPED = HERE / "reference" / "api_prices.csv"
Key = tuple[str, str]  # provider, model


@dataclass(frozen=True)
class ApiPrice:
    """Money per 1M tokens, and per request; cached_input None = no price of its own, as input. who: '' = shipped."""

    provider: str
    model: str
    input: Decimal
    output: Decimal
    cached_input: Decimal | None
    currency: str
    as_of: date
    source: str = ""
    per_request: Decimal = Decimal(0)
    who: str = ""
    set_at: datetime | None = None  # UTC, without zone; None = shipped

    @property
    def key(self) -> Key:
        return self.provider, self.model

    @property
    def name(self) -> str:
        """ "OpenAI GPT-4.1 mini"."""
        return f"{self.provider} {self.model}"

    def in_currency(self, factor: float) -> TokenPrice:
        """For the arithmetic, × an exchange rate."""
        cached = None if self.cached_input is None else float(self.cached_input) * factor
        return TokenPrice(
            float(self.input) * factor, float(self.output) * factor, cached, float(self.per_request) * factor
        )


class BadPrice(ValueError):
    """A price that cannot be kept; the message says which and why."""


@cache
def shipped() -> tuple[ApiPrice, ...]:
    """The table that comes with the program."""
    with SHIPPED.open(encoding="utf-8", newline="") as text:
        return tuple(_shipped(row) for row in csv.DictReader(text))


def prices(home: Path) -> list[ApiPrice]:
    """What counts: of each provider and model the latest entry, else the shipped row; by name."""
    told: dict[Key, ApiPrice | None] = {price.key: price for price in shipped()}
    told.update(_entered(home))
    kept = [price for price in told.values() if price is not None]
    return sorted(kept, key=lambda price: price.name.lower())


def enter(home: Path, changed: Iterable[ApiPrice], removed: Iterable[Key], who: str) -> None:
    """Appends them, all or none. Raises BadPrice."""
    told = list(changed)
    for price in told:
        _check(price)
    entered = now()
    rows: list[tuple[str | None, ...]] = [
        (
            price.provider, price.model, str(price.input), _text(price.cached_input), str(price.output),
            str(price.per_request), price.currency, price.as_of.isoformat(), price.source, who, entered,
        )
        for price in told
    ]  # fmt: skip
    today = datetime.now(UTC).date().isoformat()
    rows += [(*key, None, None, None, "0", "", today, "", who, entered) for key in removed]
    with writing(home, "api_price") as people:
        people.executemany(
            "INSERT INTO api_price (provider, model, input, cached_input, output, per_request, currency, as_of, "
            "source, who, set_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def dated(price: ApiPrice, before: ApiPrice | None, today: date) -> ApiPrice:
    """An edited row with its day and source: another amount is not what the old source stated, so where neither was
    touched it is today's and nobody says where it stands."""
    if before is None or (before.as_of, before.source) != (price.as_of, price.source):
        return price
    amounts = ("input", "output", "cached_input", "per_request", "currency")
    if all(getattr(price, name) == getattr(before, name) for name in amounts):
        return price
    return replace(price, as_of=today, source="")


def _entered(home: Path) -> dict[Key, ApiPrice | None]:
    """None where the latest entry takes the price out."""
    with reading(home, "api_price") as people:
        if people is None:
            return {}
        rows = people.execute(
            "SELECT provider, model, input, cached_input, output, per_request, currency, as_of, source, who, set_at "
            "FROM api_price ORDER BY entry_id"
        ).fetchall()
    return {(provider, model): _price(provider, model, *told) for provider, model, *told in rows}


def _price(
    provider: str, model: str, input: str | None, cached: str | None, output: str, per_request: str, currency: str,
    as_of: str, source: str, who: str, set_at: str,
) -> ApiPrice | None:  # fmt: skip
    if input is None:
        return None
    return ApiPrice(
        provider, model, Decimal(input), Decimal(output), None if cached is None else Decimal(cached), currency,
        date.fromisoformat(as_of), source, Decimal(per_request), who, datetime.fromisoformat(set_at),
    )  # fmt: skip


def _shipped(row: dict[str, str]) -> ApiPrice:
    return ApiPrice(
        row["provider"], row["model"], Decimal(row["input"]), Decimal(row["output"]),
        Decimal(row["cached_input"]) if row["cached_input"] else None, row["currency"],
        date.fromisoformat(row["as_of"]), row["source"], Decimal(row["per_request"] or 0),
    )  # fmt: skip


def _check(price: ApiPrice) -> None:
    if not price.provider.strip() or not price.model.strip():
        raise BadPrice("A price needs a provider and a model, such as OpenAI and GPT-4.1 mini.")
    amounts = {
        "input": price.input,
        "cached input": price.cached_input,
        "output": price.output,
        "per request": price.per_request,
    }
    for name, amount in amounts.items():
        if amount is not None and not (amount.is_finite() and amount >= 0):
            raise BadPrice(f"{price.name}: the price of {name} is {amount}; write 0 or more, such as 0.60.")
    if not re.fullmatch("[A-Z]{3}", price.currency):
        raise BadPrice(f"{price.name}: “{price.currency}” is no currency; write three letters, such as USD.")


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
