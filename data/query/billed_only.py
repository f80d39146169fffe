"""Where only the billed ladder can be shown."""

from __future__ import annotations

import duckdb

from data.filters import Filters
from data.query.runner import ask


def billed_only(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> tuple[str, ...]:
    """'source (provider)' of each bill whose effective cost is unusable and that charged in the filters' scope
    (MODEL.md §3)."""
    found = ask(cursor, "billed_only", filters.params())
    told = found["provider"].fillna("unknown provider")
    return tuple(f"{source} ({provider})" for source, provider in zip(found["source"], told, strict=True))
