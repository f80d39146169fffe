"""Prices and account names: does the first one come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.diagnosis.finding import Finding, bad, good
from ingest.source import SourceError


def examine(source: Any) -> Iterator[Finding]:  # noqa: ANN401 - each kind has one method that answers rows
    """Asks for the first row, which costs nothing."""
    try:
        rows = source.prices() if hasattr(source, "prices") else source.accounts()
        first = next(rows, None)
    except SourceError as error:
        yield bad(str(error))
        return
    if first is None:
        yield bad("It answers, and has no row for us.", "Check the endpoint and what your role may see.")
    else:
        yield good("It answers")
