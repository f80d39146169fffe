"""What a delivery changed about a billing period that an older one had stated, and how to say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

from data.sql import sql


@dataclass(frozen=True)
class Restatement:
    """The last replacement of one source's billing period in one currency. Costs are whole invoice totals, billed
    view; None = the export does not state them."""

    source: str
    billing_period: date
    currency: str | None
    restated_at: datetime  # UTC, without zone
    lines_before: int
    lines_after: int
    billed_before: Decimal | None
    billed_after: Decimal | None


def restatements(con: duckdb.DuckDBPyConnection, load_id: str | None = None) -> tuple[Restatement, ...]:
    """By source, period and currency: what one load replaced, or what stands of every load."""
    rows = con.execute(sql("query/status/restatements"), {"load_id": load_id}).fetchall()
    return tuple(Restatement(*row) for row in rows)


def told(found: Iterable[Restatement]) -> list[str]:
    """One sentence per currency: 'replaced 5,040 lines (73,434.00 → 73,434.80 USD) of 2026-09'."""
    by_currency: dict[str | None, list[Restatement]] = {}
    for row in found:
        by_currency.setdefault(row.currency, []).append(row)
    return [_sentence(currency, rows) for currency, rows in by_currency.items()]


def _sentence(currency: str | None, rows: list[Restatement]) -> str:
    before, after = sum(row.lines_before for row in rows), sum(row.lines_after for row in rows)
    lines = f"{before:,} line{'' if before == 1 else 's'}" + ("" if before == after else f" by {after:,}")
    periods = sorted({f"{row.billing_period:%Y-%m}" for row in rows})
    months = periods[0] if len(periods) == 1 else f"{periods[0]} … {periods[-1]}"
    billed = _change(_sum(row.billed_before for row in rows), _sum(row.billed_after for row in rows))
    return f"replaced {lines} ({billed} {currency or 'of unknown currency'}) of {months}"


def _sum(costs: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for cost in costs:
        if cost is None:
            return None
        total += cost
    return total


def _change(before: Decimal | None, after: Decimal | None) -> str:
    """To the cent; with every digit where cents would hide that the two differ."""
    if before == after:
        return f"still {_cents(after)}"  # a source that states no billed cost: still unknown
    if before is not None and after is not None and _cents(before) == _cents(after):
        return f"{_digits(before)} → {_digits(after)}"
    return f"{_cents(before)} → {_cents(after)}"


def _digits(cost: Decimal) -> str:
    whole, _, decimals = f"{cost:,.12f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def _cents(cost: Decimal | None) -> str:
    return "unknown" if cost is None else f"{cost:,.2f}"
