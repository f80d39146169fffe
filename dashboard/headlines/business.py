"""Cost per business output, in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import format as fmt
from dashboard.headlines.change import UNCHANGED, period_before
from data.filters import Filters

HOW = (
    "Nobody counts what the business got. Load daily counts, and one resolved contact, document or order has a cost: "
    "`python -m ingest business counts.csv` with the columns day, output, count and, where they are of one, team and "
    "model."
)
NO_ORIGIN = (
    "A day without a count has no cost per output; where the counts of a day are of several teams or models, its cost "
    "is what these cost together, each once: choose one of them in the filters to follow it to its lines."
)
NO_COUNTS = "No day of this period has both a count and a cost of what the filters choose."
SAID = 4


def scope(filters: Filters) -> str:
    """What is divided by what."""
    said = (
        f"Cost of the counted teams and models ({filters.basis} basis, effective view) ÷ counts, over the days that "
        "have counts; other days are unknown."
    )
    if not filters.narrowed:
        return said
    return (
        f"{said} The filters narrow the cost; counts are narrowed only by the team and model that they name."
    )


def outputs(now: pd.DataFrame, before: pd.DataFrame | None, filters: Filters) -> list[str]:
    """One sentence per output, the dearest first (query.business_output.costs)."""
    earlier = {} if before is None else dict(zip(before["output"], before["cost_per_output"], strict=True))
    return [_output(row, earlier.get(row["output"]), filters) for _, row in now.head(SAID).iterrows()]


def _output(row: pd.Series, before: float | None, filters: Filters) -> str:
    said = f"One {row['output']} costs {fmt.unit_cost(row['cost_per_output'], filters.currency)}"
    change = fmt.change(row["cost_per_output"], before)
    if change is not None:
        size = f"{fmt.percent(abs(change))} {'more' if change > 0 else 'less'} than"
        said += f", {'the same as' if abs(change) < UNCHANGED else size} in {period_before(filters)}"
    days = "every day" if row["days"] == filters.days else f"{row['days']:,} of {fmt.days(filters.days)}"
    return f"{said}; counts for {days}, {fmt.count(row['outputs'])} in all."


def left_out(currencies: Sequence[str], filters: Filters) -> str:
    """What of the cost the ratio does not hold; "" where it holds all."""
    if not currencies:
        return ""
    return (
        f"The same outputs also cost money in {', '.join(currencies)}, which is not in these figures: they hold cost "
        f"in {filters.currency} alone, and amounts in two currencies are never added."
    )


def files(found: pd.DataFrame) -> str:
    """Where the counts come from."""
    names = [f"{row['file']} ({row['source']}, load {row['load_id']})" for _, row in found.iterrows()]
    return f"Counts from {'; '.join(names)}." if names else ""
