"""A GCP bill into the store: files as any bill, a BigQuery table by what the store knows of it."""

from __future__ import annotations

from data.warehouse import Warehouse
from ingest.bigquery import is_bigquery
from ingest.load_bigquery import estimate, load_bigquery
from ingest.load_cost import load_deliveries
from ingest.options import GcpOptions
from ingest.progress import Progress, silent
from ingest.source import LoadResult, SourceError, Window
from ingest.sources.gcp import GcpExport

PRICES = ".cloud_pricing_export"
SCANNED = "nothing was scanned. A load would scan, for "


def load_gcp(
    wh: Warehouse, name: str, where: GcpOptions, window: Window, progress: Progress = silent
) -> list[LoadResult]:
    """Loads what is new there; a rehearsal on BigQuery only says what a load would scan. Raises SourceError."""
    if not is_bigquery(where.location):
        return load_deliveries(wh, name, GcpExport(where.location), window, progress)
    if where.location.endswith(PRICES):
        raise SourceError(
            f"{where.location} is a pricing export, no bill. Load it with: python -m ingest prices gcp "
            f"--table {where.location}"
        )
    if wh.mode.rehearse:
        steps = "; ".join(f"{step}: {scanned}" for step, scanned in estimate(wh.con, name, where, window))
        return [LoadResult(name, where.kind, "unchanged", 0, message=SCANNED + steps)]
    return load_bigquery(wh, name, where, window, progress)
