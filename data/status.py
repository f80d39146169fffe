"""What is loaded, up to when, and what of the invoices is explained; for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from data.excess import Excess, device_excess
from data.rates import MissingRate, missing_rates
from data.restatement import Restatement, restatements
from data.snapshot import Reader
from data.sql import sql


@dataclass(frozen=True)
class Period:
    """A source's billing period in one currency, or a UTC month of telemetry: no currency, no costs.

    A cost is None too where the export does not give it, or not usably.
    """

    billing_period: date
    currency: str | None
    rows: int
    billed_cost: Decimal | None
    effective_cost: Decimal | None


@dataclass(frozen=True)
class Source:
    """One source: its live rows, the rows it refused, the exclusive end of its data (UTC), and how its last load went:
    loaded, unchanged, replaced (taken out) or failed, with what it said."""

    source: str
    kind: str
    rows: int
    rejected: int
    data_through: datetime | None
    last_status: str
    last_message: str | None
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Unexplained:
    """|Invoice total − Σ of all other rungs|, summed over the days and accounts of one billing period and currency."""

    billing_period: date
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Status:
    """The state of one snapshot. coverage: 0..1 of GPU cost observed, None = unknown."""

    snapshot: Path
    published_at: datetime
    sources: tuple[Source, ...]
    coverage: float | None
    unexplained: tuple[Unexplained, ...]
    restatements: tuple[Restatement, ...]
    missing_rates: tuple[MissingRate, ...] = ()
    excess: tuple[Excess, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For json.dumps: money as decimal strings, times as ISO 8601 in UTC, unknown as null."""
        return {
            "snapshot": str(self.snapshot),
            "published_at": _time(self.published_at),
            "sources": [_source_json(source) for source in self.sources],
            "coverage": self.coverage,
            "unexplained": [
                {
                    "billing_period": row.billing_period.isoformat(),
                    "currency": row.currency,
                    "amount": _money(row.amount),
                }
                for row in self.unexplained
            ],
            "restatements": [_restatement_json(row) for row in self.restatements],
            "missing_rates": [_missing_json(row) for row in self.missing_rates],
            "device_excess": [row.as_json() for row in self.excess],
        }


def status(reader: Reader) -> Status:
    """Reads one snapshot; nothing that is published meanwhile mixes in."""
    snapshot = reader.snapshot
    cursor = reader.at(snapshot.generation).cursor()
    ((coverage,),) = _ask(cursor, "coverage")
    return Status(
        snapshot=snapshot.path,
        published_at=snapshot.published_at,
        sources=tuple(_sources(cursor)),
        coverage=coverage,
        unexplained=tuple(Unexplained(*row) for row in _ask(cursor, "unexplained")),
        restatements=restatements(cursor),
        missing_rates=missing_rates(cursor),
        excess=device_excess(cursor),
    )


def _sources(cursor: duckdb.DuckDBPyConnection) -> list[Source]:
    periods: dict[str, list[Period]] = {}
    for source, *rest in _ask(cursor, "periods"):
        periods.setdefault(source, []).append(Period(*rest))
    return [
        Source(source, kind, rows, rejected, through, status, message, tuple(periods.get(source, ())))
        for source, kind, rows, rejected, through, status, message in _ask(cursor, "sources")
    ]


def _ask(cursor: duckdb.DuckDBPyConnection, question: str) -> list[tuple[Any, ...]]:
    return cursor.execute(sql(f"query/status/{question}")).fetchall()


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "source": source.source,
        "kind": source.kind,
        "rows": source.rows,
        "rejected": source.rejected,
        "data_through": None if source.data_through is None else _time(source.data_through),
        "last_status": source.last_status,
        "last_message": source.last_message,
        "periods": [_period_json(period) for period in source.periods],
    }


def _period_json(period: Period) -> dict[str, Any]:
    return {
        "billing_period": period.billing_period.isoformat(),
        "currency": period.currency,
        "rows": period.rows,
        "billed_cost": _money(period.billed_cost),
        "effective_cost": _money(period.effective_cost),
    }


def _restatement_json(row: Restatement) -> dict[str, Any]:
    return {
        "source": row.source,
        "billing_period": row.billing_period.isoformat(),
        "currency": row.currency,
        "restated_at": _time(row.restated_at),
        "lines_before": row.lines_before,
        "lines_after": row.lines_after,
        "billed_before": _money(row.billed_before),
        "billed_after": _money(row.billed_after),
    }


def _missing_json(row: MissingRate) -> dict[str, Any]:
    return {
        "currencies": [row.one, row.other],
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "days": row.days,
    }


def _money(amount: Decimal | None) -> str | None:
    """Plain digits without trailing zeros: '20.52022672899', '0'."""
    if amount is None:
        return None
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def _time(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
