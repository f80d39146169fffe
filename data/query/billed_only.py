"""Where only the billed ladder can be shown."""

from __future__ import annotations

import duckdb

from data.filters import Filters
from data.query.runner import ask


def billed_only(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> tuple[str, ...]:
    """Names of the sources whose effective cost is unusable and that charged in the filters' scope (MODEL.md §3)."""
    return tuple(str(source) for source in ask(cursor, "billed_only", filters.params())["source"])
