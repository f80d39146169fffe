"""The tables of cost per business output."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard.columns import (
    Columns,
    count_column,
    date_column,
    money_column,
    percent_column,
    text_column,
    unit_cost_column,
)
from data.filters import Filters


def rows(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Beside query.business_output.costs the change against the days compared with."""
    if before is None:
        return now.assign(change=float("nan"))
    earlier = before.set_index("output")["cost_per_output"]
    told = [
        fmt.change(cost, earlier.get(name))
        for name, cost in zip(now["output"], now["cost_per_output"], strict=True)
    ]
    return now.assign(change=pd.Series(told, dtype="float64"))


def outputs(filters: Filters) -> Columns:
    """Output over the period."""
    return {
        "output": text_column("output"),
        "cost_per_output": unit_cost_column("per output", filters),
        "change": percent_column("Δ", "Against the days compared with, over their own days with counts"),
        "outputs": count_column("outputs"),
        "cost": money_column("cost", filters, "Of the days that have counts"),
        "days": count_column("days with counts"),
    }


def days(filters: Filters) -> Columns:
    """Output × UTC day."""
    told = {name: column for name, column in outputs(filters).items() if name not in ("change", "days")}
    return {"day": date_column("day"), **told}
