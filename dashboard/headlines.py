"""Each page's answer as one sentence that a person would say aloud. Pure text: numbers in, words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import format as fmt
from dashboard import theme
from dashboard.charts.bridge import cause_name
from data.filters import Filters
from data.query.identity import parts, stories
from data.query.overview import HighestDay
from data.query.trust import Trust
from data.rates import MissingRate

IRRECONCILABLE = "Unexplained is “–”: a bill knows no teams and no models. Clear these filters to reconcile."
DAMAGED = (
    "An export's effective cost is damaged (zero where money was billed), so its ladder means nothing "
    "and only the billed one is shown."
)
FACTORS_OF = (
    "Allocated basis, over the held and observed GPU-hours; models without a GPU have no such factors."
)
DRIVERS = (
    "By instance type, else service, against its median day of the period; the resource is what rose most."
)
EFFECTIVE_ALONE = "Unit costs use the effective view whatever view is chosen."
ENOUGH_DAYS = 3  # of one or two days none stands out against their median
UNCHANGED = 0.005  # a ratio that moved by less than half a percent reads as unchanged


def moved(relative: float | None) -> str:
    """ "rose 12.0 %", "fell 3.1 %", "is unchanged"."""
    if relative is None:
        return "has nothing to compare with"
    if abs(relative) < UNCHANGED:
        return "is unchanged"
    return f"{'rose' if relative > 0 else 'fell'} {fmt.percent(abs(relative))}"


def period_before(filters: Filters) -> str:
    """What the period is compared with: "the 30 days before", "the day before", "September", "the same days of
    September" ("all of February" against more days than it has), "Oct 3 – Oct 9, 2026" where other days were chosen."""
    before = filters.previous()
    if filters.compare == "previous" and not filters.calendar:
        return "the day before" if filters.days == 1 else f"the {fmt.days(filters.days)} before"
    name = f"{before.start:%B}" if before.start.year == filters.start.year else f"{before.start:%B %Y}"
    if before.whole_month and (filters.whole_month or filters.days > before.days):
        return name if filters.whole_month else f"all of {name}"
    if filters.calendar and filters.compare != "custom":
        return f"the same days of {name}"
    return fmt.period(before.start, before.end)


def spend(now: pd.Series, before: pd.Series | None, causes: pd.DataFrame | None, filters: Filters) -> str:
    """What was spent, how that compares, and the three causes that moved it most (rows of query.overview.figures;
    query.bridge's causes)."""
    total = f"Spend was {fmt.short_money(now['spend'], filters.currency)} {fmt.within(filters.start, filters.end)}"
    relative = None if before is None else fmt.change(now["spend"], before["spend"])
    if relative is None or before is None or causes is None:
        return f"{total}; no earlier period to compare with."
    difference = now["spend"] - before["spend"]
    if abs(relative) < UNCHANGED:
        return f"{total}, the same as in {period_before(filters)}."
    direction = "up" if difference > 0 else "down"
    amount = fmt.short_money(abs(difference), filters.currency)
    change = f"{direction} {amount} ({fmt.percent(relative, plus=True)})"
    if filters.calendar or filters.compare != "previous":
        change += f" on {period_before(filters)}"
    named = [
        f"{cause_name(cause)} {fmt.short_money(step, filters.currency, plus=True)}"
        for cause, step in zip(causes["cause"].head(3), causes["amount"].head(3), strict=True)
    ]
    return f"{total}, {change}: {', '.join(named)}." if named else f"{total}, {change}."


def provisional(since: date | None, filters: Filters) -> str:
    """Which days of the period bills usually still change; "" where none."""
    if since is None or since >= filters.end:
        return ""
    first = max(since, filters.start)
    last = filters.end - timedelta(days=1)
    days = fmt.day(first) if first == last else f"{fmt.day(first)} – {fmt.day(last)}"
    return f"{days} provisional: bills usually still change the last two days"


UNIT_BRIDGED = (
    "A step of a unit cost is computed, by log-mean weights, from what an inference cost in either period and from the "
    "models' shares of the requests: the two sides stand here."
)


def bridged(bars: pd.DataFrame, row: Mapping[Any, Any], filters: Filters) -> str:
    """What a chosen step is a part of: the change of its model (all bars of it), or that of its rung itself."""
    if fmt.is_unknown(row["model"]):
        return f"{fmt.money(row['amount'], filters.currency, plus=True)} is this period less the days compared with."
    change, step = (
        fmt.money(amount, filters.currency, plus=True)
        for amount in (bars.loc[bars["model"] == row["model"], "amount"].sum(), row["amount"])
    )
    return (
        f"The steps of {row['model']} sum to {change}: what it cost in this period less what it cost in the days "
        f"compared with. {step} of it is {cause_name(str(row['cause']))}, by log-mean weights."
    )


def bridge_scope(filters: Filters) -> str:
    """What the bridge of spend is of."""
    return (
        f"From {period_before(filters)} to {fmt.period(filters.start, filters.end)}, {filters.view} cost. "
        "Steps sum to the change; served models are taken apart by cause, the rest is by rung."
    )


def unit_bridge_scope(filters: Filters) -> str:
    """What the bridge of cost per inference is of."""
    return (
        f"{per_1k(filters)}, from {period_before(filters)} to {fmt.period(filters.start, filters.end)}. "
        "Steps sum to the change."
    )


def stands_out(day: HighestDay | None) -> bool:
    """Whether there are enough days for one to stand out, and one does."""
    return day is not None and day.days >= ENOUGH_DAYS and day.cost > (1 + UNCHANGED) * day.median_cost


def highest(day: HighestDay, currency: str) -> str:
    """The dearest day against a median one, and what drove it."""
    above = day.cost - day.median_cost
    text = (
        f"Highest day of AI usage: {fmt.day(day.day)}, {fmt.short_money(day.cost, currency)}, "
        f"{fmt.short_money(above, currency, plus=True)} over the median day "
        f"({fmt.short_money(day.median_cost, currency)})"
    )
    if day.drivers.empty or above < 0.01 * max(day.median_cost, 1):
        return f"{text}."
    top = day.drivers.iloc[0]
    resources = "" if top.resources_up <= 1 else f" and {int(top.resources_up) - 1} more"
    return (
        f"{text}. Most of it from {top.kind} ({fmt.short_money(top.excess, currency, plus=True)}): "
        f"{top.resource_id}{resources} in account {top.sub_account_id}."
    )


def tallest(spend: pd.DataFrame, highest: HighestDay, currency: str) -> str:
    """Why another day than the one of most usage stands taller in the chart; "" where it is the same day."""
    table = spend.pivot_table(index="day", columns="rung", values="cost", fill_value=0.0)
    charged = table.clip(lower=0).sum(axis=1).to_numpy()
    place = int(charged.argmax())
    day = pd.Timestamp(table.index.to_numpy()[place])
    if day == pd.Timestamp(highest.day):
        return ""
    excess = (table.iloc[place] - table.median()).sort_values(ascending=False)
    named = [
        f"{theme.rung_name(str(rung))} {fmt.short_money(float(step), currency, plus=True)}"
        for rung, step in excess.head(2).items()
        if step > 0.02 * charged[place]
    ]
    return f"{fmt.day(day)} stands taller for what is charged once: {', '.join(named)}." if named else ""


def unit_cost(now: pd.Series, before: pd.Series | None, filters: Filters) -> str:
    """Cost per inference on the basis, and how it moved (total rows of query.unit_cost.costs)."""
    cost = now["cost_per_inference"]
    if fmt.is_unknown(cost):
        return "Cost per inference is unknown here: nobody counted requests."
    value = fmt.unit_cost(cost, filters.currency)
    relative = None if before is None else fmt.change(cost, before["cost_per_inference"])
    if relative is None:
        return f"One inference cost {value} ({filters.basis} basis); no earlier period to compare with."
    if abs(relative) < UNCHANGED:
        return f"One inference cost {value} ({filters.basis} basis), unchanged."
    return f"Cost per inference {moved(relative)} to {value} ({filters.basis} basis)."


def uncounted(now: pd.Series, filters: Filters) -> str:
    """The cost that no count of requests belongs to, so no cost per inference; "" where there is none."""
    if fmt.is_unknown(now["uncounted_cost"]) or not now["uncounted_cost"]:
        return ""
    cost = fmt.money(now["uncounted_cost"], filters.currency)
    return f"Cost per inference excludes {cost} of models or days whose requests nobody counted."


def use_unknown(fees: float, filters: Filters) -> str:
    """The mark of unit costs where commitment fees fit no use; "" where all do."""
    if not fees:
        return ""
    return (
        f"{fmt.money(fees, filters.currency)} of commitment fees fit no use: no unit cost holds them, "
        "and what they paid for may look cheaper than it is."
    )


def untold(sources: Sequence[str]) -> str:
    """What cost per inference lacks of sources whose effective cost is unusable; "" where there are none."""
    if not sources:
        return ""
    return (
        f"Cost per inference lacks what {_and(list(sources))} charged: the effective cost there is unusable."
    )


def missing_rate(missing: MissingRate) -> str:
    """Between which currencies, and on which days, the snapshot converts nothing."""
    return f"{missing.told[:1].upper()}{missing.told[1:]}."


def identities(changes: pd.DataFrame, filters: Filters) -> list[str]:
    """Why the models that moved most did so, a sentence each (rows of query.identity.changes)."""
    told = [_identity(row, filters.currency) for _, row in stories(changes).iterrows()]
    return told or ["No earlier period with GPU models to compare with."]


def _identity(row: pd.Series, currency: str) -> str:
    """Why a unit cost moved, in the words of price ÷ (utilisation × throughput); volume is named beside."""
    relative = fmt.change(row["cost_per_inference"], row["cost_per_inference_before"])
    shares = parts(row)
    if relative is None or abs(relative) < UNCHANGED or shares is None:
        return f"{row['model']}: cost per inference {moved(relative)}."
    factors = {
        "utilisation": ("utilisation", shares.utilisation),
        "price_per_gpu_hour": ("price", shares.price),
        "throughput": ("throughput", shares.throughput),
    }
    ranked = sorted(factors.items(), key=lambda item: -abs(item[1][1]))
    causes, still = [], []
    for column, (word, _) in ranked:
        step = fmt.change(row[column], row[f"{column}_before"])
        if step is None or abs(step) < UNCHANGED:
            still.append(word)
        else:
            causes.append(f"{word} {moved(step)}")
    volume = fmt.change(row["requests_ok"], row["requests_ok_before"])
    aside = ""
    if volume is not None and abs(volume) < UNCHANGED:
        still.append("volume")
    elif volume is not None:
        aside = f"; volume {moved(volume)}"
    unchanged = f"; {_and(still)} unchanged" if still else ""
    value = fmt.unit_cost(row["cost_per_inference"], currency)
    because = f" because {_and(causes)}" if causes else ""
    return f"{row['model']}: cost per inference {moved(relative)} to {value}{because}{unchanged}{aside}."


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def left_out(rungs: pd.DataFrame, filters: Filters) -> str:
    """The basis and what it leaves out, as a sum (columns cost, in_basis, left_out)."""
    pools = rungs["rung"].isin(["unallocated", "shared", "commitment_unused"])
    beyond = -rungs.loc[pools & (rungs["left_out"] < 0), "left_out"].sum()
    cost, inside, outside, taken = (
        fmt.money(amount, filters.currency)
        for amount in (rungs["cost"].sum(), rungs["in_basis"].sum(), rungs["left_out"].sum() + beyond, beyond)
    )
    unseen = rungs.loc[rungs["rung"] == "unobserved", "left_out"].sum()
    of_it = f" (of it {fmt.money(unseen, filters.currency)} of unobserved GPUs)" if unseen else ""
    shares = f" − {taken} of shares in what lies beyond this selection" if beyond >= 0.005 else ""
    return (
        f"{inside} on the {filters.basis} basis + {outside} left out{of_it}{shares} = {cost}, "
        "the ladder of the period (effective view)."
    )


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


def per_1k(filters: Filters) -> str:
    """What unit costs are in, and on which basis."""
    return f"{filters.currency} per 1k inferences, {filters.basis} basis"


def made_of(device_share: float | None, filters: Filters) -> str:
    """The unit of the component stack, and what of a GPU machine is in its compute."""
    if device_share is None:
        inside = "of a GPU machine's price this snapshot does not say which share its GPUs carry"
    elif device_share == 1:
        inside = "GPUs carry 100 % of their machine's price: its CPU and memory are inside compute"
    else:
        rest = fmt.percent(1 - device_share)
        inside = (
            f"GPUs carry {fmt.percent(device_share)} of their machine's price, the other {rest} is shared"
        )
    return f"{per_1k(filters)}; {inside}."


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
