"""A request log: is it there, and are the columns in it that its mapping names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from ingest import raw
from ingest.diagnosis.finding import Finding, bad, doubtful, good
from ingest.load_requests import check_columns, open_log
from ingest.source import SourceError, Window
from ingest.sources.requests import RequestLog

TELLING = {"model": "traffic has no model", "output_tokens": "there is no cost per token"}


def examine(source: RequestLog) -> Iterator[Finding]:
    """Looks at the header of the first file."""
    try:
        (delivery,) = source.fetch(Window())
        file = delivery.files[0]
        with duckdb.connect() as con, raw.readable(file):
            if file.bring:
                file.bring()
            con.execute(raw.macros())
            opened, columns = open_log(con, source, file)
            check_columns(opened, source, columns)
            yield good(f"{len(delivery.files)} files; {file.uri} has the columns of a request log")
            yield from _lacking(opened, source, columns)
    except SourceError as error:
        yield bad(str(error))


def _lacking(
    opened: raw.RawFile, source: RequestLog, columns: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    for ours, lack in TELLING.items():
        if ours not in source.constants() and not any(raw.has_column(opened, name) for name in columns[ours]):
            yield doubtful(f"No column is known for {ours}: {lack}.", f'Add mapping = {{{ours} = "COLUMN"}}.')
