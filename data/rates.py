"""Days on which no exchange rate turns one billed currency into another, and how to say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from data.sql import sql


@dataclass(frozen=True)
class MissingRate:
    """A pair of billed currencies, and the days with charges in one of them on which `convert` answers NULL."""

    one: str
    other: str
    first_day: date
    last_day: date
    days: int
    max_age_days: int

    @property
    def told(self) -> str:
        """'no rate between EUR and USD on 12 days, 2026-10-05 … 2026-10-16: …'"""
        span = str(self.first_day)
        if self.days > 1:
            span = f"{self.days:,} days, {self.first_day} … {self.last_day}"
        return (
            f"no rate between {self.one} and {self.other} on {span}: amounts convert to NULL there. A rate counts for "
            f"{self.max_age_days} days; load newer ones (python -m ingest fx), or set [model] rate_max_age_days"
        )


def missing_rates(cursor: duckdb.DuckDBPyConnection) -> tuple[MissingRate, ...]:
    """Of one snapshot, by pair; none where it holds no exchange rates at all, since then nobody asked to convert."""
    rows = cursor.execute(sql("query/status/missing_rates")).fetchall()
    return tuple(MissingRate(*row) for row in rows)
