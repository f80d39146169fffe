"""The door to saved views, beside the snapshot's: open one, save what is seen under a name, let go of one."""

from __future__ import annotations

import html
import sqlite3
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard import as_of
from dashboard import format as fmt
from dashboard.visitor import signed, visitor
from data import saved_views as kept
from data.home import store_home
from data.saved_views import Query, SavedView

HELP = "A page with its filters under a name; everybody who opens this dashboard sees the same list."
STAYS = "Stay on this snapshot"
STAYS_HELP = "Its numbers never change. Otherwise the view follows the newest data."
UNWRITABLE = (
    "No view was kept: {home} cannot be written ({error}). Let the dashboard's user write to that folder."
)


def popover() -> None:
    """Which views there are, and a form for one more."""
    with st.popover("Views", icon=":material/bookmarks:", help=HELP, key="views"):
        views = kept.saved_views(store_home())
        if views:
            st.html(f"<ul style='margin:0;padding-left:1.1em'>{''.join(map(_item, views))}</ul>")
        else:
            st.caption("No view is saved yet.")
        _form()
        if views:
            _removal([view.name for view in views])


def address(view: SavedView) -> str:
    """Relative to any page, so that it leads to this dashboard wherever that is served; "" is the Overview."""
    return f"./{view.page}?{urlencode(view.query)}"


def _item(view: SavedView) -> str:
    """A link that opens in the same tab: Streamlit's own links keep what the widgets hold."""
    about = (
        f"{view.who}, {fmt.day(view.saved_at.date())}{f', snapshot {view.snapshot}' if view.snapshot else ''}"
    )
    return (
        f"<li><a style='color:inherit' href='{html.escape(address(view))}'>{html.escape(view.name)}</a> "
        f"<span style='opacity:.65;font-size:.85em'>{html.escape(about)}</span></li>"
    )


def _form() -> None:
    with st.form("view-form", border=False):
        name = st.text_input("Save what is seen as", max_chars=kept.LONGEST, key="view-name")
        who = st.text_input("Your name", value=visitor(), key="view-who")
        stays = st.checkbox(STAYS, key="view-stays", help=STAYS_HELP)
        replace = st.checkbox("Replace the view of that name", key="view-replace")
        if st.form_submit_button("Save the view"):
            _save(name, who, stays=stays, replace=replace)


def _save(name: str, who: str, *, stays: bool, replace: bool) -> None:
    page = urlsplit(str(st.context.url or "")).path.rstrip("/").rsplit("/", 1)[-1]
    try:
        kept.save_view(store_home(), name, page, _query(stays=stays), who, replace=replace)
    except kept.BadView as error:
        st.error(str(error).replace("$", r"\$"))
        return
    except sqlite3.OperationalError as error:
        st.error(UNWRITABLE.format(home=store_home(), error=error))
        return
    if stays:
        as_of.keep()
    signed(who)
    st.rerun()


def _query(*, stays: bool) -> Query:
    """The address as it is now; without its snapshot the view follows the newest."""
    keys = [key for key in st.query_params if stays or key != as_of.PARAMETER]
    return tuple((key, value) for key in keys for value in st.query_params.get_all(key))


def _removal(names: list[str]) -> None:
    name = st.selectbox("Remove a view", names, index=None, key="view-remove")
    if name is not None and st.button("Remove it", type="tertiary"):
        kept.remove_view(store_home(), name, visitor())
        st.rerun()
