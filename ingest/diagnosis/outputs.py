"""Counts of business outputs: can each line be used, and which days are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from ingest import raw
from ingest.diagnosis.finding import Finding, bad, doubtful, good
from ingest.load_business import stage_outputs
from ingest.rejects import is_too_many
from ingest.source import SourceError
from ingest.sources.business import A_LINE, BusinessOutputs

SQL = Path(__file__).parents[1] / "sql"
SHOWN = 3


def examine(source: BusinessOutputs) -> Iterator[Finding]:
    """Reads every line as a load would."""
    try:
        with source.file() as file, duckdb.connect() as con, raw.readable(file):
            opened = stage_outputs(con, file)
            wrong = con.execute((SQL / "business_wrong.sql").read_text()).fetchall()
            ((rows, outputs, first, last),) = con.execute((SQL / "business_held.sql").read_text()).fetchall()
            if opened.delimiter is not None:
                told = {"path": str(file.path), "file_id": file.uri}
                broken = con.execute((SQL / "broken_lines.sql").read_text(), told).fetchall()
                wrong += [(line, reason) for _, line, reason, _ in broken]
    except SourceError as error:
        yield bad(str(error))
        return
    if rows:
        yield good(f"{file.uri}: {rows:,} daily counts of {outputs:,} outputs, {first} to {last}")
    elif not wrong:
        yield bad(f"{file.uri} holds no count.", A_LINE)
    if wrong:
        shown = "; ".join(f"line {line}: {reason}" for line, reason in wrong[:SHOWN])
        said = f"{len(wrong):,} of {rows + len(wrong):,} lines cannot be used: {shown}."
        if is_too_many(rows + len(wrong), len(wrong)):
            yield bad(said, f"Mend them: more than 1 % of the lines stop the load. {A_LINE}")
        else:
            yield doubtful(said, "Mend them: they are left out.")
