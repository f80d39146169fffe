"""What the trust chip says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from data.filters import Filters
from data.query.provisional import provisional_since
from data.query.runner import ask_row


@dataclass(frozen=True)
class Trust:
    """unexplained: money without sign, summed over days and accounts, None where the filter is finer than the bill or
    no export states the invoice; observed_share: 0..1 of device cost, None = no devices; last_day: the day through
    which every bill and some telemetry reaches; provisional_since: the first day that bills usually still change."""

    unexplained: Decimal | None
    observed_share: float | None
    unpriced_lines: int
    last_day: date | None
    provisional_since: date | None = None


def trust(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> Trust:
    """The state of the evidence behind the filtered period."""
    row = ask_row(cursor, "trust", filters.params())
    return Trust(
        unexplained=row["unexplained"] if filters.reconcilable else None,
        observed_share=row["observed_share"],
        unpriced_lines=int(row["unpriced_lines"] or 0),
        last_day=row["last_day"],
        provisional_since=provisional_since(cursor, filters),
    )
