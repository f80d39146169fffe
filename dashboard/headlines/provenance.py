"""Whether the numbers add up, and what is not known."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard import theme
from data.filters import Filters
from data.query.trust import Trust
from data.rates import MissingRate

IRRECONCILABLE = "Unexplained is “–”: a bill knows no teams and no models. Clear these filters to reconcile."
DAMAGED = (
    "An export's effective cost is damaged (zero where money was billed), so its ladder means nothing "
    "and only the billed one is shown."
)


def missing_rate(missing: MissingRate) -> str:
    """Between which currencies, and on which days, the snapshot converts nothing."""
    return f"{missing.told[:1].upper()}{missing.told[1:]}."


def unobserved(machines: pd.DataFrame) -> str:
    """What stands over the table of machines that telemetry missed."""
    return f"**Machines without telemetry** ({len(machines)}): more than a fifth of their billed GPU time went unseen."


def evidence(trust: Trust, blind: int, filters: Filters, *, damaged: bool = False) -> str:
    """Whether the numbers add up, and what telemetry did not see; of `damaged` effective cost nobody can tell."""
    if trust.unexplained is None and filters.reconcilable:
        adds_up = "No export states the invoice of this selection, so it cannot be reconciled"
    elif trust.unexplained is None:
        adds_up = "A bill knows no teams or models, so this selection cannot be reconciled"
    elif trust.unexplained == 0:
        adds_up = "Every dollar is explained"
    else:
        adds_up = f"{fmt.money(trust.unexplained, filters.currency)} of {_the_total(filters)} is unexplained"
    if trust.observed_share is None and damaged:
        return f"{adds_up}; how much of GPU cost telemetry observed is unknown."
    if trust.observed_share is None:
        return f"{adds_up}; no GPU cost in this period."
    seen = f"telemetry observed {fmt.percent(trust.observed_share)} of GPU cost"
    machines = "1 machine goes unseen" if blind == 1 else f"{blind} machines go unseen"
    return f"{adds_up}; {seen}{'' if not blind else f'; {machines}'}."


def _the_total(filters: Filters) -> str:
    total = theme.total_name(filters.view)
    return "the invoice" if total == "invoice" else total


def restatement(rows: pd.DataFrame, currency: str) -> str:
    """What the newest restatement changed, against the delivery that it replaced (rows of
    query.provenance.restatements)."""
    if rows.empty:
        return "No billing period was delivered twice with different content."
    row = rows.iloc[0]
    period = pd.Timestamp(row["billing_period"])
    if fmt.is_unknown(row["billed_change"]):
        return f"{period:%B %Y} was delivered again by {row['source']}; what it stated before is not known."
    lines = int(row["lines_change"])
    return (
        f"{period:%B %Y} was restated by {row['source']}: {'−' if lines < 0 else '+'}{abs(lines):,} lines, "
        f"{fmt.money(row['billed_change'], currency, plus=True)} billed "
        f"({fmt.money(row['billed_before'], currency)} → {fmt.money(row['billed_after'], currency)})."
    )


def scope(filters: Filters) -> str:
    """The period and the view, for a page that compares with no other period."""
    period = f"{fmt.period(filters.start, filters.end)} ({fmt.days(filters.days)}, UTC)"
    return f"{period} · {filters.view} cost in {filters.currency}"


def unexplained(filters: Filters) -> str:
    """What the last rung is, in the view."""
    return (
        f"Unexplained = {theme.total_name(filters.view)}, computed from the raw files by separate code, "
        "− all other rungs. It can fail; 0 is the proof."
    )


def whole_months(filters: Filters) -> str:
    """What the reconciliation compares."""
    return f"Whole invoice months, {filters.view} view; cut by provider and account, not by the period above."


def rejects(rows: pd.DataFrame) -> str:
    """ "" where there are such rows: they speak for themselves. A file that could not be read has none to show."""
    if not rows.empty:
        return ""
    return "None: every row of every file that was loaded. What a failed load did not bring is told under Sources."


def commitment(rows: pd.DataFrame, currency: str) -> str:
    """What of the commitment that wasted most went unused (rows of query.provenance.commitments)."""
    if rows.empty:
        return "No commitment was charged in this period."
    row = rows.iloc[0]
    kind = "commitment" if fmt.is_unknown(row["type"]) else row["type"]
    name = fmt.shorten(str(row["commitment"]).rpartition("/")[2])  # of an ARN, what tells it apart
    if fmt.is_unknown(row["unused_share"]):
        return f"The use of {kind} {name} is unknown: {fmt.money(row['unknown'], currency)} of fees fit none."
    return (
        f"{fmt.percent(row['unused_share'])} of {kind} {name} went unused: "
        f"{fmt.money(row['unused'], currency)} of {fmt.money(row['used'] + row['unused'], currency)}."
    )
