"""Machines on which telemetry shows more devices than the bill or the instance type says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from data.sql import sql

NEXT_STEP = (
    "Let nvidia-smi tell uuid, index and pci.bus_id, name the machine alike in every source, or take one source out; "
    "where it has that many devices, say device_count in a resources file."
)


@dataclass(frozen=True)
class Excess:
    """One machine: the most devices of an hour that its sources told, that are billed, and that count.

    left_out: the sources whose names of devices meet nobody else's, and count for nothing in those hours.
    """

    resource_id: str
    told: int
    billed: int
    counted: int
    first_day: date
    last_day: date
    sources: list[str]
    left_out: list[str]

    def __str__(self) -> str:
        days = (
            f"{self.first_day}" if self.first_day == self.last_day else f"{self.first_day} to {self.last_day}"
        )
        shown = f"machine {self.resource_id} shows {self.told} devices, billed for {self.billed} ({days}, told by "
        if not self.left_out:
            return f"{shown}{', '.join(self.sources)}): all of them count"
        return (
            f"{shown}{', '.join(self.sources)}): two sets of names for its devices, so {self.counted} count, and what "
            f"{', '.join(self.left_out)} alone told of it does not"
        )

    def as_json(self) -> dict[str, Any]:
        """For json.dumps: days as ISO 8601."""
        return {
            "resource_id": self.resource_id,
            "devices_told": self.told,
            "devices_billed": self.billed,
            "devices_counted": self.counted,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "sources": self.sources,
            "left_out": self.left_out,
        }


def device_excess(cursor: duckdb.DuckDBPyConnection) -> tuple[Excess, ...]:
    """Every such machine of a snapshot, by its id."""
    rows = cursor.execute(sql("query/status/device_excess")).fetchall()
    return tuple(Excess(*row) for row in rows)
