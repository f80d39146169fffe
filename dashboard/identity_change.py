"""The identity price ÷ (utilisation × throughput) of two periods side by side: who moved most, why, and in
which words.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import format as fmt
from dashboard import headlines
from dashboard.columns import count_column, money_column, percent_column, unit_cost_column
from data.economics.identity import Factors, Parts, explain
from data.filters import Filters

FACTORS = ("price_per_gpu_hour", "utilisation", "throughput")


def compare(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The rows of query.unit_cost.identity with those of the period before as …_before, and `impact`: what
    the change of the
    unit cost did to the money of this period (change × requests). The scope's row (model NULL) stays
    first."""
    keyed = [frame.assign(key=frame["model"].fillna("")) for frame in (now, before)]
    merged = keyed[0].merge(keyed[1].drop(columns="model"), on="key", how="left", suffixes=("", "_before"))
    merged["impact"] = (merged["cost_per_inference"] - merged["cost_per_inference_before"]) * merged[
        "requests_ok"
    ]
    return merged.drop(columns="key")


def parts(row: pd.Series) -> Parts | None:
    """What each factor did to the row's unit cost; None where one of them is unknown or 0."""
    values = [row[f"{name}{suffix}"] for suffix in ("_before", "") for name in FACTORS]
    if any(fmt.is_unknown(value) or not value > 0 for value in values):
        return None
    return explain(Factors(*values[:3]), Factors(*values[3:]))


def explainable(changes: pd.DataFrame) -> pd.DataFrame:
    """The models whose change can be taken apart, by the money that it moved, rises before falls of the same size."""
    models = changes[changes["model"].notna() & changes["impact"].notna()]
    models = models.loc[[index for index, row in models.iterrows() if parts(row) is not None]]
    return models.sort_values("impact", key=lambda impact: impact.abs(), ascending=False, kind="stable")


def name_of(row: pd.Series) -> str:
    """The model's name, or what the scope is called."""
    return "All models on GPUs" if fmt.is_unknown(row["model"]) else str(row["model"])


def sentences(changes: pd.DataFrame, filters: Filters) -> list[str]:
    """The stories worth telling: the two rises that cost most, then the fall that saved most."""
    models = explainable(changes)
    if models.empty:
        return ["No earlier period with GPU models to compare with."]
    told = pd.concat([models[models["impact"] > 0].head(2), models[models["impact"] <= 0].head(1)])
    return [_sentence(row, filters) for _, row in told.iterrows()]


def _sentence(row: pd.Series, filters: Filters) -> str:
    before = row.rename(lambda column: str(column).removesuffix("_before"))
    before = before[~before.index.duplicated(keep="last")]
    return headlines.identity(name_of(row), row, before, parts(row), filters.currency)


def table(changes: pd.DataFrame) -> pd.DataFrame:
    """One row per model, the largest effect first: the unit cost and its factors, each with its relative change."""
    place = changes["impact"].abs().where(changes["model"].notna(), float("inf"))
    changes = changes.loc[place.sort_values(ascending=False, na_position="last").index]
    rows = pd.DataFrame(
        {"model": [name_of(row) for _, row in changes.iterrows()], "impact": changes["impact"].to_numpy()}
    )
    for column in ("cost_per_inference", *FACTORS, "requests_ok"):
        before = changes[f"{column}_before"].where(changes[f"{column}_before"] > 0)
        rows[column] = changes[column].to_numpy()
        rows[f"{column}_change"] = (changes[column] / before - 1).round(6).to_numpy() + 0.0  # no "-0 %"
    return rows


def columns(filters: Filters) -> dict[str, Any]:
    """How the table's columns read."""
    change = {
        f"{name}_change": percent_column("Δ") for name in ("cost_per_inference", *FACTORS, "requests_ok")
    }
    return {
        "impact": money_column("effect", filters, "Change of the unit cost × this period's requests"),
        "cost_per_inference": unit_cost_column("per inference", filters),
        "price_per_gpu_hour": unit_cost_column("price per GPU-hour", filters),
        "utilisation": percent_column("utilisation"),
        "throughput": count_column("inferences per busy GPU-hour"),
        "requests_ok": count_column("requests"),
        **change,
    }
