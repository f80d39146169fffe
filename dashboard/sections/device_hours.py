"""What some devices did, hour by hour: the evidence of a finding, and the drill of the raster."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import utilisation as charts
from dashboard.page_parts import chart_with_table
from dashboard.tables import device_hours as tables
from data.filters import Filters


def device_hours(hours: pd.DataFrame, filters: Filters, *, name: str, whose: str) -> None:
    """Busy, idle and unobserved (query.utilisation.device_hours); `whose` says in the alt text which devices."""
    alt = f"Busy, idle and unobserved device-hours of {whose}, hour by hour."
    chart_with_table(charts.hours(hours), hours, name=name, alt=alt, columns=tables.hours(filters))
