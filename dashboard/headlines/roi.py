"""The ROI page in words: its answer, and the ground that it stands on."""

from __future__ import annotations

from datetime import timedelta

from dashboard import format as fmt
from data.economics.roi import FORMS, Assumptions, Form, Roi
from data.filters import Filters
from data.query.roi_baseline import Measured


def roi(assumptions: Assumptions, roi: Roi, filters: Filters, form: Form) -> str:
    """What the assumptions bring in, in the chosen form, and when they are paid back."""
    if not roi.savings and not roi.one_off and not roi.recurring:
        return "Nothing is changed yet: drag throughput, utilisation or price."
    said = f"{fmt.short_money(roi.net_gain, filters.currency)} net over {assumptions.horizon} months"
    ratio = roi.ratio(form)
    if ratio is not None:
        said += f", {whole_percent(ratio)} ROI ({form} form)"
    return f"{said}; {_paid_back(roi.payback)}."


def _paid_back(months: float | None) -> str:
    if months is None:
        return "not paid back within the horizon"
    return "nothing to pay back" if months == 0 else f"paid back after {months:.1f} months"


def basis(measured: Measured, assumptions: Assumptions, filters: Filters, form: Form) -> str:
    """What was measured when, how far it is projected, and what the form is."""
    days = fmt.period(measured.first_day, measured.last_day + timedelta(days=1))
    counts = "cash alone counts" if assumptions.cash_only else "cash and freed capacity count"
    return (
        f"Baseline measured {days} ({measured.days} days with data): allocated cost "
        f"{fmt.short_money(measured.monthly_cost, filters.currency)} a month of 730 hours; projection over "
        f"{assumptions.horizon} months, {counts}. "
        f"{form[0].upper()}{form[1:]} form = {FORMS[form]}."
    )


def forms(roi: Roi) -> str:
    """The same money in every form, with a warning of the mistaken one; nothing spent = no ratio at all."""
    return (
        f"The same money in other forms: net gain {whole_percent(roi.net_form)} · gross "
        f"{whole_percent(roi.gross_form)} · OpEx {whole_percent(roi.opex_form)}. Beware of the form that subtracts the "
        f"cost twice, as some sources do: it would read {whole_percent(roi.cost_subtracted_twice)}."
    )


def whole_percent(ratio: float | None) -> str:
    """An ROI or IRR: 150 %."""
    return fmt.percent(ratio, digits=0)


def months(value: float | None) -> str:
    """A payback: 7.3 months."""
    return "never within the horizon" if value is None else f"{value:.1f} months"
