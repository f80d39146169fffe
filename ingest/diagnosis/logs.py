"""A request log: has it the columns that its mapping names, can its lines be counted, are its times possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from ingest import raw
from ingest.diagnosis.finding import Finding, bad, doubtful, good
from ingest.load_requests import stage_lines
from ingest.rejects import is_too_many
from ingest.source import SourceError, SourceFile, Window
from ingest.sources.requests import RequestLog

SQL = Path(__file__).parents[1] / "sql"
TELLING = {"model": "traffic has no model", "output_tokens": "there is no cost per token"}
LOOKED_AT = 10_000  # lines: a log may have a hundred million
SKEW = timedelta(hours=1)  # a clock that is so far ahead is no nonsense
TIME = (
    'Say which column holds the time: mapping = {timestamp = "COLUMN"}; UTC, or of timezone = "ZONE", or seconds or '
    "milliseconds since 1970."
)


def examine(source: RequestLog, now: datetime) -> Iterator[Finding]:
    """Looks at the first lines of the first file. `now`: UTC without zone."""
    try:
        for delivery in source.fetch(Window()):  # there is one, whose files are gone after its turn
            yield good(f"{len(delivery.files)} files")
            yield from _look(source, delivery.files[0], now)
    except SourceError as error:
        yield bad(str(error))


def _look(source: RequestLog, file: SourceFile, now: datetime) -> Iterator[Finding]:
    with duckdb.connect() as con, raw.readable(file):
        con.execute("SET TimeZone = 'UTC'")
        if file.bring:
            file.bring()
        opened, columns = stage_lines(con, source, file, LOOKED_AT)
        yield good(f"{file.uri} has the columns of a request log")
        yield from _lacking(opened, source, columns)
        yield from _lines(con, file, now)


def _lacking(
    opened: raw.RawFile, source: RequestLog, columns: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    for ours, lack in TELLING.items():
        if ours not in source.constants() and not any(raw.has_column(opened, name) for name in columns[ours]):
            yield doubtful(f"No column is known for {ours}: {lack}.", f'Add mapping = {{{ours} = "COLUMN"}}.')


def _lines(con: duckdb.DuckDBPyConnection, file: SourceFile, now: datetime) -> Iterator[Finding]:
    query = (SQL / "doctor_requests.sql").read_text(encoding="utf-8")
    ((lines, counted, late, early, first, last, wrong),) = con.execute(query, {"now": now + SKEW}).fetchall()
    if not lines:
        yield bad(f"{file.uri} holds no line.", "Check that the log is written.")
    elif not counted:
        yield bad(f"None of {lines:,} lines can be counted: line {wrong}.", TIME)
    elif wrong:
        said = f"{lines - counted:,} of {lines:,} lines cannot be counted: line {wrong}."
        too_many = is_too_many(lines, lines - counted)
        yield (
            bad(said, "More than 1 % stop the load: mend the log or its mapping.")
            if too_many
            else doubtful(said, "Look at them with --dry-run: they are left out.")
        )
    if late and late == counted:
        yield bad(f"Every time lies in the future: {first} to {last}.", TIME)
    elif late:
        yield doubtful(f"{late:,} of {counted:,} times lie in the future, up to {last}.", TIME)
    if early and early == counted:
        yield bad(f"Every time lies in 1970: {first} to {last}.", TIME)
    elif early:
        yield doubtful(f"{early:,} of {counted:,} times lie in 1970, from {first} on.", TIME)
