"""What the days that nobody expected read like. Pure text: numbers in, words out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashboard import format as fmt
from dashboard import theme
from data.economics.anomaly import ENOUGH, RELATIVE, WEEKS, Z
from data.query.anomalies import Anomalies

LARGE = 0.1  # of a median day's usage: such a surprise belongs into the page's first sentence
MARKS = 5  # days that a chart can name


def rule(told: Anomalies, currency: str) -> str:
    """How a day is judged, and which days were not."""
    left_out = [
        f"{fmt.days(number)} {why}"
        for number, why in (
            (told.provisional, "still provisional"),
            (_unjudged(told), "with too little history"),
        )
        if number
    ]
    rest = f" Left out: {', '.join(left_out)}." if left_out else ""
    return (
        f"A day against the median of the same weekday in the {WEEKS} weeks before (at least {ENOUGH}): unexpected "
        f"from {Z} median absolute deviations, {fmt.percent(RELATIVE, digits=0)} and "
        f"{fmt.short_money(told.least, currency)} on. "
        f"Usage alone; tax, credits, support and what is charged once a month surprise nobody.{rest}"
    )


def found(told: Anomalies, currency: str) -> str:
    """The largest of them, or why there is none."""
    if told.unusable:
        return (
            f"No day can be judged: in these days or the {WEEKS} weeks before, effective cost is unusable in "
            f"{', '.join(told.unusable)}. The billed view can."
        )
    if not told.judged and not told.provisional:
        return f"Not enough history to judge a day: each needs the same weekday in {ENOUGH} earlier weeks."
    if not told.judged:
        return "No day to judge yet: what there is of this period is provisional or has too little history."
    if told.found.empty:
        return f"No unexpected day among the {told.judged} judged."
    row = told.found.iloc[0]
    return f"{_sentence(row, currency)}{_suspect(row)}"


def surprise(told: Anomalies, currency: str) -> str:
    """What belongs into the page's first sentence: a large surprise in all usage; "" where there is none."""
    rows = told.found[told.found["dimension"] == "total"]
    large = rows[rows["peak_unexpected"].abs() >= LARGE * told.usual]
    return _sentence(large.iloc[0], currency) if len(large) else ""


def what(row: Any) -> str:  # noqa: ANN401 – a row of Anomalies.found, as Series or tuple
    """What the row is about, in the page's words."""
    if row.dimension == "total":
        return "all usage"
    if row.dimension == "rung":
        return theme.rung_name(row.rung)
    return str(row.model) if row.dimension == "model" else f"{row.account} · {row.kind}"


def marks(told: Anomalies, currency: str) -> dict[date, str]:
    """The days to mark in a chart, by the largest surprise that peaked on each: what it was and how much."""
    first = told.found.drop_duplicates("peak_day").head(MARKS)
    return {row["peak_day"]: _mark(row, currency) for _, row in first.iterrows()}


def _mark(row: pd.Series, currency: str) -> str:
    lasting = "" if row["days"] == 1 else f" over {fmt.days(row['days'])}"
    return f"{what(row)} {fmt.short_money(row['unexpected'], currency, plus=True)}{lasting}"


def _unjudged(told: Anomalies) -> int:
    return 0 if told.unusable else told.days - told.judged - told.provisional


def _sentence(row: pd.Series, currency: str) -> str:
    amount = fmt.short_money(abs(row["unexpected"]), currency)
    more = f"cost {amount} {'more' if row['unexpected'] > 0 else 'less'} than"
    first = fmt.day(row["first_day"])
    if row["days"] == 1:
        usual = f"{more} a usual {row['first_day']:%A}."
        return f"{first} {usual}" if row["dimension"] == "total" else f"On {first} {what(row)} {usual}"
    peak = fmt.day(row["peak_day"])
    most = f", most of it on {peak}" if abs(row["peak_unexpected"]) > abs(row["unexpected"]) / 2 else ""
    days = f"{first} – {fmt.day(row['last_day'])}"
    if row["dimension"] == "total":
        return f"{days} {more} usual{most}."
    return f"In {days} {what(row)} {more} usual{most}."


def _suspect(row: pd.Series) -> str:
    if fmt.is_unknown(row["resource_id"]):
        return ""
    others = "" if row["resources"] <= 1 else f" and {int(row['resources']) - 1} more"
    return f" Suspected: {row['resource_id']}{others} ({row['resource_kind']}) in account {row['resource_account']}."
