"""The tables of the Data page: the ladder, reconciliation, restatements, sources, coverage, commitments, rejects."""

from __future__ import annotations

from dashboard import theme
from dashboard.columns import (
    Columns,
    count_column,
    count_columns,
    date_column,
    money_column,
    money_columns,
    month_column,
    percent_column,
    text_column,
    time_column,
)
from data.filters import Filters


def ladder(filters: Filters) -> Columns:
    """Rung, in the chosen view and the four views."""
    views = ("effective_cost", "billed_cost", "contracted_cost", "list_cost")
    return {"rung": None, "name": text_column("rung"), **money_columns(filters, "cost", *views)}


def reconciliation(filters: Filters) -> Columns:
    """Billing period × provider."""
    return {
        "billing_period": month_column("billing period"),
        "lines": count_column("lines"),
        "invoice_total": money_column(
            _stated(filters), filters, "Computed from the raw files by separate code"
        ),
        **money_columns(filters, "ladder", "unexplained"),
    }


def _stated(filters: Filters) -> str:
    total = theme.total_name(filters.view)
    return "invoice total" if total == "invoice" else total


def restatements(filters: Filters) -> Columns:
    """Replaced delivery, what changed first: these columns in this order."""
    return {
        "billing_period": month_column("billing period"),
        "source": text_column("source"),
        **money_columns(filters, "billed_change"),
        **count_columns("lines_change"),
        **money_columns(filters, "billed_before", "billed_after"),
        **count_columns("lines_before", "lines_after"),
        "first_delivery": time_column("first delivery (UTC)"),
        "restated_at": time_column("restated at (UTC)"),
    }


def between(filters: Filters) -> Columns:
    """Invoice month × provider of two snapshots."""
    return {
        "billing_period": month_column("billing period"),
        **money_columns(filters, "change", "before", "after"),
        **count_columns("lines_change", "lines_before", "lines_after"),
    }


def sources() -> Columns:
    """Source: how far it reaches, how its last load went."""
    return {
        **count_columns("rows", "rejected"),
        "last_day": date_column("data through"),
        "last_load_at": time_column("last load (UTC)"),
        "last_status": text_column("status"),
        "last_message": text_column("message"),
    }


def coverage(filters: Filters) -> Columns:
    """Provider × account: device cost, and what of it was seen."""
    return {
        "sub_account_id": text_column("account"),
        "coverage": percent_column("observed"),
        "unbilled_hours": count_column("unbilled GPU-hours", "Seen by telemetry, on no bill"),
        "unpriced_lines": count_column("unpriced lines", "Lines whose price the export leaves out"),
        **money_columns(filters, "device_cost", "observed_cost", "unobserved_cost"),
    }


def unobserved_nodes(filters: Filters) -> Columns:
    """Machines without telemetry."""
    return {
        "resource_id": text_column("machine"),
        "instance_type": text_column("instance type"),
        "gpu_model": text_column("GPU"),
        "sub_account_id": text_column("account"),
        "unobserved_gpu_hours": count_column("unobserved GPU-hours"),
        "observed_share": percent_column("observed"),
        "unobserved_cost": money_column("unobserved cost", filters),
        "last_seen": time_column("last seen (UTC)", "Within the period; “–” = never"),
    }


def commitments(filters: Filters) -> Columns:
    """Savings plan, reservation or CUD."""
    return {
        **money_columns(filters, "used", "unused"),
        "unknown": money_column("use unknown", filters),
        **money_columns(filters, "committed"),
        "unused_share": percent_column("unused"),
    }


def rejects() -> Columns:
    """Rows of files that could not be loaded."""
    return {"line_no": count_column("line"), "loaded_at": time_column("loaded (UTC)")}
