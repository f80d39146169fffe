"""Budgets: what people mean to spend in a month, in total or per 1k inferences, of the lines that a scope holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from data.filters import BASES, VIEWS, Filters
from data.people import now, reading, writing

Measure = Literal["total", "cost per 1k"]
SCOPE = ("providers", "accounts", "teams", "models")


@dataclass(frozen=True)
class Budget:
    """amount: money a month (total), or per 1k inferences; month: its first day, None = each month without one of its
    own; counted_as: the view of a total, the basis of a unit cost; set_at: UTC, without zone."""

    measure: Measure
    amount: Decimal
    currency: str
    counted_as: str
    month: date | None = None
    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    who: str = ""
    set_at: datetime | None = None
    budget_id: int | None = None

    @classmethod
    def of(cls, filters: Filters, measure: Measure, amount: Decimal, month: date | None, who: str) -> Budget:
        """For what the filters choose."""
        counted_as = filters.view if measure == "total" else filters.basis
        providers, accounts, teams, models = (tuple(sorted(getattr(filters, name))) for name in SCOPE)
        return cls(
            measure, amount, filters.currency, counted_as, month, providers, accounts, teams, models, who=who
        )

    def filters(self, start: date, end: date) -> Filters:
        """What the budget is about, as a question; a calendar month, so that it is compared with the month before."""
        scope = {name: getattr(self, name) for name in SCOPE}
        asked = Filters(start, end, **scope, currency=self.currency, calendar=True)
        if self.measure == "total":
            return replace(asked, view=next(view for view in VIEWS if view == self.counted_as))
        return replace(asked, basis=next(basis for basis in BASES if basis == self.counted_as))

    @property
    def scope(self) -> tuple[tuple[str, ...], ...]:
        """Whose lines it is about."""
        return tuple(getattr(self, name) for name in SCOPE)

    def is_for(self, filters: Filters) -> bool:
        """Whether the filters choose exactly its lines, counted the same way."""
        return replace(self, who="", set_at=None, budget_id=None) == Budget.of(
            filters, self.measure, self.amount, self.month, ""
        )


class BadBudget(ValueError):
    """A budget that cannot be kept; the message says why."""


def set_budget(home: Path, budget: Budget) -> None:
    """Keeps a budget in the place of the one for the same measure, month and scope. Raises BadBudget,
    PeopleFileUnusable."""
    if not budget.amount.is_finite() or budget.amount <= 0:
        raise BadBudget(f"A budget must be above 0, not {budget.amount}. To have none, remove it.")
    month = f"{budget.month:%Y-%m}" if budget.month else ""
    row = (
        budget.measure, month, _scope(budget), budget.counted_as, budget.currency,
        str(budget.amount), budget.who, now(),
    )  # fmt: skip
    with writing(home, "budget") as people:
        people.execute(
            "INSERT INTO budget (measure, month, scope, counted_as, currency, amount, who, set_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (measure, month, scope, counted_as, currency) "
            "DO UPDATE SET amount = excluded.amount, who = excluded.who, set_at = excluded.set_at",
            row,
        )


def remove_budget(home: Path, budget_id: int) -> None:
    """Lets go of one; twice is once."""
    with writing(home, "budget") as people:
        people.execute("DELETE FROM budget WHERE budget_id = ?", (budget_id,))


def budgets(home: Path) -> list[Budget]:
    """Every budget, in the order in which they were first set."""
    with reading(home, "budget") as people:
        if people is None:
            return []
        rows = people.execute(
            "SELECT budget_id, measure, month, scope, counted_as, currency, amount, who, set_at "
            "FROM budget ORDER BY budget_id"
        ).fetchall()
    return [_budget(*row) for row in rows]


def budgets_of(home: Path, month: date, currency: str) -> list[Budget]:
    """Those that count in a month: its own before the ones of every month."""
    told = [b for b in budgets(home) if b.currency == currency and b.month in (month, None)]
    own = {(b.measure, b.scope, b.counted_as) for b in told if b.month}
    return [b for b in told if b.month or (b.measure, b.scope, b.counted_as) not in own]


def _scope(budget: Budget) -> str:
    return json.dumps({name: sorted(getattr(budget, name)) for name in SCOPE}, sort_keys=True)


def _budget(
    budget_id: int, measure: Measure, month: str, scope: str, counted_as: str, currency: str, amount: str,
    who: str, set_at: str,
) -> Budget:  # fmt: skip
    chosen = {name: tuple(values) for name, values in json.loads(scope).items()}
    return Budget(
        measure, Decimal(amount), currency, counted_as, date.fromisoformat(f"{month}-01") if month else None,
        **chosen, who=who, set_at=datetime.fromisoformat(set_at), budget_id=budget_id,
    )  # fmt: skip
