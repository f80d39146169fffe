"""Cost per inference: what it is on the chosen basis, why it moved, what it is made of."""

from __future__ import annotations

from dashboard import filter_bar, headlines, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.cards import unit_cost as cards
from dashboard.sections import bridge
from dashboard.sections.business import business_output
from dashboard.sections.counted import counted, left_out
from dashboard.sections.latency import latency
from dashboard.sections.switch_over import switch_over
from dashboard.sections.tokens import modes, tokens
from dashboard.sections.unit_cost import by, made_of, trend, why
from dashboard.sections.unserved import unserved
from data.query import identity, unit_cost


def main() -> None:
    """Answer, cards, trend, why, what of, tokens, outputs, modes, speed, self-host or API, by what else, left out."""
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
    if earlier:
        bridge.unit_cost(filters)
    why(changes, filters)
    made_of(filters)
    tokens(filters)
    business_output(filters, earlier)
    modes(filters)
    latency(filters)
    switch_over(filters)
    by(filters)
    left_out(filters)


main()
