"""Invoice: what it paid for, by rung, by anything, down to each charge line."""

from __future__ import annotations

from dashboard import filter_bar, store
from dashboard import page_parts as page
from dashboard.cards import invoice as cards
from dashboard.headlines import invoice as headlines
from dashboard.headlines.invoice import PaidFor
from dashboard.sections.budgets import budgets
from dashboard.sections.chargeback import chargeback
from dashboard.sections.explorer import explorer, ladder, tree
from data.filters import Filters
from data.query import overview, provenance


def main() -> None:
    """Answer, cards, ladder, explorer, tree, chargeback, budgets."""
    filters, earlier = filter_bar.current(), filter_bar.earlier()
    paid = _paid_for(filters)
    if paid is None:
        page.empty_state(filters, "charges")
        return
    before = None if earlier is None else _paid_for(earlier)
    page.headline(headlines.answer(paid, filters))
    page.scope_note(page.scope_line(filters, basis=False))
    page.kpi_row(cards.paid_for(paid, before, filters))
    ladder(filters)
    explorer(filters)
    tree(filters)
    chargeback(filters)
    budgets(filters)


def _paid_for(filters: Filters) -> PaidFor | None:
    rungs = store.ask(provenance.ladder, filters)
    if rungs.empty:
        return None
    figures = store.ask(overview.figures, filters)
    return headlines.paid_for(rungs, figures["idle_cost"].iloc[0] if len(figures) else None)


main()
