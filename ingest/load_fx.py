"""Exchange rates into the store: a source's rates are replaced whole, and the same rates twice change nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb

from data.load import Load
from data.warehouse import Warehouse
from ingest import raw
from ingest.broken import keep_staged
from ingest.progress import Progress, silent
from ingest.source import LoadResult, SourceError, SourceFile, Window
from ingest.sources.fx import COLUMNS, Rates


def load_fx(
    wh: Warehouse,
    source_name: str,
    source: Rates,
    window: Window,  # noqa: ARG001 - a rate is looked up by its day; every loader is called alike
    progress: Progress = silent,
) -> list[LoadResult]:
    """Replaces the source's rows of fx_rate. Raises SourceError: more than a stray rate that cannot be used, too."""
    with source.file() as file, raw.readable(file), wh.load(source_name, source.kind, "reference") as load:
        progress(f"{source_name}: {file.uri}")
        last = load.con.execute(_sql("last_delivery"), {"source": source_name}).fetchall()
        if last == [(file.etag,)] and not load.again:
            load.finish(rows=0, delivery_id=file.etag, status="unchanged")
            return [LoadResult(source_name, source.kind, "unchanged", _rows(load))]
        file_id = load.add_file(file.uri, file.etag, file.bytes, None)
        rejected = _stage(load, source, file, file_id)
        _check_witness(load)
        load.con.execute("DELETE FROM fx_rate WHERE source = $source", {"source": source_name})
        load.replace_reference()
        load.con.execute(
            _sql("fx_insert"), {"source": source_name, "load_id": load.load_id, "file_id": file_id}
        ).fetchall()
        rows = _rows(load)
        load.finish(rows=rows, delivery_id=file.etag)
    return [LoadResult(source_name, source.kind, "loaded", rows, rejected)]


def _stage(load: Load, source: Rates, file: SourceFile, file_id: str) -> int:
    """Fills stage_rate and keeps the lines that cannot be used; answers how many."""
    opened = stage_rates(load.con, source, file)
    nothing = "holds no rate. Nothing was changed. Write lines of date,from,to,rate."
    return 0 if opened is None else keep_staged(load, opened, "stage_rate", file_id, nothing)


def stage_rates(con: duckdb.DuckDBPyConnection, source: Rates, file: SourceFile) -> raw.RawFile | None:
    """Fills stage_rate: day, from_currency, to_currency, rate, line_no, reason (why it cannot be used).

    Answers the opened file of a company's own rates; None: the bank's, which need no proof. Raises SourceError.
    """
    if not source.is_own:
        con.execute(_sql("fx_bank"), {"path": str(file.path)})
        return None
    con.execute(raw.macros())
    opened = raw.open_file(con, file)
    if missing := [name for name in ("date|day", "from", "to", "rate") if not raw.has_column(opened, name)]:
        raise SourceError(f"{file.uri} has no column {', '.join(missing)}. A line is: date,from,to,rate.")
    raw.conform(opened, COLUMNS, {})
    con.execute(_sql("fx_own"))
    return opened


def _check_witness(load: Load) -> None:
    for other, pair in load.con.execute(_sql("fx_twice"), {"source": load.source}).fetchall():
        raise SourceError(
            f"Source '{other}' states {pair} already, and a rate has one witness. Load it under the same name "
            f"(--source {other}), which replaces it, or take the pair out of one of them."
        )


def _rows(load: Load) -> int:
    query = "SELECT count(*) FROM fx_rate WHERE source = $source"
    ((rows,),) = load.con.execute(query, {"source": load.source}).fetchall()
    return int(rows)


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
