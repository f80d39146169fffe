"""A bill in BigQuery: is the table there and filled, may we ask it, what would a load scan. Asking costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.diagnosis.finding import Finding, bad, doubtful, good
from ingest.options import GcpOptions
from ingest.source import SourceError, Window
from ingest.sources.gcp_bigquery import open_export

QUIET = timedelta(days=3)  # Google adds rows several times a day


def examine(where: GcpOptions, now: datetime) -> Iterator[Finding]:
    """By what BigQuery knows of the table, and its own dry run of a first load. `now`: UTC without zone."""
    try:
        export = open_export(
            where.location, where.usd_per_tib, where.project, where.region, where.endpoint_url
        )
        yield from filled(export.table, now)
        for step, scanned in export.estimates(Window()):
            yield good(f"{step}: {scanned}")
    except SourceError as error:
        yield bad(str(error))


def filled(table: Any, now: datetime) -> Iterator[Finding]:  # noqa: ANN401 - the SDK ships no types
    """Whether rows are there and still come; of a view, or while rows are being streamed, nobody knows."""
    if table.num_rows is None or table.table_type != "TABLE" or table.streaming_buffer:
        return
    if not table.num_rows:
        yield bad(
            "The table has no rows.",
            "A new export is filled within a day: look again tomorrow, or check where Billing export writes to.",
        )
        return
    changed = table.modified.astimezone(UTC).replace(tzinfo=None)
    told = f"{table.num_rows:,} rows; it was changed last on {changed:%Y-%m-%d %H:%M} UTC"
    if now - changed > QUIET:
        yield doubtful(
            f"{told}, {(now - changed).days} days ago.",
            "Check in the console that Billing export is on and writes to this dataset.",
        )
    else:
        yield good(told)
