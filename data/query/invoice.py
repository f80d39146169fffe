"""The Invoice page's questions: what the invoice paid for, by anything that its lines or the ladder know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.lineage import LADDER_DIMENSIONS
from data.query.runner import ask

Bin = Literal["day", "week", "month"]
BINS: tuple[Bin, ...] = get_args(Bin)


@dataclass(frozen=True)
class Explored:
    """Spend by the members of a dimension; either frame sums to the page's spend.

    members: member (NULL = the others), place, members (how many), cost, share (0..1 of the total), largest first.
    bins: bin (its first UTC day) × member: place, cost.
    """

    members: pd.DataFrame
    bins: pd.DataFrame


def explored(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, dimension: str, bin: Bin, top: int
) -> Explored:
    """Spend by one of lineage.DIMENSIONS; the `top` largest members, the rest as one."""
    name = "explorer_ladder" if dimension in LADDER_DIMENSIONS else "explorer_lines"
    rows = ask(cursor, name, {**filters.params(), "dimension": dimension, "bin": bin, "top": top})
    total = rows["bin"].isna()
    members = rows.loc[total, ["member", "place", "members", "cost"]].reset_index(drop=True)
    members["share"] = members["cost"] / members["cost"].sum() if members["cost"].sum() else float("nan")
    return Explored(members, rows.loc[~total, ["bin", "member", "place", "cost"]].reset_index(drop=True))


def tree(cursor: duckdb.DuckDBPyConnection, filters: Filters, top: int) -> pd.DataFrame:
    """provider × sub_account_id × service_name × resource_id: resources, cost. The `top` largest resources of a
    service, the rest as one (resource_id NULL). Sums to the page's spend but for what is unexplained."""
    return ask(cursor, "spend_tree", {**filters.params(), "top": top})
