"""Data: where the numbers come from, how far they reach, and whether they add up to the invoice."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import filter_bar, store
from dashboard import page_parts as page
from dashboard.headlines import provenance as headlines
from dashboard.sections.invoice import between, commitments, ladder, reconciliation, restatements
from dashboard.sections.origins import coverage, rejects, sources
from data.filters import Filters
from data.query import provenance
from data.query.billed_only import billed_only
from data.query.choices import choices
from data.query.trust import trust


def main() -> None:
    """Answer, the ladder, reconciliation, restatements, sources, coverage, commitments, rejects."""
    filters = filter_bar.current()
    if not store.ask(choices).charged:
        _before_the_first_bill(filters)
        return
    evidence, blind = store.ask(trust, filters), store.ask(provenance.unobserved_nodes, filters)
    damaged = bool(store.ask(billed_only, filters))
    page.headline(headlines.evidence(evidence, len(blind), filters, damaged=damaged))
    page.scope_note(headlines.scope(filters))
    if damaged:
        st.warning(headlines.DAMAGED, icon=":material/report:")
    ladder(filters)
    reconciliation(filters)
    restatements(filters)
    between(filters)
    sources()
    coverage(filters, blind)
    commitments(filters)
    rejects()


def _before_the_first_bill(filters: Filters) -> None:
    """What is known without charges: how the loads went, and what telemetry saw that no bill holds."""
    page.scope_note(headlines.scope(filters))
    sources()
    coverage(filters, pd.DataFrame())
    rejects()


main()
