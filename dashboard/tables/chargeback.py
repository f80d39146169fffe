"""The table of chargeback."""

from __future__ import annotations

from dashboard.columns import Columns, money_column, percent_column, text_column
from data.filters import Filters


def columns(filters: Filters, by: str) -> Columns:
    """A member per row; the three rules have one sum."""
    return {
        "member": text_column(by),
        "reserved": money_column("reserved", filters),
        "used": money_column("used", filters),
        "shapley": money_column("Shapley share", filters),
        "shapley_error": money_column("± standard error", filters, "0 where every order was counted."),
        "busy_share": percent_column("busy share of reserved"),
    }
