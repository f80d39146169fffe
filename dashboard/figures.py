"""Which number a table's row shows, so that choosing it leads to what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import format as fmt
from data.filters import UNKNOWN, Filters
from data.query.chargeback import By
from data.query.idle import STATES
from data.query.lineage import Figure, Measure, Ratio
from data.query.utilisation import GROUPS, Dimension

SERVED = (
    "serving_busy",
    "serving_idle",
    "serving_cpu",
    "managed",
)  # rungs whose cost a bridge takes apart by model
# how the levels of query.unit_cost are called in lineage
LEVELS = {
    "provider": "provider", "billing account": "billing_account_id", "account": "sub_account_id", "team": "team",
    "endpoint": "endpoint", "mode": "mode", "GPU type": "gpu_model",
}  # fmt: skip


def _value(told: object) -> str:
    return UNKNOWN if fmt.is_unknown(told) else str(told)


def version(row: Mapping[Any, Any], filters: Filters) -> Figure:
    """The cost of a model version on the basis."""
    return Figure("basis cost", filters, _of_version(row))


def version_name(row: Mapping[Any, Any]) -> str:
    """What a row's lineage is headed by: "chat-large v3", "–" for a version that nobody told."""
    return f"{row['model']} {fmt.UNKNOWN if fmt.is_unknown(row['version']) else row['version']}"


def _of_version(row: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    return ("model", _value(row["model"])), ("version", _value(row["version"]))


def candidates(rows: pd.DataFrame, filters: Filters) -> Figure | None:
    """The cost of several versions together; None for none."""
    served = tuple(
        ("served", f"{model} {_value(version)}")
        for model, version in zip(rows["model"], rows["version"], strict=True)
    )
    return Figure("basis cost", filters, served) if served else None


def unit_cost(row: Mapping[Any, Any], level: str, filters: Filters) -> Figure:
    """What a thousand inferences of a version or a member cost; its cost, where nobody counted requests."""
    where = _of_version(row) if level == "version" else ((LEVELS[level], _value(row["member"])),)
    unknown = fmt.is_unknown(row["cost_per_1k"])
    return Figure("basis cost" if unknown else "cost per 1k inferences", filters, where)


def tokens(row: Mapping[Any, Any], filters: Filters) -> dict[str, Figure]:
    """What the tokens of a version cost, all kinds together, and how many they are."""
    where = _of_version(row)
    return {
        "Cost of counted tokens": Figure("tokened cost", filters, where),
        "Tokens": Figure("charged tokens", filters, where),
    }


def mode(row: Mapping[Any, Any], filters: Filters) -> Figure:
    """What a thousand inferences of a model in one mode cost; its cost, where nobody counted or asked."""
    where = ("model", _value(row["model"])), ("mode", _value(row["member"]))
    unknown = fmt.is_unknown(row["cost_per_1k"])
    return Figure("basis cost" if unknown else "cost per 1k inferences", filters, where)


def of_output(team: str | None, model: str | None, day: date, filters: Filters) -> Figure:
    """What the team and model that an output's counts are of cost on a day, on the basis."""
    named = (("team", team), ("model", model))
    where = tuple((dimension, value) for dimension, value in named if value is not None)
    return Figure("basis cost", replace(filters, start=day, end=day + timedelta(days=1)), where)


def reserved(member: str, by: By, filters: Filters) -> Figure:
    """What a team or model reserved: the observed cost of the devices that it held; 'none': of those nobody held."""
    asked = replace(filters, teams=(member,)) if by == "team" else replace(filters, models=(member,))
    return Figure("observed cost", asked)


def mover(row: Mapping[Any, Any], filters: Filters) -> dict[str, Figure]:
    """What a model, else a rung, cost in the period and in the days compared with."""
    where: tuple[tuple[str, str], ...] = (("model", _value(row["model"])),)
    if fmt.is_unknown(row["model"]):
        where += (("rung", str(row["rung"])),)
    return _both_periods("spend", filters, where)


def bridged(row: Mapping[Any, Any], filters: Filters) -> dict[str, Figure]:
    """What the steps of a spend bridge's row lead from and to: what a served model cost, or a rung without one."""
    if fmt.is_unknown(row["model"]):
        where: tuple[tuple[str, str], ...] = (("rung", str(row["cause"])),)
        where += (("model", UNKNOWN),) if row["cause"] in SERVED else ()
    else:
        where = (("model", str(row["model"])), *(("rung", rung) for rung in SERVED))
    return _both_periods("spend", filters, where)


def bridged_unit(row: Mapping[Any, Any], filters: Filters) -> dict[str, Figure]:
    """What an inference of the row's model cost; of all models, where the row has none."""
    where = () if fmt.is_unknown(row["model"]) else (("model", str(row["model"])),)
    return _both_periods("cost per inference", filters, where)


def _both_periods(
    measure: Measure | Ratio, filters: Filters, where: tuple[tuple[str, str], ...]
) -> dict[str, Figure]:
    days = {"This period": filters, "Compared with": filters.previous()}
    return {name: Figure(measure, asked, where) for name, asked in days.items()}


def group(row: Mapping[Any, Any], dimension: Dimension, filters: Filters) -> Figure:
    """How busy a GPU model, served model or node was; its billed hours, where nobody saw it."""
    where = GROUPS.get(str(row["name"])) or (
        ({"GPU model": "gpu_model", "model": "model", "node": "node"}[dimension], _value(row["name"])),
    )
    unseen = fmt.is_unknown(row["utilisation"])
    return Figure("billed hours" if unseen else "utilisation", filters, where)


def finding(row: Mapping[Any, Any], filters: Filters, rule: tuple[float, int]) -> Figure:
    """What an idle finding cost, or its device-hours, where no bill tells."""
    state = next(told for told, name in STATES.items() if name == row["state"])
    where = ("machine", str(row["machine"])), ("state", state), ("holder", _value(row["holder"]))
    return Figure("idle run hours" if fmt.is_unknown(row["cost"]) else "idle run cost", filters, where, rule)
