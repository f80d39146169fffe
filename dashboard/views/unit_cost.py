"""Cost per inference: what it is on the chosen basis, why it moved, what it is made of."""

from __future__ import annotations

import pandas as pd

from dashboard import filter_bar, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.cards import unit_cost as cards
from dashboard.headlines import unit_cost as headlines
from dashboard.sections import bridge
from dashboard.sections.business import business_output
from dashboard.sections.counted import counted, left_out
from dashboard.sections.latency import latency
from dashboard.sections.switch_over import switch_over
from dashboard.sections.tokens import modes, tokens
from dashboard.sections.unit_cost import by, made_of, trend, why
from dashboard.sections.unserved import unserved
from data.filters import Filters
from data.query import identity, unit_cost


def main() -> None:
    """Answer, cards, what they count, trend; then why it moved and the further questions, one at a time."""
    filters, earlier = filter_bar.current(), filter_bar.earlier("effective")
    total = store.ask(unit_cost.costs, filters, "total")
    if total.empty or fmt.is_unknown(total["cost"].iloc[0]):
        unserved(filters, "cost of model versions")
        return
    now, before = total.iloc[0], store.ask_earlier(unit_cost.costs, earlier, "total")
    changes = store.ask(identity.changes, filters, earlier)
    page.headline(headlines.unit_cost(now, before, filters))
    for sentence in headlines.identities(changes, filters):
        page.say(f"- {sentence}")
    page.scope_note(f"{page.scope_line(filters)}. {headlines.EFFECTIVE_ALONE}")
    page.kpi_row(cards.unit_costs(now, before, filters))
    counted(filters)
    trend(filters)
    _topics(filters, changes, earlier)


def _topics(filters: Filters, changes: pd.DataFrame, earlier: Filters | None) -> None:
    """One of them at a time: together they would be ten screens high, and each asks questions of its own."""

    def moved() -> None:
        if earlier:
            bridge.unit_cost(filters)
        why(changes, filters)

    def composed() -> None:
        made_of(filters)
        left_out(filters)

    def by_token() -> None:
        tokens(filters)
        modes(filters)

    page.topics(
        "topic",
        {
            "Why it moved": moved,
            "What it is made of": composed,
            "Tokens and batch": by_token,
            "Speed": lambda: latency(filters),
            "Self-host or API": lambda: switch_over(filters),
            "Business output": lambda: business_output(filters, earlier),
            "By version or team": lambda: by(filters),
        },
    )


main()
