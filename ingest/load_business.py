"""Daily counts of business outputs into the store: the months that a file states are replaced whole."""

from __future__ import annotations

from pathlib import Path

import duckdb

from data.load import Load
from data.warehouse import Warehouse
from ingest import raw
from ingest.broken import keep_staged
from ingest.progress import Progress, silent
from ingest.source import LoadResult, SourceError, SourceFile, Window
from ingest.sources.business import A_LINE, COLUMNS, BusinessOutputs


def load_business(
    wh: Warehouse,
    source_name: str,
    source: BusinessOutputs,
    window: Window,  # noqa: ARG001 - a file states its months whole; every loader is called alike
    progress: Progress = silent,
) -> list[LoadResult]:
    """Replaces the source's months in business_output. Raises SourceError: more than a stray line that cannot be used,
    too."""
    with source.file() as file, raw.readable(file), wh.load(source_name, source.kind, "reference") as load:
        progress(f"{source_name}: {file.uri}")
        asked = {"source": source_name, "delivery_id": file.etag}
        live = load.con.execute(_sql("business_live"), asked).fetchall()
        if live and not load.again:
            load.finish(rows=0, delivery_id=file.etag, status="unchanged")
            return [LoadResult(source_name, source.kind, "unchanged", int(live[0][0]))]
        file_id = load.add_file(file.uri, file.etag, file.bytes, None)
        opened = stage_outputs(load.con, file)
        nothing = f"holds no count. Nothing was changed. {A_LINE}"
        rejected = keep_staged(load, opened, "stage_output", file_id, nothing)
        _check_witness(load)
        told = {"source": source_name, "load_id": load.load_id, "file_id": file_id}
        for statement in load.con.extract_statements(_sql("business_replace")):
            wanted = {name: value for name, value in told.items() if name in statement.named_parameters}
            load.con.execute(statement, wanted).fetchall()
        query = "SELECT count(*) FROM business_output WHERE load_id = $load_id"
        ((rows,),) = load.con.execute(query, {"load_id": load.load_id}).fetchall()
        load.finish(rows=int(rows), delivery_id=file.etag)
    return [LoadResult(source_name, source.kind, "loaded", int(rows), rejected)]


def stage_outputs(con: duckdb.DuckDBPyConnection, file: SourceFile) -> raw.RawFile:
    """Fills stage_output: day, output, outputs, team, model, line_no, reason (why it cannot be used). Raises
    SourceError."""
    con.execute(raw.macros())
    opened = raw.open_file(con, file)
    wanted = ("day|date", "output|business_output", "count|outputs")
    if missing := [name for name in wanted if not raw.has_column(opened, name)]:
        raise SourceError(f"{file.uri} has no column {', '.join(missing)}. {A_LINE}")
    raw.conform(opened, COLUMNS, {})
    con.execute(_sql("business_stage"))
    return opened


def _check_witness(load: Load) -> None:
    for other, output, day in load.con.execute(_sql("business_twice"), {"source": load.source}).fetchall():
        raise SourceError(
            f"Source '{other}' states '{output}' of {day} already, and a count has one witness. Load it under the same "
            f"name (--source {other}), which replaces it, or take it out of one of them."
        )


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
