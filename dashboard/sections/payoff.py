"""What an optimisation pays back under some assumptions."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.cards import roi as cards
from dashboard.charts import roi as charts
from dashboard.headlines import roi as headlines
from dashboard.page_parts import chart_with_table, headline, kpi_row, note, scope_note
from dashboard.tables import roi as tables
from data.economics.roi import Assumptions, Form, evaluate
from data.filters import Filters
from data.query.roi_baseline import Measured


def payoff(assumptions: Assumptions, measured: Measured, filters: Filters, form: Form) -> None:
    """Answer, cards, the net gain month by month."""
    roi = evaluate(assumptions)
    headline(headlines.roi(assumptions, roi, filters, form))
    scope_note(headlines.basis(measured, assumptions, filters, form))
    kpi_row(cards.roi(assumptions, roi, filters, form))
    months = tables.month_rows(roi, assumptions.discount_rate)
    figure = charts.cumulative(months, roi.payback, filters.currency)
    alt = f"Cumulative net gain by month, {fmt.money(roi.net_gain, filters.currency)} after {assumptions.horizon}."
    chart_with_table(figure, months, name="roi-months", alt=alt, columns=tables.months(filters))
    if roi.spent:
        note(headlines.forms(roi))
