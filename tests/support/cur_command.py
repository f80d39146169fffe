"""`python -m ingest aws-cur` as an operator runs it, on two deliveries of one month whose sums one can work out.

A delivery is so many p5.48xlarge, each for 24 hours of 7 days, at one price an hour.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cost_store import CUR_LINE, manifest, write_csv

DAYS = range(1, 8)
REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Delivered:
    """A delivery in a folder of its own, as AWS lays it out."""

    folder: Path
    delivery_id: str
    lines: int
    billed: Decimal


def deliver(folder: Path, delivery_id: str, machines: int, price: str) -> Delivered:
    """Writes the October of so many machines as a legacy report with its manifest."""
    hours = [(day, hour) for day in DAYS for hour in range(24)]
    lines = [
        CUR_LINE
        | {
            "identity_line_item_id": f"{day}-{hour}-{machine}",
            "line_item_resource_id": f"i-{machine}",
            "line_item_usage_start_date": f"2026-10-{day:02}T{hour:02}:00:00Z",
            "line_item_usage_end_date": f"2026-10-{day + (hour + 1) // 24:02}T{(hour + 1) % 24:02}:00:00Z",
            "line_item_unblended_cost": price,
        }
        for day, hour in hours
        for machine in range(machines)
    ]
    file = f"{delivery_id}/report-00001.csv.gz"
    write_csv(folder / file, lines)
    period = {"start": "20261001T000000.000Z", "end": "20261101T000000.000Z"}
    body = {"assemblyId": delivery_id, "billingPeriod": period, "reportKeys": [file]}
    manifest(folder / "20261001-20261101", "gpu", body)
    return Delivered(folder, delivery_id, len(lines), len(lines) * Decimal(price))


def start(delivered: Delivered, home: Path) -> subprocess.Popen[str]:
    """The command, running, with a store of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ingest", "aws-cur", str(delivered.folder), "--no-wait"],
        cwd=REPOSITORY,
        env={**os.environ, "INFERLEDGER_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(delivered: Delivered, home: Path) -> None:
    """The command, from start to end."""
    process = start(delivered, home)
    said, _ = process.communicate()
    assert process.returncode == 0, said
