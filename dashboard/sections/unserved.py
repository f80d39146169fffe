"""What a page of models shows where there is none: why, and what would help."""

from __future__ import annotations

import streamlit as st

from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard import store
from data.filters import Filters
from data.query.trust import trust

UNSEEN = (
    "No {what} {when}: telemetry saw none of the GPU cost, so which model it served is unknown. A longer period would "
    "not help. Connect Prometheus or another source of telemetry: python -m ingest init."
)


def unserved(filters: Filters, what: str) -> None:
    """`what` names the thing: "model versions"."""
    if store.ask(trust, filters).observed_share:
        page.empty_state(filters, what)
        return
    when = fmt.within(filters.start, filters.end)
    st.info(UNSEEN.format(what=what, when=when), icon=":material/sensors_off:")
