"""What a token of the prompt and one of the answer cost, what caches avoided; real time beside batch."""

from __future__ import annotations

import pandas as pd

from dashboard import figures, store
from dashboard import format as fmt
from dashboard import page_parts as page
from dashboard.charts import tokens as charts
from dashboard.headlines import tokens as headlines
from dashboard.sections import lineage
from dashboard.tables import tokens as tables
from data.api_prices import prices
from data.filters import Filters
from data.home import store_home
from data.query import unit_cost
from data.query.token_costs import token_costs, weights

DRAWN = 12  # models; the table has all


def tokens(filters: Filters) -> None:
    """Prices of a million tokens by kind and model, and what the caches avoided."""
    listed = weights(prices(store_home()))
    total = store.ask(token_costs, filters, "total", listed)
    aside = headlines.how(None if total.empty else total.iloc[0], filters)
    page.section("Input, output and cached tokens", aside)
    if total.empty:
        page.note(headlines.NO_TOKENS)
        return
    page.say(headlines.tokens(total.iloc[0], filters))
    if said := headlines.cache(total.iloc[0], filters):
        page.say(said)
    by_model = store.ask(token_costs, filters, "model", listed)
    split = by_model[by_model["split_by"].notna()]
    columns = tables.tokens(filters)
    rows = store.ask(token_costs, filters, "version", listed)
    rows["split_by"] = rows["split_by"].map(tables.SPLIT)
    if split.empty:
        page.table_with_download(rows[list(columns)], name="tokens", columns=columns)
        return
    alt = "What a million input and output tokens cost, by model"
    figure = charts.prices(split.head(DRAWN), filters.currency)
    chosen = lineage.chart_with_pick(figure, rows[list(columns)], name="tokens", columns=columns, alt=alt)
    if chosen is not None:
        row = rows.iloc[chosen].to_dict()
        page.say(headlines.SHARES_OF)
        lineage.opened(figures.tokens(row, filters), figures.version_name(row), "tokens-row")


def modes(filters: Filters) -> None:
    """Shares of cost and requests, real time and batch; nothing where only one of them is."""
    by_mode = store.ask(unit_cost.costs, filters, "mode")
    if not {"real time", "batch"} <= set(by_mode["member"]):
        return
    rows = store.ask(unit_cost.costs, filters, "model and mode")
    page.section("Real time and batch", headlines.MODES_ASIDE)
    page.say(headlines.modes(by_mode, _both(rows), rows["model"].nunique(), filters))
    columns = tables.modes(filters)
    alt = "Shares of cost and of requests, real time and batch"
    figure = charts.modes(by_mode)
    chosen = lineage.chart_with_pick(figure, rows[list(columns)], name="modes", columns=columns, alt=alt)
    if chosen is not None:
        row = rows.iloc[chosen].to_dict()
        label = f"{row['model']}, {fmt.UNKNOWN if fmt.is_unknown(row['member']) else row['member']}"
        lineage.opened(figures.mode(row, filters), label, "modes-row")


def _both(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the models that answer in both ways and whose price is known in both."""
    told = rows[rows["member"].isin(("real time", "batch")) & rows["cost_per_1k"].notna()]
    return told[told.groupby("model")["member"].transform("count") == 2]
