"""The tables of the cost per inference: by day, by factor, by component, by version, and what the basis leaves out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as fmt
from dashboard.columns import (
    Columns,
    count_column,
    money_column,
    percent_column,
    text_column,
    unit_cost_column,
)
from data.filters import Filters
from data.query.identity import MEASURES


def days(filters: Filters) -> Columns:
    """Model × UTC day."""
    return {
        "cost": money_column("cost", filters),
        "requests_ok": count_column("requests"),
        "cost_per_1k": unit_cost_column("per 1k inferences", filters),
    }


def identity_rows(changes: pd.DataFrame) -> pd.DataFrame:
    """The factors of query.identity.changes as a table: one row per model, each figure beside its change."""
    rows = changes[["model", "impact", *(c for name in MEASURES for c in (name, f"{name}_change"))]].copy()
    rows["model"] = ["All models on GPUs" if fmt.is_unknown(model) else model for model in rows["model"]]
    return rows


def identity(filters: Filters) -> Columns:
    """Model × factor of the unit cost."""
    return {
        "impact": money_column("effect", filters, "Change of the unit cost × this period's requests"),
        "cost_per_inference": unit_cost_column("per inference", filters),
        "price_per_gpu_hour": unit_cost_column("price per GPU-hour", filters),
        "utilisation": percent_column("utilisation"),
        "throughput": count_column("inferences per busy GPU-hour"),
        "requests_ok": count_column("requests"),
        **{f"{name}_change": percent_column("Δ") for name in MEASURES},
    }


def components(filters: Filters) -> Columns:
    """What a thousand inferences are made of."""
    return {
        "component": text_column("component"),
        "in_basis": st.column_config.CheckboxColumn(f"in {filters.basis} basis"),
        "cost": money_column("cost", filters),
        "cost_per_1k": unit_cost_column("per 1k inferences", filters),
    }


def versions(filters: Filters) -> Columns:
    """Model × version."""
    return {
        "model": text_column("model"),
        "version": text_column("version"),
        "cost": money_column("cost", filters),
        "requests_ok": count_column("requests"),
        "tokens": count_column("tokens"),
        "cost_per_1k": unit_cost_column("per 1k inferences", filters),
        "cost_per_1m_tokens": unit_cost_column("per 1M tokens", filters),
        "utilisation": percent_column("utilisation", "Busy ÷ held device-seconds; “–” without a GPU"),
        "throughput": count_column("inferences per busy GPU-hour"),
    }


def members(filters: Filters, dimension: str) -> Columns:
    """The members of one dimension."""
    figures = {name: column for name, column in versions(filters).items() if name not in ("model", "version")}
    return {"member": text_column(dimension), **figures}


def left_out(filters: Filters) -> Columns:
    """Rung: the ladder's amount and the two parts it falls into."""
    return {
        "cost": money_column("ladder", filters),
        "in_basis": money_column("in basis", filters),
        "left_out": money_column("left out", filters),
    }
