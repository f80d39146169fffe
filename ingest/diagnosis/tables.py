"""A bill in BigQuery: is the table there, may we ask it, and what would a load scan. Asking costs nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.diagnosis.finding import Finding, bad, good
from ingest.load_bigquery import estimate
from ingest.options import GcpOptions
from ingest.source import SourceError, Window


def examine(name: str, where: GcpOptions) -> Iterator[Finding]:
    """By BigQuery's own dry run of a first load."""
    try:
        for step, scanned in estimate(None, name, where, Window()):
            yield good(f"{step}: {scanned}")
    except SourceError as error:
        yield bad(str(error))
