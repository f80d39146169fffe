"""The table of the ROI: its projection, month by month."""

from __future__ import annotations

import pandas as pd

from dashboard.columns import Columns, count_column, money_column
from data.economics.cashflow import accumulated, discounted
from data.economics.roi import Roi
from data.filters import Filters


def month_rows(roi: Roi, discount_rate: float) -> pd.DataFrame:
    """month (0 = today, with the one-off cost alone), net_gain and discounted as running sums, then the month's own."""
    return pd.DataFrame(
        {
            "month": range(len(roi.flows)),
            "net_gain": accumulated(roi.flows),
            "discounted": accumulated(discounted(roi.flows, discount_rate)),
            "baseline": [None, *(month.baseline_cost for month in roi.months)],
            "optimised": [None, *(month.optimised_cost for month in roi.months)],
            "cash": [None, *(month.cash for month in roi.months)],
            "freed": [None, *(month.freed for month in roi.months)],
        }
    )


def months(filters: Filters) -> Columns:
    """Month of the horizon."""
    return {
        "month": count_column("Month"),
        "net_gain": money_column("Cumulative net gain", filters),
        "discounted": money_column("In today's money", filters),
        "baseline": money_column("Baseline cost", filters),
        "optimised": money_column("Optimised cost", filters),
        "cash": money_column("Saved, cash", filters),
        "freed": money_column("Saved, freed", filters),
    }
