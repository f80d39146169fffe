"""Cost per inference: what it is, by day and version, what it is made of, and what its basis leaves out.
Effective view.
"""

from __future__ import annotations

from typing import Literal, get_args

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.runner import ask, ask_row

Dimension = Literal["provider", "billing account", "account", "team", "endpoint", "mode", "GPU type"]
Level = Literal["total", "model", "version", "model and mode"] | Dimension
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)


def costs(cursor: duckdb.DuckDBPyConnection, filters: Filters, level: Level) -> pd.DataFrame:
    """model, version (NULL above their level), member (of a dimension; NULL = none): cost (money, chosen basis),
    requests_ok, tokens, cost_per_inference, cost_per_1k, cost_per_1m_tokens (of models that report tokens),
    utilisation (0..1 of held seconds), throughput (requests per busy GPU-hour), uncounted_cost (money whose requests
    nobody counted: in cost, in no ratio; a managed model's day by day); dearest first. Requests of models without cost
    are in no ratio either."""
    return ask(cursor, "unit_cost", {**filters.params(), "level": level})


def days(cursor: duckdb.DuckDBPyConnection, filters: Filters, top: int) -> pd.DataFrame:
    """day × model: place, cost, requests_ok, cost_per_1k; the dearest `top` models, the rest as 'other'.
    Models whose requests nobody counted are not among them."""
    return ask(cursor, "unit_cost_days", {**filters.params(), "top": top})


def releases(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """model, version, day: versions that were first seen in the period, beside older ones of their model."""
    return ask(cursor, "releases", filters.params())


def stack(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """component in reading order: in_basis, cost, cost_per_1k (money that somebody counted requests for; NULL = not
    given)."""
    return ask(cursor, "component_stack", filters.params())


def left_out(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """rung: cost, in_basis, left_out (money); in_basis + left_out sums to the ladder. left_out < 0: the selection's
    share of a pool whose lines lie beyond it. Commitment fees whose use nobody can tell stand apart, as
    commitment_use_unknown."""
    return ask(cursor, "left_out", filters.params())


def device_share(cursor: duckdb.DuckDBPyConnection) -> float | None:
    """The part of a GPU machine's price that its devices carry, 0 < share <= 1; None = the snapshot does not say."""
    share: float | None = ask_row(cursor, "device_share", {})["device_share"]
    return share


def use_unknown(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> float:
    """Commitment fees of the period that fit no use, whoever they paid for: they are in no unit cost."""
    return float(ask(cursor, "use_unknown", filters.params())["cost"].iloc[0])
