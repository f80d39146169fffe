"""The door to saved views, beside the snapshot's: open one, save what is seen under a name, let go of one."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from dashboard import as_of, filter_bar
from dashboard import format as fmt
from dashboard.visitor import signed, visitor
from data import saved_views as kept
from data.filters import COMPARES, PRESETS
from data.home import store_home
from data.people import PeopleFileUnusable
from data.pins import GenerationGone
from data.saved_views import Query, SavedView

HELP = "A page with its filters under a name; everybody who opens this dashboard sees the same list."
STAYS = "Stay on this snapshot"
STAYS_HELP = "Its numbers never change. Otherwise the view follows the newest data."
# What an address of the dashboard may say: the keys of its widgets that are bound to it.
KEYS = frozenset({
    *filter_bar.LABELS, "range", "compare-range", as_of.PARAMETER, "bin", "by", "chargeback", "counted", "device",
    "explain", "form", "group", "measure", "roi-model", "silent", "slo", "switch-model", "threshold", "topic",
    "unit-by", "violation", "window", "zone",
})  # fmt: skip
# Where the data decides what an untouched widget says, and on which page: the address leaves that out, and a view that
# follows the newest would come to ask for something else.
_BY_DATA = {"explain": "unit_cost", "switch-model": "unit_cost", "roi-model": "roi"}


def popover(page: str, titles: Mapping[str, str]) -> None:
    """Which views there are, and a form for one more. `page`: the address of the one that is seen; `titles`: of every
    page, by its address."""
    with st.popover("Views", icon=":material/bookmarks:", help=HELP, key="views"):
        try:
            views = kept.saved_views(store_home())
        except PeopleFileUnusable as error:
            st.error(f"Saved views are unknown: {fmt.plain(str(error))}")
            return
        if views:
            listed = "".join(_item(view, titles) for view in views)
            st.html(f"<ul style='margin:0;padding-left:1.1em'>{listed}</ul>")
        else:
            st.text("No view is saved yet.")
        _form(page)
        if views:
            _removal([view.name for view in views])


def address(view: SavedView) -> str:
    """Relative to any page, so that it leads to this dashboard wherever that is served; "" is the Overview."""
    return f"./{view.page}?{urlencode([(key, value) for key, value in view.query if key in KEYS])}"


def _item(view: SavedView, titles: Mapping[str, str]) -> str:
    """A link that opens in the same tab: Streamlit's own links keep what the widgets hold. Nobody is led to a page
    that is no longer there."""
    name = html.escape(view.name)
    if view.page in titles:
        name = f"<a style='color:inherit' href='{html.escape(address(view))}'>{name}</a>"
    about = html.escape(" · ".join(_about(view, titles)))
    return f"<li style='margin-bottom:.4em'>{name}<br><span style='opacity:.7;font-size:.85em'>{about}</span></li>"


def _about(view: SavedView, titles: Mapping[str, str]) -> list[str]:
    """The page, what it is narrowed to, which data, who and when."""
    said = [titles.get(view.page, f"page “{view.page}”, which is no longer there")]
    for key, label in filter_bar.LABELS.items():
        values = [value for asked, value in view.query if asked == key]
        if values:
            said.append(
                ", ".join(values) if key in ("period", "currency") else f"{label} {', '.join(values)}"
            )
    if view.snapshot is not None:
        said.append(f"stays on snapshot {view.snapshot}")
    return [*said, f"{view.who}, {fmt.day(view.saved_at.date())}, {view.saved_at.year}"]


def _form(page: str) -> None:
    with st.form("view-form", border=False):
        name = st.text_input("Save what is seen as", max_chars=kept.LONGEST, key="view-name")
        who = st.text_input("Your name", value=visitor(), max_chars=kept.LONGEST, key="view-who")
        stays = st.checkbox(STAYS, key="view-stays", help=STAYS_HELP)
        replace = st.checkbox("Replace the view of that name", key="view-replace")
        if st.form_submit_button("Save the view"):
            _save(page, name, who, stays=stays, replace=replace)


def _save(page: str, name: str, who: str, *, stays: bool, replace: bool) -> None:
    try:
        kept.save_view(store_home(), name, page, _query(page, stays=stays), who, replace=replace)
    except kept.BadView as error:
        st.error(fmt.plain(str(error)))
        return
    except (GenerationGone, PeopleFileUnusable) as error:
        st.error(f"No view was kept: {fmt.plain(str(error))}")
        return
    signed(who)
    st.rerun()


def _query(page: str, *, stays: bool) -> Query:
    """The address as it is now, and what the data decided of it; without its snapshot the view follows the newest."""
    asked = {key: st.query_params.get_all(key) for key in st.query_params if key in KEYS}
    if not stays:
        asked.pop(as_of.PARAMETER, None)
    state = st.session_state
    untouched = {key: [state[key]] for key, of in _BY_DATA.items() if of == page and state.get(key)}
    if state.get("currency"):
        untouched["currency"] = [state["currency"]]
    if state["period"] == PRESETS["custom"]:
        untouched["range"] = _days(state["range"])
    if state["compare"] == COMPARES["custom"]:
        untouched["compare-range"] = _days(state["compare-range"])
    return tuple((key, value) for key, values in (untouched | asked).items() for value in values)


def _days(picked: tuple[date, ...]) -> list[str]:
    return [day.isoformat() for day in picked]


def _removal(names: list[str]) -> None:
    name = st.selectbox("Remove a view", names, index=None, key="view-remove")
    if name is None or not st.button("Remove it", type="tertiary", key="view-remove-it"):
        return
    try:
        kept.remove_view(store_home(), name, visitor())
    except PeopleFileUnusable as error:
        st.error(f"The view was not removed: {fmt.plain(str(error))}")
        return
    st.rerun()
