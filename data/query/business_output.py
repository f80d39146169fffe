"""Cost per business output: what one resolved contact, one document, one order cost, where somebody counts them."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.runner import ask, ask_rows


def is_told(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether the store holds any count at all."""
    return bool(cursor.execute("SELECT 1 FROM business_output LIMIT 1").fetchall())


def costs(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """output: outputs, cost (money, chosen basis, effective view), cost_per_output, days (that have a count and a cost;
    both sums are over these alone); dearest first."""
    rows = ask(cursor, "business_output", filters.params())
    whole = rows[rows["day"].isna()].drop(columns="day")
    return whole.sort_values("cost", ascending=False, ignore_index=True)


def days(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """output × day of the period: outputs, cost, cost_per_output; NaN on days without a count."""
    rows = ask(cursor, "business_output", filters.params())
    told = rows[rows["day"].notna()].drop(columns="days")
    every = pd.date_range(filters.start, filters.end, inclusive="left", name="day")
    grid = pd.MultiIndex.from_product([told["output"].unique(), every.as_unit("us")], names=["output", "day"])
    told = told.assign(day=pd.to_datetime(told["day"]).dt.as_unit("us"))
    return told.set_index(["output", "day"]).reindex(grid).reset_index()


def counted_of(
    cursor: duckdb.DuckDBPyConnection, filters: Filters, output: str, day: date
) -> tuple[tuple[str | None, str | None], ...]:
    """The teams and models that the counts of an output on a day are of; None = of every one."""
    rows = ask_rows(cursor, "business_output_of", {**filters.params(), "output": output, "day": day})
    return tuple((row["team"], row["model"]) for row in rows)


def left_out(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> tuple[str, ...]:
    """Other currencies in which the counted teams and models have cost on the counted days; it is in no ratio."""
    return tuple(ask(cursor, "business_output_left", filters.params())["currency"])


def files(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """file: source, load_id, first_day, last_day, lines: where the counts of the period come from."""
    return ask(cursor, "business_output_files", filters.params())
