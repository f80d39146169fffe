"""The tables of the versions: their shares, their days, and everything about each."""

from __future__ import annotations

import streamlit as st

from dashboard.columns import (
    Columns,
    count_column,
    date_column,
    hours_column,
    minute_column,
    money_column,
    percent_column,
    text_column,
    unit_cost_column,
)
from data.filters import Filters

SHARES = ["model", "version", "traffic_share", "cost_share", "requests_ok", "cost"]
ALL = [
    "model", "version", "cost", "traffic_share", "cost_share", "candidate", "live_now", "cost_per_inference",
    "requests_ok", "gpus", "replicas", "held_hours", "last_request", "first_seen", "last_seen", "superseded_by", "team",
]  # fmt: skip


def versions(filters: Filters) -> Columns:
    """Model × version; SHARES and ALL say which columns in which order."""
    return {
        "model": text_column("Model"),
        "version": text_column("Version"),
        "candidate": text_column("Could go because", width=230),
        "live_now": st.column_config.CheckboxColumn("Live", help="On the period's last day."),
        "traffic_share": percent_column("Share of traffic", "Successful requests, within the model."),
        "cost_share": percent_column("Share of cost", f"{filters.basis} cost, within the model."),
        "cost": money_column("Cost", filters),
        "cost_per_inference": unit_cost_column("Cost per inference", filters),
        "requests_ok": count_column("Successful requests"),
        "gpus": count_column("GPUs held", "In the period's last 24 hours."),
        "replicas": count_column("Replicas", "Pods in the period's last 24 hours."),
        "held_hours": hours_column("Held GPU-hours"),
        "last_request": minute_column("Last request (UTC hour)"),
        "first_seen": date_column("First seen"),
        "last_seen": date_column("Last seen"),
        "superseded_by": text_column("Superseded by"),
        "team": text_column("Team"),
    }


def days(filters: Filters) -> Columns:
    """UTC day × model × version."""
    return {
        "day": date_column("Day (UTC)"),
        "model": text_column("Model"),
        "version": text_column("Version"),
        "requests_ok": count_column("Successful requests"),
        "silent": st.column_config.CheckboxColumn("Not asked", help="Paid for, no request that day."),
        "traffic_share": percent_column("Share of traffic", "Successful requests, within the model."),
        "cost": money_column("Cost", filters),
    }
