"""The tables of the idle GPUs: cost by day and state, and the findings."""

from __future__ import annotations

import pandas as pd

from dashboard.columns import (
    Columns,
    date_column,
    hours_column,
    minute_column,
    money_column,
    percent_column,
    text_column,
)
from data.filters import Filters

# What, how much, whose and since when come first: a phone shows no more than that without scrolling.
ORDER = [
    "instance_type", "cost", "state", "holder", "team", "since", "machine", "gpus", "gpu_model", "node",
    "sub_account_id", "hours", "cash", "freed", "cost_to_date", "cost_per_month", "cash_per_month", "coverage",
    "signal", "device_ids",
]  # fmt: skip


def days(filters: Filters) -> Columns:
    """UTC day × state."""
    return {
        "day": date_column("Day (UTC)"),
        "state": text_column("State"),
        "hours": hours_column("Idle device-hours"),
        "cost": money_column("Idle cost", filters),
    }


def finding_rows(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings as the table and its CSV show them, in reading order: which GPUs as "4 of 8", their ids last."""
    of = findings["machine_devices"].fillna(findings["devices"]).astype(int)
    shown = findings.assign(
        gpus=[f"{some} of {every}" for some, every in zip(findings["devices"], of, strict=True)],
        device_ids=[", ".join(ids) for ids in findings["device_ids"]],
    )
    return shown[ORDER]


def short_ids(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as a narrow column can show them: of a path or an ARN, only what tells one machine from the next."""
    return rows.assign(machine=rows["machine"].str.rpartition("/")[2])


def findings(filters: Filters) -> Columns:
    """Machine × state × holder."""
    return {
        "machine": text_column(
            "Resource id", "Its last part. In full: the CSV, and the evidence of the row."
        ),
        "instance_type": text_column("Machine"),
        "gpu_model": text_column("GPU model"),
        "node": text_column("Node"),
        "state": text_column("State"),
        "holder": text_column("Held by"),
        "team": text_column("Owner"),
        "sub_account_id": text_column("Account"),
        "gpus": text_column("GPUs", "Devices of this finding, of the machine's."),
        "since": minute_column("Idle since (UTC)"),
        "hours": hours_column("Idle device-hours"),
        "cost": money_column("Idle cost", filters, "In the period."),
        "cash": money_column("Cash", filters, "The bill would have fallen by this."),
        "freed": money_column(
            "Freed", filters, "Free capacity on machines that stay, or under a commitment."
        ),
        "cost_to_date": money_column("To date", filters, "Since it began, also before the period."),
        "cost_per_month": money_column(
            "Per month", filters, "730 hours at the pace since it began; – = over."
        ),
        "cash_per_month": money_column("Cash per month", filters),
        "coverage": percent_column("Evidence", "Observed share of the devices' billed hours."),
        "signal": text_column("Signal"),
        "device_ids": text_column("GPU ids"),
    }
