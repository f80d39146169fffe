"""Spend by anything, over time and as a tree; what is chosen opens its charge lines."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import downloads, store, theme
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.charts import invoice as charts
from dashboard.charts.annotations import annotate
from dashboard.headlines import invoice as headlines
from dashboard.sections import lineage, notes
from dashboard.sections.invoice import waterfall
from dashboard.tables import invoice as tables
from data.filters import Filters
from data.query import invoice
from data.query.invoice import BINS, Bin
from data.query.lineage import Figure

TOP = 8  # members with a colour of their own
TOP_RESOURCES = 12


def ladder(filters: Filters) -> None:
    """Each rung down to what they sum to, in the chosen view and beside it in the others; a rung opens its lines."""
    rows = waterfall(filters)
    rows.insert(3, "share", rows["cost"] / rows["cost"].sum() if rows["cost"].sum() else float("nan"))
    chosen = lineage.pick(
        rows, name="ladder", columns=tables.ladder(filters), alt="Rungs of the ladder in the four views",
        height="content",
    )  # fmt: skip
    if chosen is not None:
        lineage.opened(
            Figure("spend", filters, (("rung", str(rows["rung"].iloc[chosen])),)),
            rows["name"].iloc[chosen],
            "rung",
        )


def explorer(filters: Filters) -> None:
    """Stacked bars of a dimension, and the same as a table; a member opens its lines."""
    page.section("Explore")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        dimension = _dimension()
        bin = _bin()
    page.note(headlines.explored(filters, tables.DIMENSIONS[dimension]))
    found = store.ask(invoice.explored, filters, dimension, bin, TOP)
    name = tables.DIMENSIONS[dimension]
    figure, noted = charts.bars(found, dimension, filters.currency, bin), notes.of(filters)
    if bin == "day":
        annotate(figure, noted)
    page.draw(figure, name="explorer-chart", alt=f"Cost per {bin} by {name}")
    if bin == "day":
        notes.under(noted, filters, name="explorer")
    chosen = lineage.pick(
        tables.member_rows(found.members, dimension), name="explorer", columns=tables.members(filters, dimension),
        alt=f"Cost by {name}", height="content",
    )  # fmt: skip
    over_time = found.bins.assign(member=[charts.member_name(dimension, m) for m in found.bins["member"]])
    with st.expander(f"Per {bin} · {len(over_time):,} rows"):
        page.table_with_download(
            over_time.drop(columns="place"),
            name="explorer-bins",
            columns=tables.bins(filters, dimension, bin),
        )
    if chosen is None:
        return
    member = found.members["member"].iloc[chosen]
    if fmt.is_unknown(member):
        page.note("The others are many: narrow the filters to open one of them.")
        return
    lineage.opened(
        Figure("spend", filters, ((dimension, str(member)),)), charts.member_name(dimension, member), "member"
    )


def tree(filters: Filters) -> None:
    """Provider → account → service → resource; what is clicked opens its lines."""
    rows = store.ask(invoice.tree, filters, TOP_RESOURCES)
    page.section("Who charged what", headlines.tree(float(rows["cost"].clip(upper=0).sum()), filters))
    if not (rows["cost"] > 0).any():
        page.note("Nothing above zero to draw in this view.")
        return
    figure, alt = charts.treemap(rows, filters.currency), "Cost by provider, account, service and resource"
    config = downloads.picture(figure, name="tree", title=alt) | theme.money_locale(filters.currency)
    clicked: Any = st.plotly_chart(
        figure, key="tree-chart", config=config, theme="streamlit", on_select="rerun", alt=alt
    )
    with st.expander(f"Table · {len(rows):,} rows"):
        shown = rows.assign(
            resource_id=[
                f"others ({n:,})" if pd.isna(r) else r
                for r, n in zip(rows["resource_id"], rows["resources"], strict=True)
            ]
        )
        page.table_with_download(shown, name="tree", columns=tables.tree(filters))
    where = clicked_path(clicked)
    if where:
        lineage.opened(Figure("spend", filters, where), where[-1][1], "node")


def clicked_path(clicked: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 – Streamlit's selection
    """What a click on the tree narrows to; () for none, and for the others of a service."""
    points = clicked["selection"]["points"] if clicked else []
    if not points or not points[0].get("id"):
        return ()
    path = str(points[0]["id"]).split("\n")
    if len(path) == len(charts.LEVELS) and path[-1].startswith("others ("):
        return ()
    return tuple(zip(charts.LEVELS, path, strict=False))


def _dimension() -> str:
    names = list(tables.DIMENSIONS.values())
    label = st.selectbox("Group by", names, key="group", bind="query-params", width=190)
    return next(dimension for dimension, name in tables.DIMENSIONS.items() if name == label)


def _bin() -> Bin:
    chosen = st.segmented_control("Per", BINS, default="day", key="bin", bind="query-params", required=True)
    return chosen or "day"
