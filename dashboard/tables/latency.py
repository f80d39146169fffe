"""The table of latency and cost by version."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboard.charts.latency import seconds
from dashboard.columns import (
    Columns,
    count_column,
    money_column,
    percent_column,
    text_column,
    unit_cost_column,
)
from data.filters import Filters
from data.query.latency import DAYS_A_MONTH


def rows(found: pd.DataFrame, filters: Filters, violation: float) -> pd.DataFrame:
    """Beside the figures of query.latency.trade_off what slower answers cost a month, where somebody said what one
    does. A p99 above the last bucket is unknown."""
    told = found.assign(
        **{name: found[name].where(~found[name].map(math.isinf)) for name in ("p50", "p95", "p99")}
    )
    slow = (1 - told["within"]) * told["requests_ok"] / filters.days * DAYS_A_MONTH
    told["violations_per_month"] = slow
    told["violation_cost"] = slow * violation if violation else float("nan")
    return told


def latency(filters: Filters, limit: float) -> Columns:
    """Model × version."""
    return {
        "model": text_column("model"),
        "version": text_column("version"),
        **{
            name: st.column_config.NumberColumn(f"{name} (s)", format="%.3g")
            for name in ("p50", "p95", "p99")
        },
        "within": percent_column(f"within {seconds(limit)}", "Of the requests whose latency was measured"),
        "cost_per_1k": unit_cost_column("per 1k inferences", filters),
        "cost": money_column("cost", filters),
        "requests_ok": count_column("requests"),
        "measured": count_column("requests measured"),
        "violations_per_month": count_column("slower answers a month"),
        "violation_cost": money_column(
            "their cost a month", filters, "× the cost of a slower answer that you entered"
        ),
        "on_frontier": st.column_config.CheckboxColumn("on the frontier"),
    }
