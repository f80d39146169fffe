"""The utilisation page in words."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from data.filters import Filters
from data.query.utilisation import Raster, Utilisation


def utilisation(now: Utilisation, filters: Filters) -> str:
    """How busy the fleet was, what its idle hours cost, and who was not seen."""
    if now.utilisation is None:
        return f"{fmt.count(now.billed_hours)} billed device-hours, none of them observed: load telemetry."
    said = f"GPUs worked {fmt.percent(now.utilisation)} of the observed time"
    if now.idle_cost is not None:
        said += f"; {fmt.short_money(now.idle_cost, filters.currency)} paid for hours without work"
    if now.unobserved_nodes:
        nodes = "1 node" if now.unobserved_nodes == 1 else f"{now.unobserved_nodes} nodes"
        said += f"; {nodes} sent no telemetry for some or all of it"
    return said + "."


def held(now: Utilisation) -> str:
    """What the steps from billed to busy mean, and what they leave out."""
    said = "Held: by a named pod, or active without a known one."
    if now.billed_hours is None:
        said += " No bill knows these device-hours."
    elif now.unbilled_hours:
        said += f" Beside these, {fmt.count(now.unbilled_hours)} observed device-hours have no bill."
    return said


def gpus(raster: Raster) -> str:
    """How many devices the raster shows."""
    number = f"{len(raster.devices):,} GPUs"
    return f"the worst {number}" if raster.truncated else number


def holders(hours: pd.DataFrame) -> str:
    """Who held a device in these hours, the first six."""
    names = [name for name in hours["holders"].dropna().unique() if name]
    return "Held by " + "; ".join(names[:6]) if names else "Nobody is known to have held it."
