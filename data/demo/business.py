"""What the company's helpdesk and catalogue team count each day: contacts resolved by the chat, items read."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import numpy as np

from data.demo import stories
from data.demo.estate import CHAT, EXTRACT, Model
from data.demo.signal import STEPS_PER_DAY, Signals

# output, model, requests for one of them
OUTPUTS: tuple[tuple[str, Model, float], ...] = (
    ("resolved contact", CHAT, 4.2),
    ("catalogue item", EXTRACT, 1.5),
)
# Days since stories.FIRST_DAY on which the helpdesk's export failed: nobody counted.
UNCOUNTED = (68, 69, 82)


def write_business(signals: Signals, path: Path) -> Path:
    """Write one CSV: a row per output and day; a day that nobody counted has none."""
    calendar = signals.calendar
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("day", "output", "count", "team", "model"))
        for output, model, requests in OUTPUTS:
            asked = [curve for lane, curve in signals.lane_requests.items() if lane.model == model]
            daily = np.sum(asked, axis=0).reshape(calendar.days, STEPS_PER_DAY).sum(axis=1)
            for place, of_day in enumerate(daily):
                day = calendar.first_day + place
                if of_day >= requests and not (model == CHAT and day in UNCOUNTED):
                    told = stories.FIRST_DAY + timedelta(days=day)
                    writer.writerow((told, output, round(of_day / requests), "", model.name))
    return path
