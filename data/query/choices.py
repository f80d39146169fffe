"""What can be filtered by, and how far the data reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from data.query.runner import ask


@dataclass(frozen=True)
class Choices:
    """The values of each filter, sorted, but the largest currency first; first and last day with charges, and of each
    currency (`days`); where nothing is `charged`, of telemetry, else of loads (None: an empty store)."""

    first_day: date | None
    last_day: date | None
    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    charged: bool = True
    account_names: dict[str, str] = field(default_factory=dict)
    days: dict[str, tuple[date, date]] = field(default_factory=dict)


def choices(cursor: duckdb.DuckDBPyConnection) -> Choices:
    """Every choice of the filter bar. 'none' stands for lines without a provider, account, team or model."""
    reaches = ask(cursor, "reach", {})
    reach, of_currency = reaches.iloc[0], reaches.iloc[1:]
    found = ask(cursor, "choices", {})
    values = {kind: tuple(str(v) for v in group["value"]) for kind, group in found.groupby("kind")}
    named = found[(found["kind"] == "account") & found["label"].notna()]
    return Choices(
        first_day=_day(reach["first_day"]),
        last_day=_day(reach["last_day"]),
        providers=values.get("provider", ()),
        accounts=values.get("account", ()),
        teams=values.get("team", ()),
        models=values.get("model", ()),
        currencies=values.get("currency", ()),
        charged=bool(reach["charged"]),
        account_names=dict(zip(named["value"], named["label"], strict=True)),
        days={
            str(currency): (pd.Timestamp(first).date(), pd.Timestamp(last).date())
            for currency, first, last in of_currency[["currency", "first_day", "last_day"]].to_numpy()
        },
    )


def _day(value: Any) -> date | None:  # noqa: ANN401 – a cell
    return None if pd.isna(value) else pd.Timestamp(value).date()
