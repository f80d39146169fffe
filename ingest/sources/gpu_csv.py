"""The bill of any GPU cloud, as a CSV that a spreadsheet can write; RunPod's billing JSON is read too.

    date,resource,gpu_model,gpu_count,hours,cost,currency
    2026-10-01,node-7,H100 80GB,8,24,478.08,USD

`hours` are the hours of the machine, not of its GPUs. A charge that is no machine leaves gpu_model, gpu_count and
hours empty. Optional columns: start and end (UTC, instead of date, for hourly lines), billing_period (the invoice's
month; else that of the charge), provider, account, project, region, team, node (what telemetry calls the machine; else
`resource`), description, category (Usage, Purchase, Credit, Tax, Adjustment).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from ingest.files import place, tables, whole
from ingest.layout import Layout
from ingest.raw import Column, columns
from ingest.source import Delivery, SourceError, Window

COLUMNS = (
    *columns("text", "provider account project region team node description category"),
    Column("resource", names=("resource", "podId", "endpointId", "gpuTypeId")),
    Column("gpu_model", names=("gpu_model", "gpuTypeId")),
    Column("gpu_count", names=("gpu_count",)),
    Column("currency"),
    Column("cost", "money", ("cost", "amount")),
    Column("hours", "money"),
    Column("billed_ms", "money", ("timeBilledMs",)),
    Column("date", "time", ("date", "time")),
    *columns("time", "start end billing_period"),
)
# RunPod: GET …/billing/pods or …/billing/endpoints, a list of buckets, grouped by one id. Amounts are dollars.
RUNPOD = dict.fromkeys(
    ("time", "amount", "timeBilledMs", "podId", "endpointId", "gpuTypeId", "diskSpaceBilledGB"), "VARCHAR"
)
LAYOUT = Layout(
    columns=COLUMNS,
    required=(
        "date|start|time",
        "resource|podId|endpointId|gpuTypeId",
        "cost|amount",
        "currency|amount",
        "hours|timeBilledMs",
        "gpu_model|gpuTypeId",
        "gpu_count|amount",
    ),
    staging=Path(__file__).with_suffix(".sql"),
    complete=Path(__file__).with_name("gpu_csv_complete.sql"),
    control="gpu_csv",
    what="a GPU bill",
    json_columns=RUNPOD,
)


@dataclass(frozen=True)
class GpuCsv:
    """A file, or a folder of them; `provider` is who bills lines that name no provider."""

    location: str
    provider: str = "GPU cloud"
    kind: ClassVar[str] = "gpu-csv"
    layout: ClassVar[Layout] = LAYOUT

    def fetch(self, window: Window) -> Iterator[Delivery]:  # noqa: ARG002 - only the rows tell their months
        """Yield all files as one delivery; the months that it states are replaced whole. Raises SourceError."""
        there = place(str(self.location))
        found = tables(there, there.entries())
        if not found:
            raise SourceError(f"{there.uri} holds no .csv or .json file. See ingest/sources/gpu_csv.py.")
        with TemporaryDirectory(prefix="inferledger-") as staging:
            files = (there.file(entry, Path(staging)) for entry in found)
            yield whole(tuple(replace(file, facts={"billed_by": self.provider}) for file in files))
