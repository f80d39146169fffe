"""The Data page's questions: where the numbers come from, how far they reach, and whether they add up."""

from __future__ import annotations

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.runner import ask

MOST_REJECTS = 1_000


def sources(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """source: kind, grain, rows, rejected, last_day (inclusive), last_load_at, last_status, last_message."""
    return ask(cursor, "sources", {})


def coverage(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """provider × account: device_cost, observed_cost, unobserved_cost (money), coverage (0..1),
    unbilled_hours, unpriced_lines."""
    return ask(cursor, "coverage_accounts", filters.params())


def unobserved_nodes(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Machines of whose billed device time telemetry missed more than a fifth: resource_id, node,
    instance_type, devices, unobserved_gpu_hours, observed_share, unobserved_cost, last_seen (NULL =
    never)."""
    return ask(cursor, "unobserved_nodes", filters.params())


def ladder(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """rung: cost (money in the chosen view), and the four views beside it."""
    return ask(cursor, "ladder_rungs", filters.params())


def reconciliation(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """billing_period × provider, whole months: lines, invoice_total, ladder, unexplained (money; Σ|day|)."""
    return ask(cursor, "reconciliation", filters.params())


def restatements(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Each load that replaced another: billing_period, source, lines and billed cost before, after,
    change.
    """
    return ask(cursor, "restatements", filters.params())


def commitments(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """commitment: type, provider, used, unused, unknown, committed (money), unused_share (0..1)."""
    return ask(cursor, "commitments", filters.params())


def rejects(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The newest rows that could not be loaded (at most MOST_REJECTS): source, file, line_no, reason, raw."""
    return ask(cursor, "rejects", {"top": MOST_REJECTS})
