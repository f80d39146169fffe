"""Where the numbers come from and what is not in them: sources, telemetry's coverage, rejected rows."""

from __future__ import annotations

import pandas as pd

from dashboard import store
from dashboard.headlines import provenance as headlines
from dashboard.page_parts import said_with_table, say, section, table_with_download
from dashboard.tables import provenance as tables
from data.filters import Filters
from data.query import provenance
from data.rates import missing_rates


def sources() -> None:
    """How each load went, and how far its data reaches."""
    section("Sources")
    table_with_download(store.ask(provenance.sources), name="sources", columns=tables.sources())
    for missing in store.ask(missing_rates):
        say(headlines.missing_rate(missing))


def coverage(filters: Filters, blind: pd.DataFrame) -> None:
    """What telemetry saw, and the machines that it missed (query.provenance.unobserved_nodes)."""
    section("GPU cost that telemetry observed")
    rows = store.ask(provenance.coverage, filters)
    table_with_download(rows, name="coverage", columns=tables.coverage(filters))
    if not blind.empty:
        say(headlines.unobserved(blind))
        table_with_download(blind, name="unobserved-machines", columns=tables.unobserved_nodes(filters))


def rejects() -> None:
    """Rows of files that are in no number."""
    rows = store.ask(provenance.rejects)
    title, said = "Rows that could not be loaded", headlines.rejects(rows)
    said_with_table(title, said, rows, name="rejects", columns=tables.rejects())
