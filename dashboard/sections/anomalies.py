"""Days that cost what nobody would expect of their weekday: the largest as a sentence, all as a table."""

from __future__ import annotations

from dashboard import page_parts as page
from dashboard import store
from dashboard.headlines import anomalies as headlines
from dashboard.tables import anomalies as tables
from data.filters import Filters
from data.query.anomalies import anomalies as question


def anomalies(filters: Filters) -> None:
    """The days of the period; where there is none, or none can be judged, that is the answer."""
    told = store.ask(question, filters)
    page.section("Anomalies", headlines.rule(told, filters.currency))
    page.say(headlines.found(told, filters.currency))
    if len(told.found):
        page.table_with_download(tables.rows(told.found), name="anomalies", columns=tables.columns(filters))
