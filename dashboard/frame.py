"""The picture frame of every page: navigation, filter bar, trust chip, then the page. Run by
dashboard/app.py on each click.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from dashboard import as_of, downloads, filter_bar, page_parts, saved, store
from dashboard import format as fmt
from dashboard.sections import lineage
from data.people import PeopleFileUnusable
from data.query.billed_only import billed_only
from data.query.choices import choices
from data.query.trust import trust

EMPTY = "The store holds no charges yet. Run `python -m ingest demo`, or load a billing export."
# No word of the demo: invented charges beside somebody's own telemetry would be believed.
NO_CHARGES = "The store holds no charges yet: what anything cost is unknown. Load a billing export."
# pages that have something to say before the first bill
WITHOUT_CHARGES = ("Utilisation", "Idle GPUs", "Versions", "Data")
WITH_BASIS = ("Overview", "Cost per inference", "Versions")  # pages with a figure that depends on the basis
ICON = Path(__file__).parent / "icon.svg"
PAGES = [
    st.Page(
        "views/overview.py",
        title="Overview",
        icon=":material/dashboard:",
        default=True,
        help="What the AI estate cost, what moved, which day stood out.",
    ),
    st.Page(
        "views/unit_cost.py",
        title="Cost per inference",
        icon=":material/payments:",
        help="What one inference, 1k requests and 1M tokens cost, and why that changed.",
    ),
    st.Page(
        "views/invoice.py",
        title="Invoice",
        icon=":material/receipt_long:",
        help="What the invoice paid for: by rung, by anything, down to each charge line.",
    ),
    st.Page(
        "views/utilisation.py",
        title="Utilisation",
        icon=":material/speed:",
        help="How busy each GPU was, hour by hour and over the week.",
    ),
    st.Page(
        "views/idle.py",
        title="Idle GPUs",
        icon=":material/bedtime:",
        help="Which GPUs were paid for and did nothing, and what stopping them saves.",
    ),
    st.Page(
        "views/versions.py",
        title="Versions",
        icon=":material/account_tree:",
        help="Which model versions hold GPUs for little or no traffic.",
    ),
    st.Page(
        "views/roi.py",
        title="ROI",
        icon=":material/trending_up:",
        help="What an optimisation pays back, from measured baselines.",
    ),
    st.Page(
        "views/data.py",
        title="Data",
        icon=":material/database:",
        help="Where the numbers come from, how far they reach, and whether they add up to the invoice.",
    ),
]


def main() -> None:
    """Draw the frame and run the chosen page; without a snapshot, say how to get one."""
    st.set_page_config(page_icon=str(ICON), layout="wide")
    page = st.navigation(PAGES, position="top")
    views = partial(saved.popover, page.url_path, {one.url_path: one.title for one in PAGES})
    try:
        as_of.settle()
        offered = store.ask(choices)
    except store.NoSnapshot as missing:
        st.title(page.title, anchor=False)
        st.info(str(missing), icon=":material/database_off:")
        return
    if not offered.charged:
        st.title(page.title, anchor=False)
        st.info(EMPTY if offered.last_day is None else NO_CHARGES)
        if offered.last_day is not None and page.title in WITHOUT_CHARGES:
            downloads.begin(page.title, filter_bar.show(offered, views))
            _run(page)
            downloads.write_captions()
        return
    filters = filter_bar.show(offered, views)
    damaged = store.ask(billed_only, filters)
    if damaged:
        filters = filter_bar.without_effective(filters)
    filter_bar.unusable_before(store.ask(billed_only, filters.previous()))
    downloads.begin(page.title, filters)
    basis = page.title in WITH_BASIS
    as_of.banner()
    page_parts.trust_chip(store.ask(trust, filters), filters, store.generation(), damaged, basis=basis)
    _run(page)
    lineage.open_asked()
    downloads.write_captions()


def _run(page: Page) -> None:
    """The page; what people entered may be out of reach, and then what was drawn until there stays."""
    try:
        page.run()
    except PeopleFileUnusable as error:
        st.error(f"The rest of the page needs what people entered: {fmt.plain(str(error))}")


main()
