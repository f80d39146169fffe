"""Why the cost per inference moved: price ÷ (utilisation × throughput) of two periods side by side."""

from __future__ import annotations

import duckdb
import pandas as pd

from data.economics.identity import Factors, Parts, explain
from data.filters import Filters
from data.query.runner import ask

FACTORS = ("price_per_gpu_hour", "utilisation", "throughput")
MEASURES = ("cost_per_inference", *FACTORS, "requests_ok")


def identity(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """model (one first row without, for the counted models of the scope): cost, held_hours, requests_ok,
    cost_per_inference, price_per_gpu_hour, utilisation, throughput; cost_per_inference = price ÷ (utilisation ×
    throughput)."""
    return ask(cursor, "identity", filters.params())


def changes(cursor: duckdb.DuckDBPyConnection, filters: Filters, earlier: Filters | None) -> pd.DataFrame:
    """model: each of MEASURES, its value of the `earlier` period as …_before and the relative …_change; `impact`: what
    the change of the unit cost did to the money of this period (change × requests). The scope's row (model NULL) first,
    then the largest impact; without an earlier period all changes are NaN."""
    now = identity(cursor, filters)
    before = now.iloc[:0] if earlier is None else identity(cursor, earlier)
    keyed = [rows[["model", *MEASURES]].assign(key=rows["model"].fillna("")) for rows in (now, before)]
    both = keyed[0].merge(keyed[1].drop(columns="model"), on="key", how="left", suffixes=("", "_before"))
    for name in MEASURES:
        base = both[f"{name}_before"].where(both[f"{name}_before"] > 0)
        both[f"{name}_change"] = (both[name] / base - 1).round(6) + 0.0  # no "-0 %"
    both["impact"] = (both["cost_per_inference"] - both["cost_per_inference_before"]) * both["requests_ok"]
    place = both["impact"].abs().where(both["model"].notna(), float("inf"))
    order = place.sort_values(ascending=False, na_position="last", kind="stable").index
    return both.loc[order].drop(columns="key").reset_index(drop=True)


def parts(row: pd.Series) -> Parts | None:
    """What each factor did to the row's unit cost; None where one of them is unknown or 0."""
    values = [row[f"{name}{suffix}"] for suffix in ("_before", "") for name in FACTORS]
    if any(pd.isna(value) or not value > 0 for value in values):
        return None
    return explain(Factors(*values[:3]), Factors(*values[3:]))


def _models(changes: pd.DataFrame) -> pd.DataFrame:
    """Those whose change can be taken apart, largest impact first."""
    models = changes[changes["model"].notna() & changes["impact"].notna()]
    return models.loc[[index for index, row in models.iterrows() if parts(row) is not None]]


def stories(changes: pd.DataFrame) -> pd.DataFrame:
    """The changes worth telling: the two rises that cost most, then the fall that saved most."""
    models = _models(changes)
    return pd.concat([models[models["impact"] > 0].head(2), models[models["impact"] <= 0].head(1)])


def explainable(changes: pd.DataFrame) -> pd.DataFrame:
    """The models whose change can be taken apart: the stories first, then by impact."""
    told = stories(changes)
    return pd.concat([told, _models(changes).drop(told.index)])
