"""What was spent, what moved it, and which day stands out."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from dashboard import format as fmt
from dashboard import theme
from dashboard.charts.bridge import cause_name
from dashboard.headlines.change import UNCHANGED, period_before
from data.filters import Filters
from data.query.overview import HighestDay

DRIVERS = (
    "By instance type, else service, against its median day of the period; the resource is what rose most."
)
ENOUGH_DAYS = 3  # of one or two days none stands out against their median


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
