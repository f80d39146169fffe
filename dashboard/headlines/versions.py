"""The versions page in words."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard.charts.versions import MOST, label
from data.filters import Filters
from data.query.versions import Versions


def versions(versions: Versions, filters: Filters) -> str:
    """How many versions could go, and what the dearest of them serves and costs."""
    if versions.candidates.empty and versions.rows["traffic_share"].isna().all():
        return "Whether a version could go is unknown here: nobody counted requests."
    if versions.candidates.empty and versions.rows["cost_share"].isna().all():
        return "No version is silent; whether one costs more than it serves is unknown, as is its cost."
    if versions.candidates.empty:
        return (
            f"All {versions.live} live versions earn their place: "
            "none is silent, none costs far more than it serves."
        )
    worst = versions.candidates.iloc[0]
    share = worst["traffic_share"]
    served = "unknown traffic" if fmt.is_unknown(share) else f"{fmt.percent(share)} of the traffic"
    gpus = "" if fmt.is_unknown(worst["gpus"]) or not worst["gpus"] else f" on {worst['gpus']:.0f} GPUs"
    cost = fmt.short_money(worst["cost"], filters.currency)
    return (
        f"{len(versions.candidates)} of {versions.live} live versions could go; the dearest, "
        f"{label(worst['model'], worst['version'])}, serves {served}{gpus} for {cost}."
    )


def timeline(days: pd.DataFrame) -> str:
    """What the colours of the timeline mean, and how many versions it has no room for."""
    more = len(days[["model", "version"]].drop_duplicates()) - MOST
    elsewhere = f" {more} more versions are in the table." if more > 0 else ""
    return (
        "Blue: share of the model's successful requests that day. Amber: paid for and not asked. "
        f"Grey: traffic unknown. Blank: not there.{elsewhere}"
    )
