"""What a token of the prompt, of a cache, and of the answer cost (MODEL 5), and what caches avoided. Effective view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypedDict

import duckdb
import pandas as pd

from data.api_prices import ApiPrice
from data.filters import Filters
from data.query.runner import ask


class Weight(TypedDict):
    """List prices of one model's tokens: only how they stand to each other matters."""

    model: str
    input: float
    cached: float
    output: float


def weights(prices: Iterable[ApiPrice]) -> tuple[Weight, ...]:
    """Of each model in a price table, by its name alone, in lower case: the first price of a name counts."""
    first = {price.model.lower(): price for price in reversed(list(prices))}
    return tuple(
        Weight(
            model=name, input=float(price.input), output=float(price.output),
            cached=float(price.input if price.cached_input is None else price.cached_input),
        )
        for name, price in first.items()
    )  # fmt: skip


def token_costs(
    cursor: duckdb.DuckDBPyConnection,
    filters: Filters,
    level: Literal["total", "model", "version"],
    weights: Sequence[Weight] = (),
) -> pd.DataFrame:
    """model, version (NULL above their level); dearest first.

    cost (money, chosen basis, of models whose tokens are counted) = input_cost + cached_cost + output_cost +
    unsplit_cost. split_by: 'seconds' (of prefill and decode, which the server reports: a cached token then takes none
    and costs 0), 'prices' (`weights`), 'mixed', NULL = unknown. input_tokens (all), cached_tokens (part of them; NULL =
    not told, or for less than 80 % of them: then input holds them too), cacheable_tokens (input of those that tell),
    output_tokens; cost_per_1m_input (of computed tokens), _cached, _output: money per million. avoided_cost: money,
    cached tokens at the price of computed ones, less what they cost: capacity, not a saving that the bill shows.
    """
    return ask(
        cursor, "token_costs", {**filters.params(), "level": level, "weights": [dict(w) for w in weights]}
    )
