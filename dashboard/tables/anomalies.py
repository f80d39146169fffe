"""The table of unexpected days."""

from __future__ import annotations

import pandas as pd

from dashboard.columns import (
    Columns,
    count_column,
    date_column,
    money_column,
    number_column,
    text_column,
)
from dashboard.headlines.anomalies import what
from data.filters import Filters

SCORE_HELP = (
    "Distance of the peak day from the median weekday, in median absolute deviations (modified z-score)."
)
RESOURCE_HELP = "What moved most on the peak day; looked up for the largest dozen rows."


def rows(found: pd.DataFrame) -> pd.DataFrame:
    """query.anomalies' rows with what each is about in one column, what people look for first on the left."""
    told = found.assign(what=[what(row) for row in found.itertuples()])
    return told[
        [
            "unexpected", "first_day", "days", "what", "resource_id", "resources", "cost", "expected", "score",
            "resource_kind", "resource_account", "last_day", "peak_day", "dimension",
        ]
    ]  # fmt: skip


def columns(filters: Filters) -> Columns:
    """Money in the chosen view."""
    return {
        "unexpected": money_column("unexpected", filters, "Cost − expected, over the days."),
        "first_day": date_column("from (UTC)"),
        "days": count_column("days"),
        "what": text_column("what"),
        "resource_id": text_column("suspected resource", RESOURCE_HELP),
        "resources": count_column("of its kind moved"),
        "cost": money_column("cost", filters),
        "expected": money_column("expected", filters, "The median of the same weekdays before."),
        "score": number_column("score", SCORE_HELP),
        "resource_kind": text_column("instance type or service"),
        "resource_account": text_column("account"),
        "last_day": date_column("through (UTC)"),
        "peak_day": date_column("peak day (UTC)"),
        "dimension": text_column("compared as"),
    }
