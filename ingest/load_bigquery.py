"""A BigQuery billing table into the store: what is new of it, by what the store knows of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from data.warehouse import Warehouse
from ingest.bigquery import Estimate
from ingest.load_cost import load_deliveries
from ingest.options import GcpOptions
from ingest.progress import Progress, silent
from ingest.source import LoadResult, SourceError, Window
from ingest.sources.gcp_bigquery import BigQueryExport, State, open_export

TAG = re.compile(r"lines=(\d+) .*exported=(\S+)")


def load_bigquery(
    wh: Warehouse,
    name: str,
    options: GcpOptions,
    window: Window,
    progress: Progress = silent,
    today: date | None = None,
) -> list[LoadResult]:
    """Loads the invoice months that Google added rows to, and the last two, each in its own transaction.

    The first time, and where the window has a start, every month of it. Raises SourceError; what was loaded before
    it stays.
    """
    export = _open(options)
    export.known = known_months(wh.con, name, export.uri)
    export.today = today or export.today
    export.told = lambda text: progress(f"{name}: {text}")
    results = load_deliveries(wh, name, export, window, progress)
    if not export.known and not any(result.rows for result in results):
        raise SourceError(
            f"{export.uri} has no rows of the months asked for. Check the table, --since and --until."
        )
    return results


def estimate(
    con: duckdb.DuckDBPyConnection | None, name: str, options: GcpOptions, window: Window
) -> list[tuple[str, Estimate]]:
    """What `load_bigquery` would scan at most; `con` is on the store or a snapshot of it, if there is one."""
    export = _open(options)
    export.known = known_months(con, name, export.uri) if con else {}
    return export.estimates(window)


def known_months(con: duckdb.DuckDBPyConnection, source: str, uri: str) -> Mapping[str, State]:
    """The invoice months of a table that are live in the store, each as its load found it."""
    rows = con.execute(_sql("live_months"), {"source": source, "uri": uri}).fetchall()
    return {month: _state(tag) for month, tag in rows}


def _state(tag: str) -> State:
    found = TAG.fullmatch(tag)
    if not found:
        raise ValueError(f"no tag of a BigQuery month: {tag}")
    return State(int(found[1]), datetime.fromisoformat(found[2]).astimezone(UTC))


def _open(options: GcpOptions) -> BigQueryExport:
    return open_export(
        options.location, options.usd_per_tib, options.project, options.region, options.endpoint_url
    )


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
