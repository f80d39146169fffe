"""Behind one idle finding: its hours, what a person could do about it, its ids."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as fmt
from dashboard import store
from dashboard.headlines import idle as headlines
from dashboard.page_parts import note, where_from
from dashboard.sections.device_hours import device_hours
from data.filters import Filters
from data.query import utilisation
from data.query.lineage import Figure
from data.remedy import Remedy, remedy


def evidence(finding: pd.Series, filters: Filters, figure: Figure) -> None:
    """One row of query.idle's findings in full."""
    with st.container(border=True):
        st.markdown(f"**Evidence: {headlines.machine(finding)}**")
        hours = store.ask(utilisation.device_hours, filters, finding["device_ids"])
        device_hours(hours, filters, name="idle-evidence", whose="this finding's devices")
        note(headlines.evidence(finding))
        where_from(headlines.machine(finding), fmt.short_money(finding["cost"], filters.currency), figure)
        _commands(remedy(finding.to_dict()))
        st.markdown("**Resource and GPU ids**")
        st.code("\n".join([str(finding["machine"]), *finding["device_ids"]]), language=None)


def _commands(remedy: Remedy) -> None:
    if remedy.stop is None or remedy.undo is None:
        note(remedy.note)
        return
    stop, undo = st.columns(2)
    for column, title, command in ((stop, "Stop", remedy.stop), (undo, "Undo", remedy.undo)):
        with column:
            st.markdown(f"**{title}**")
            st.code(command, language="bash", wrap_lines=True)
    note(f"Text to copy; nothing is executed here. {remedy.note}")
