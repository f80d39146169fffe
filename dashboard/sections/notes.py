"""Notes of people under a chart of days: which there are, one more, and taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from dashboard import format as fmt
from dashboard import store
from dashboard.visitor import signed, visitor
from data import annotations as kept
from data.annotations import Annotation
from data.filters import Filters
from data.home import store_home
from data.people import PeopleFileUnusable
from data.query.choices import choices

SHOWN = 6
WHOLE = "the whole estate"


def of(filters: Filters) -> tuple[Annotation, ...]:
    """Those of the filters' days and models, as charts number them."""
    return kept.noted(store_home(), filters)


def under(notes: Sequence[Annotation], filters: Filters, *, name: str) -> None:
    """The notes that the chart above marks, and the door to write one; `name` keys the elements."""
    listed = [f"**{number}** {_told(note)}" for number, note in enumerate(notes[:SHOWN], 1)]
    if len(notes) > SHOWN:
        listed.append(f"and {len(notes) - SHOWN} more: behind Notes")
    if listed:
        st.caption("  \n".join(listed))
    with st.popover("Notes", icon=":material/edit_note:", key=f"{name}-notes", type="tertiary"):
        _form(filters, name)
        for number, note in enumerate(notes, 1):
            _removal(number, note, name)


def _told(note: Annotation) -> str:
    about = "" if note.model is None else f", {fmt.plain(note.model)}"
    return f"{fmt.day(note.day)}{about}: {fmt.plain(note.text)} – {fmt.plain(note.who)}"


def _form(filters: Filters, name: str) -> None:
    first, last = filters.start, filters.end - timedelta(days=1)
    with st.form(f"{name}-note-form", border=False, clear_on_submit=False):
        day = st.date_input("Day (UTC)", last, min_value=first, max_value=last, key=f"{name}-note-day")
        about = st.selectbox("About", (WHOLE, *store.ask(choices).models), key=f"{name}-note-about")
        text = st.text_area("Note", max_chars=kept.LONGEST, key=f"{name}-note-text", height=80)
        who = st.text_input("Your name", value=visitor(), key=f"{name}-note-who")
        if st.form_submit_button("Keep the note"):
            _keep(day, text, who, None if about == WHOLE else about)


def _keep(day: date, text: str, who: str, model: str | None) -> None:
    try:
        kept.annotate(store_home(), day, text, who, model)
    except kept.BadAnnotation as error:
        st.error(str(error))
        return
    except PeopleFileUnusable as error:
        st.error(f"No note was kept: {fmt.plain(str(error))}")
        return
    signed(who)
    st.rerun()


def _removal(number: int, note: Annotation, name: str) -> None:
    label = f"Take back {number}: {fmt.plain(fmt.shorten(note.text, 40))}"
    if st.button(label, key=f"{name}-note-remove-{note.annotation_id}", type="tertiary"):
        kept.take_back(store_home(), note.annotation_id, visitor())
        st.rerun()
