"""Which days are provisional: bills usually still change them."""

from __future__ import annotations

from datetime import date

import duckdb

from data.filters import Filters
from data.query.runner import ask_row

DAYS = 2  # late lines and corrections of a cloud's bill mostly fall on its last two days


def provisional_since(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> date | None:
    """The first provisional day of the selection's bills, in or out of the period; None without charges."""
    since: date | None = ask_row(cursor, "provisional", {**filters.params(), "days": DAYS})["since"]
    return since
