"""What cost per inference counts and what it does not: under the figure wherever it is shown, and rung by rung."""

from __future__ import annotations

from dashboard import store, theme
from dashboard.headlines import unit_cost as headlines
from dashboard.page_parts import note, section, table_with_download
from dashboard.tables import unit_cost as tables
from data.filters import Filters
from data.query import unit_cost
from data.query.billed_only import billed_only


def counted(filters: Filters) -> None:
    """Cost without a count of requests and cost that the basis leaves out; nothing where no version has cost."""
    total = store.ask(unit_cost.costs, filters, "total")
    if len(total):
        uncounted = headlines.uncounted(total.iloc[0], filters)
        unknown = headlines.use_unknown(store.ask(unit_cost.use_unknown, filters), filters)
        note(" ".join(said for said in (uncounted, unknown, _left_out(filters)) if said))


def left_out(filters: Filters) -> None:
    """The sum, and the rungs that it is of."""
    section("What this basis leaves out", _left_out(filters))
    rungs = store.ask(unit_cost.left_out, filters)
    rows = rungs.assign(rung=rungs["rung"].map(theme.rung_name))
    table_with_download(rows, name="left-out", columns=tables.left_out(filters))


def _left_out(filters: Filters) -> str:
    """Of an unusable effective cost there is no sum: the sentence names the sources instead."""
    untold = headlines.untold(store.ask(billed_only, filters))
    return untold or headlines.left_out(store.ask(unit_cost.left_out, filters), filters)
