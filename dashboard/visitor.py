"""Who looks at the page: what notes, budgets and views are signed with."""

from __future__ import annotations

import streamlit as st

_NAME = "name that this visitor signed with"


def visitor() -> str:
    """The name that was signed with last, else of who signed in; "" = nobody knows."""
    return str(st.session_state.get(_NAME) or st.user.get("email") or st.user.get("name") or "")


def signed(who: str) -> None:
    """Remember the name for the rest of the visit."""
    st.session_state[_NAME] = who.strip()
