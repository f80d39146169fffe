"""What the providers changed between two snapshots: the same question asked of both, row against row, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.runner import ask_rows

Key = tuple[date, str | None]  # billing period, provider
COLUMNS = (
    "billing_period",
    "provider",
    "change",
    "before",
    "after",
    "lines_change",
    "lines_before",
    "lines_after",
)


@dataclass(frozen=True)
class Invoiced:
    """An invoice month of a provider as a snapshot holds it. total: money in the chosen view; None = not told."""

    total: Decimal | None
    lines: int


def invoices(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> dict[Key, Invoiced]:
    """Every invoice month and provider of the snapshot; whole months, by provider and account, whatever the period."""
    rows = ask_rows(cursor, "reconciliation", filters.params())
    return {
        (row["billing_period"], row["provider"]): Invoiced(row["invoice_total"], int(row["lines"] or 0))
        for row in rows
    }


def changes(before: dict[Key, Invoiced], after: dict[Key, Invoiced]) -> pd.DataFrame:
    """billing_period, provider; money and lines before, after and their change; only what changed, newest first. A
    month that one of them does not hold is 0 lines and no money there."""
    none = Invoiced(Decimal(0), 0)
    rows = []
    for key in sorted(before.keys() | after.keys(), key=lambda k: (k[0], k[1] or ""), reverse=True):
        old, new = before.get(key, none), after.get(key, none)
        if old == new:
            continue
        change = None if old.total is None or new.total is None else new.total - old.total
        rows.append((*key, change, old.total, new.total, new.lines - old.lines, old.lines, new.lines))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(("change", "before", "after"), "float64"))
