"""The tables of self-host or API: what each price makes of the workload, and the prices as they are edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

import pandas as pd
import streamlit as st

from dashboard import format as fmt
from dashboard.columns import Columns, count_column, date_column, money_column, text_column, unit_cost_column
from data.api_prices import ApiPrice, BadPrice, Key, dated
from data.economics.switch_over import where
from data.filters import Filters
from data.query.switch_over import Offer, Workload

PRICES = [
    "provider",
    "model",
    "input",
    "cached_input",
    "output",
    "per_request",
    "currency",
    "as_of",
    "source",
    "who",
]


def offer_rows(offers: Sequence[Offer], work: Workload) -> pd.DataFrame:
    """A row per offer; unknown costs are unknown, with the reason beside them."""
    return pd.DataFrame([_offer_row(offer, work) for offer in offers])


def _offer_row(offer: Offer, work: Workload) -> dict[str, object]:
    cost = offer.cost.monthly(work.volume)
    volume = offer.switch.volume if offer.switch else None
    return {
        "api": offer.price.name,
        "cost": cost,
        "saving": None if cost is None else work.measured.monthly_cost - cost,
        "per_1k": None if offer.cost.per_request is None else 1000 * offer.cost.per_request,
        "switch_over": volume,
        "note": _note(offer, work, volume),
        "as_of": offer.price.as_of,
    }


def _note(offer: Offer, work: Workload, volume: float | None) -> str:
    if offer.refused:
        return offer.refused
    if offer.cost.unknown:
        return f"{' and '.join(offer.cost.unknown)} tokens are not reported"
    said = []
    if offer.switch and offer.switch.why:
        said.append(f"self-hosting is {offer.switch.why} cheaper")
    if volume and where(volume, work.range) != "within":
        said.append(f"{where(volume, work.range)} what was measured: a projection")
    if offer.cost.uncached:
        said.append("at most: cached tokens are not reported")
    if offer.rate_day:
        said.append(f"{offer.price.currency} at the rate of {offer.rate_day}")
    return "; ".join(said)


def offer_columns(filters: Filters) -> Columns:
    """API × this workload."""
    return {
        "api": text_column("API"),
        "cost": money_column("cost a month", filters, "At the measured volume and tokens per request"),
        "saving": money_column(
            "gross saving a month", filters, "Self-hosting's cost − the API's; below 0 = dearer"
        ),
        "per_1k": unit_cost_column("per 1k requests", filters),
        "switch_over": count_column(
            "self-host cheaper from", "Requests a month from which self-hosting stays cheaper"
        ),
        "note": text_column("note"),
        "as_of": date_column("price as of"),
    }


def price_rows(prices: Sequence[ApiPrice]) -> pd.DataFrame:
    """The prices as the editor takes them, in their own currencies."""
    rows = [
        [
            p.provider, p.model, float(p.input), None if p.cached_input is None else float(p.cached_input),
            float(p.output), float(p.per_request), p.currency, p.as_of, p.source, p.who or "shipped",
        ]
        for p in prices
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=PRICES)
    return frame.astype(dict.fromkeys(("input", "cached_input", "output", "per_request"), "float64"))


def price_columns() -> Columns:
    """The price table, to be edited."""

    def amount(label: str, help: str, *, required: bool = False) -> object:
        return st.column_config.NumberColumn(
            label, min_value=0.0, format="%.4g", help=help, required=required
        )

    return {
        "provider": st.column_config.TextColumn("provider", required=True),
        "model": st.column_config.TextColumn("model", required=True),
        "input": amount("input / 1M", "Per 1M input tokens", required=True),
        "cached_input": amount("cached / 1M", "Per 1M cached input tokens; empty: as input"),
        "output": amount(
            "output / 1M", "Per 1M output tokens; 0: none are charged (embeddings)", required=True
        ),
        "per_request": amount("per request", "Beside the tokens; mostly 0"),
        "currency": st.column_config.TextColumn(
            "currency", required=True, validate="^[A-Z]{3}$", default="USD"
        ),
        "as_of": st.column_config.DateColumn("as of", help="The day on which it was the price"),
        "source": st.column_config.TextColumn("source", help="Where the price stands"),
        "who": st.column_config.TextColumn("entered by", disabled=True),
    }


def edits(shown: Sequence[ApiPrice], edited: pd.DataFrame, today: date) -> tuple[list[ApiPrice], list[Key]]:
    """What somebody changed or added, and the keys that they took out. Raises BadPrice."""
    before = {price.key: price for price in shown}
    told = [
        _read({str(name): cell for name, cell in row.items()}, today) for row in edited.to_dict("records")
    ]
    keys = [price.key for price in told]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise BadPrice(f"{' '.join(twice)} stands there twice; one row per provider and model.")
    changed = []
    for price in told:
        old = before.get(price.key)
        same = old is not None and _values(old) == _values(price)
        if not same:
            changed.append(dated(price, old, today))
    return changed, [key for key in before if key not in set(keys)]


def _values(price: ApiPrice) -> tuple[object, ...]:
    return (
        price.input, price.output, price.cached_input, price.currency, price.as_of, price.source, price.per_request,
    )  # fmt: skip


def _read(row: dict[str, object], today: date) -> ApiPrice:
    """A row without a day is today's."""

    def text(name: str) -> str:
        return "" if fmt.is_unknown(row[name]) else str(row[name]).strip()

    def amount(name: str) -> Decimal | None:
        try:
            return None if fmt.is_unknown(row[name]) else Decimal(str(row[name])).normalize()
        except InvalidOperation:
            raise BadPrice(f"{text('provider')} {text('model')}: “{row[name]}” is no price.") from None

    needed = {name: amount(name) for name in ("input", "output")}
    if missing := [name for name, told in needed.items() if told is None]:
        raise BadPrice(
            f"{text('provider')} {text('model')} has no price of {' and '.join(missing)}; 0 where none is charged."
        )
    day = row["as_of"]
    as_of = today if fmt.is_unknown(day) else pd.Timestamp(str(day)).date()
    return ApiPrice(
        text("provider"), text("model"), needed["input"] or Decimal(0), needed["output"] or Decimal(0),
        amount("cached_input"), text("currency").upper(), as_of, text("source"), amount("per_request") or Decimal(0),
    )  # fmt: skip
