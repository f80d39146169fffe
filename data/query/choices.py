"""What can be filtered by, and how far the data reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import duckdb

from data.query.runner import ask, ask_row


@dataclass(frozen=True)
class Choices:
    """The values of each filter, sorted; first and last day with charges; where nothing is
    `charged`, of telemetry, else of loads (None: an empty store)."""

    first_day: date | None
    last_day: date | None
    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    charged: bool = True
    account_names: dict[str, str] = field(default_factory=dict)


def choices(cursor: duckdb.DuckDBPyConnection) -> Choices:
    """Every choice of the filter bar. 'none' among providers, accounts, teams and models stands for lines without one."""
    reach = ask_row(cursor, "reach", {})
    found = ask(cursor, "choices", {})
    values = {kind: tuple(str(v) for v in group["value"]) for kind, group in found.groupby("kind")}
    named = found[(found["kind"] == "account") & found["label"].notna()]
    return Choices(
        first_day=reach["first_day"],
        last_day=reach["last_day"],
        providers=values.get("provider", ()),
        accounts=values.get("account", ()),
        teams=values.get("team", ()),
        models=values.get("model", ()),
        currencies=values.get("currency", ()),
        charged=reach["charged"],
        account_names=dict(zip(named["value"], named["label"], strict=True)),
    )
