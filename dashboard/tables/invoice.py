"""The Invoice page's tables: members of a dimension, and what of them each day, week or month held."""

from __future__ import annotations

import pandas as pd

from dashboard.charts.invoice import member_name
from dashboard.columns import Columns, count_column, date_column, money_column, percent_column, text_column
from data.filters import Filters
from data.query.invoice import Bin

# What the explorer groups by: the dimension and how a person calls it. Words as everywhere.
DIMENSIONS = {
    "rung": "rung",
    "sub_rung": "sub-rung",
    "component": "component",
    "provider": "provider",
    "billing_account_id": "billing account",
    "sub_account_id": "account",
    "service_name": "service",
    "instance_type": "instance type",
    "region_id": "region",
    "resource_id": "resource",
    "team": "team",
    "model": "model",
    "model_version": "version",
    "endpoint": "endpoint",
    "mode": "mode",
    "gpu_model": "GPU",
}


def member_rows(members: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """query.invoice.explored's members as the table has them."""
    names = [
        member_name(dimension, m, int(n)) for m, n in zip(members["member"], members["members"], strict=True)
    ]
    return pd.DataFrame({"member": names, "cost": members["cost"], "share": members["share"]})


def members(filters: Filters, dimension: str) -> Columns:
    """Member of the dimension."""
    return {
        "member": text_column(DIMENSIONS[dimension]),
        "cost": money_column("cost", filters),
        "share": percent_column("of the total"),
    }


def bins(filters: Filters, dimension: str, bin: Bin) -> Columns:
    """Day, week or month × member."""
    first = "day (UTC)" if bin == "day" else f"{bin} from (UTC)"
    return {
        "bin": date_column(first),
        "member": text_column(DIMENSIONS[dimension]),
        "cost": money_column("cost", filters),
    }


def ladder(filters: Filters) -> Columns:
    """Rung in the chosen view, its share, and the four views."""
    views = ("effective_cost", "billed_cost", "contracted_cost", "list_cost")
    named = {name: money_column(name.removesuffix("_cost"), filters) for name in views}
    named[f"{filters.view}_cost"] = None  # it is the chosen one
    return {
        "rung": None, "name": text_column("rung"), "cost": money_column(f"{filters.view} cost", filters),
        "share": percent_column("of the total"), **named,
    }  # fmt: skip


def tree(filters: Filters) -> Columns:
    """Provider × account × service × resource."""
    return {
        "sub_account_id": text_column("account"),
        "service_name": text_column("service"),
        "resource_id": text_column("resource"),
        "resources": count_column("resources"),
        "cost": money_column("cost", filters),
    }
