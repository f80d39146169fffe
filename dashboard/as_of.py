"""Which snapshot the pages are drawn from: the newest, or the one that a link names.

The address always says which one is seen, so a link that is sent shows the same numbers. Who opened the pages without
naming one follows the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from dashboard import format as fmt
from dashboard import store
from data.home import store_home
from data.people import PeopleFileUnusable
from data.pins import GenerationGone, pin
from data.pointer import Snapshot
from data.snapshot import NoSnapshot

PARAMETER = "snapshot"
NEWEST = "Show the newest"
HELP = (
    "Every load publishes a snapshot. The last five stay, one a week for 13 months, and those of copied links. "
    "An older one shows the numbers as they were then."
)
_HELD = "snapshot that this session stays on"
_SETTLED = "which snapshot this run is of"


@dataclass(frozen=True)
class AsOf:
    """The snapshot that is shown, the newest, and the one that the link named where that is not to be had."""

    shown: Snapshot
    newest: Snapshot
    missed: str | None = None


def settle() -> None:
    """Settle on one snapshot for this run, and say it in the address. Raises NoSnapshot."""
    held = st.session_state.get(_HELD)
    asked = st.query_params.get(PARAMETER)
    if _SETTLED not in st.session_state and asked is not None:  # a link that was just opened
        held = st.session_state[_HELD] = asked
    kept = store.reader().generations()
    found = AsOf(kept[-1], kept[-1]) if held is None else _nearest(kept, held)
    st.session_state[_SETTLED] = found
    store.start_run(found.shown.generation)
    if asked != (told := str(found.shown.generation)):
        st.query_params[PARAMETER] = told


def popover() -> None:
    """Which snapshot, another one, and a link that keeps it."""
    found: AsOf = st.session_state[_SETTLED]
    with st.popover(f"Snapshot {found.shown.generation}", icon=":material/history:", help=HELP):
        kept = store.reader().generations()[::-1]
        chosen = st.selectbox("As of", kept, index=kept.index(found.shown), format_func=_told)
        if chosen != found.shown:
            _hold(None if chosen == kept[0] else chosen)
            st.rerun()
        if st.button(
            "Copy link", icon=":material/link:", help="Keeps this snapshot, so that the link stays true."
        ):
            _copy(found.shown)


def choose_earlier(label: str) -> int | None:
    """One of the older snapshots, by default the one before; None where there is none. Whether this code can read it
    is found when it is asked: opening all of them on each run would take a second."""
    found: AsOf = st.session_state[_SETTLED]
    older = [s for s in store.reader().generations()[::-1] if s.generation < found.shown.generation]
    if not older:
        return None
    return st.selectbox(label, older, format_func=_told, width=340).generation


def banner() -> None:
    """That newer data exists, or that the link's snapshot is gone; nothing on the newest."""
    found: AsOf = st.session_state[_SETTLED]
    if found.missed is not None:
        st.warning(
            f"The link was made on snapshot {found.missed}, which this store no longer keeps; its numbers may differ. "
            f"This is the nearest, {_told(found.shown)}.",
            icon=":material/link_off:",
        )
    if found.shown != found.newest:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(
                f"As of {_told(found.shown)}. Newer data exists: {_told(found.newest)}.",
                icon=":material/history:",
                width="stretch",
            )
            st.button(NEWEST, on_click=_hold, args=(None,))


def _hold(snapshot: Snapshot | None) -> None:
    """Stay on one snapshot, or follow the newest."""
    st.session_state[_HELD] = None if snapshot is None else str(snapshot.generation)


def _nearest(kept: tuple[Snapshot, ...], wanted: str) -> AsOf:
    """The snapshot of that number, else the nearest that this code can read."""
    number = int(wanted) if wanted.isdecimal() else kept[-1].generation
    by_distance = sorted(kept, key=lambda s: (abs(s.generation - number), -s.generation))
    for snapshot in by_distance:
        if _readable(snapshot):
            return AsOf(snapshot, kept[-1], None if str(snapshot.generation) == wanted else wanted)
    return AsOf(kept[-1], kept[-1], wanted)


def _readable(snapshot: Snapshot) -> bool:
    try:
        store.reader_at(snapshot.generation)
    except NoSnapshot:
        return False
    return True


def _copy(snapshot: Snapshot) -> None:
    """Pins the snapshot and shows the address, which has a copy button of its own."""
    try:
        pin(store_home(), snapshot.generation, "link", "dashboard")
    except (GenerationGone, PeopleFileUnusable) as error:
        st.warning(
            f"The link works while the snapshot is kept: it could not be pinned. {fmt.plain(str(error))}"
        )
    asked = {key: st.query_params.get_all(key) for key in st.query_params}
    st.code(f"{st.context.url}?{urlencode(asked, doseq=True)}", language=None, wrap_lines=True)


def _told(snapshot: Snapshot) -> str:
    at = snapshot.published_at
    return f"snapshot {snapshot.generation}, {fmt.day(at.date())}, {at.year}, {at:%H:%M} UTC"
