"""Why spend, and cost per inference, moved between two periods: bars that sum to the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from data.economics.bridge import Bar, Cell, bridge, per_unit
from data.filters import Filters
from data.query.runner import ask_rows

COLUMNS = ("cause", "model", "amount")


@dataclass(frozen=True)
class Bridge:
    """before, now: money (of unit_bridge: per inference). bars: cause (of economics.bridge, or a rung), model (NULL on
    a rung), amount, which sum to now − before."""

    before: float
    now: float
    bars: pd.DataFrame

    @property
    def causes(self) -> pd.DataFrame:
        """cause, amount: over all models, largest change first."""
        return _largest_first(self.bars.groupby("cause")["amount"].sum().reset_index())


@dataclass(frozen=True)
class _Side:
    """One period: versions that served models, and the cost of every other rung."""

    cells: list[Cell]
    rungs: dict[str, float]

    @property
    def cost(self) -> float:
        return sum(cell.cost for cell in self.cells) + sum(self.rungs.values())

    @property
    def requests(self) -> float:
        return sum(cell.requests or 0.0 for cell in self.cells)

    def per_request(self) -> _Side:
        """Everything ÷ the requests of all."""
        return _Side(
            per_unit(self.cells, self.requests),
            {rung: cost / self.requests for rung, cost in self.rungs.items()},
        )


def spend_bridge(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> Bridge:
    """Of the spend in the chosen view, against filters.previous(): the factors of served models, then the rungs."""
    return _bridge(*(_side(cursor, "bridge_spend", f) for f in (filters.previous(), filters)))


def unit_bridge(cursor: duckdb.DuckDBPyConnection, filters: Filters) -> Bridge | None:
    """Of cost per inference on the chosen basis (effective view); its `volume` is what models' shares of the requests
    did. None where either period has none."""
    before, now = (_side(cursor, "bridge_unit", f) for f in (filters.previous(), filters))
    if not before.requests or not now.requests:
        return None
    return _bridge(before.per_request(), now.per_request())


def _bridge(before: _Side, now: _Side) -> Bridge:
    rungs = {**before.rungs, **now.rungs}
    steps = [(rung, now.rungs.get(rung, 0.0) - before.rungs.get(rung, 0.0)) for rung in rungs]
    bars = [
        *bridge(before.cells, now.cells),
        *(Bar(rung, None, step) for rung, step in steps if step),
    ]
    frame = pd.DataFrame([(bar.cause, bar.model, bar.amount) for bar in bars], columns=list(COLUMNS))
    return Bridge(before.cost, now.cost, _largest_first(frame))


def _side(cursor: duckdb.DuckDBPyConnection, question: str, filters: Filters) -> _Side:
    rows = ask_rows(cursor, question, filters.params())
    return _Side(list(_cells(rows)), {r["rung"]: float(r["cost"] or 0) for r in rows if r["rung"]})


def _cells(rows: Iterable[dict[str, Any]]) -> Iterable[Cell]:
    for row in rows:
        if row["rung"] is None:
            counts = (row[name] for name in ("requests", "tokens", "busy_seconds", "held_seconds"))
            told = (None if count is None else float(count) for count in counts)
            yield Cell(row["model"], row["version"], row["kind"], float(row["cost"] or 0), *told)


def _largest_first(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("amount", key=abs, ascending=False, ignore_index=True)
