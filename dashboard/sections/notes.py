"""Notes of people under a chart of days: which there are, one more, and taking one back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

import streamlit as st

from dashboard import format as fmt
from dashboard import store
from dashboard.visitor import signed, visitor
from data import annotations as kept
from data.annotations import Annotation
from data.filters import Filters
from data.home import store_home
from data.people import NAME, PeopleFileUnusable
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
        if notes:
            _removal(notes, name)


def _told(note: Annotation) -> str:
    about = "" if note.model is None else f", {fmt.plain(note.model)}"
    signature = f"{fmt.plain(note.who)}, {fmt.day(note.noted_at.date())}"
    return f"{fmt.day(note.day)}{about}: {fmt.plain(note.text)} – {signature}"


def _form(filters: Filters, name: str) -> None:
    first, last = filters.start, filters.end - timedelta(days=1)
    with st.form(f"{name}-note-form", border=False, clear_on_submit=False):
        day = st.date_input("Day (UTC)", last, min_value=first, max_value=last, key=f"{name}-note-day")
        about = st.selectbox("About", (WHOLE, *store.ask(choices).models), key=f"{name}-note-about")
        text = st.text_area("Note", max_chars=kept.LONGEST, key=f"{name}-note-text", height=80)
        who = st.text_input("Your name", value=visitor(), max_chars=NAME, key=f"{name}-note-who")
        if st.form_submit_button("Keep the note"):
            _keep(day, text, who, None if about == WHOLE else about)


def _keep(day: date, text: str, who: str, model: str | None) -> None:
    with _told_why("No note was kept"):
        kept.annotate(store_home(), day, text, who, model)
        signed(who)
        st.rerun()


def _removal(notes: Sequence[Annotation], name: str) -> None:
    """A form of its own: a name outside one would be sent while its button is clicked, and the click be lost."""
    labels = {note: f"{n}: {fmt.shorten(note.text, 40)}" for n, note in enumerate(notes, 1)}
    with st.form(f"{name}-note-remove", border=False):
        note = st.selectbox(
            "Take back", notes, format_func=lambda one: labels[one], key=f"{name}-note-taken", index=None
        )
        who = st.text_input("Your name", value=visitor(), max_chars=NAME, key=f"{name}-note-taker")
        if st.form_submit_button("Take it back") and note is not None:
            with _told_why("The note was not taken back"):
                kept.take_back(store_home(), note.annotation_id, who)
                signed(who)
                st.rerun()


@contextmanager
def _told_why(nothing: str) -> Iterator[None]:
    try:
        yield
    except kept.BadAnnotation as error:
        st.error(fmt.plain(str(error)))
    except PeopleFileUnusable as error:
        st.error(f"{nothing}: {fmt.plain(str(error))}")
