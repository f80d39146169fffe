"""The bridge's table: every cause and model."""

from __future__ import annotations

from dashboard.columns import Columns, money_column, text_column, unit_change_column
from data.filters import Filters


def bars(filters: Filters) -> Columns:
    """Cause × model; a rung that is no model's has none."""
    return {
        "cause": text_column("cause"),
        "model": text_column("model"),
        "amount": money_column("change", filters),
    }


def unit_bars(filters: Filters) -> Columns:
    """Cause × model, per 1k inferences."""
    return {
        "cause": text_column("cause"),
        "model": text_column("model"),
        "amount": unit_change_column("change per 1k inferences", filters),
    }
