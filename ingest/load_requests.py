"""Request logs into the store: stage every file, refuse what cannot be counted, replace the hours, all or nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb

from data.load import Load
from data.warehouse import Warehouse
from ingest import raw, rejects
from ingest.access_log import is_access_log, open_access_log
from ingest.broken import read_and_refused, reject_broken
from ingest.hours import Hours, rows_written, settle
from ingest.load_telemetry import live_load, loaded, unchanged
from ingest.progress import Progress, silent
from ingest.request_overlap import LINE_HASH, carry_over, count_copies_once, keep_edges, with_line_hash
from ingest.request_shapes import SHAPES
from ingest.source import Delivery, LoadResult, SourceError, SourceFile, Window
from ingest.sources.requests import RequestLog
from ingest.telemetry.kubernetes import PodLabels
from ingest.telemetry.serving import ASIDE


def load_requests(
    wh: Warehouse, source_name: str, source: RequestLog, window: Window, progress: Progress = silent
) -> list[LoadResult]:
    """Replaces the hours that the log covers by what it says. Raises SourceError.

    The window is widened to whole hours: what is read replaces whole ones.
    """
    window = window.whole_hours()
    results = []
    for delivery in source.fetch(window):
        with wh.load(source_name, source.kind, "traffic") as load:
            results.append(_load(load, source, delivery, window, progress))
    return results


def _load(
    load: Load, source: RequestLog, delivery: Delivery, window: Window, progress: Progress
) -> LoadResult:
    live = live_load(load, delivery.delivery_id)
    if live:
        return unchanged(load, source.kind, delivery.delivery_id, *live)
    load.con.execute(raw.macros())
    load.con.execute(_text("begin")).fetchall()
    broken = 0
    for done, file in enumerate(delivery.files):
        progress(f"{load.source}: {Path(file.uri).name}", done / len(delivery.files))
        with raw.readable(file):
            broken += _stage(load, source, file, window, done)
    ((doubles,),) = load.con.execute(_text("count_once")).fetchall()
    copies = count_copies_once(load, [Path(file.uri).name for file in delivery.files])
    rejected = _reject(load, broken)
    hours = _hours(load)
    beside = _beside(load, doubles)
    carried = carry_over(load, hours)
    namespace = PodLabels(cluster=source.cluster).placed(None)
    written = {"source": load.source, "load_id": load.load_id, "namespace": namespace}
    for name in ("write_traffic", "write_traffic_latency"):
        load.con.execute(_text(name), written).fetchall()
    replaced, kept = settle(load, hours)
    keep_edges(load, hours, replaced)
    assumed = _assumed(load, source)
    message = "; ".join([*beside, *copies, *carried, *kept, *assumed]) or None
    rows = rows_written(load)
    return loaded(load, source.kind, rows, rejected, delivery.delivery_id, hours, replaced, message)


def _beside(load: Load, doubles: int) -> list[str]:
    """What of the log is not counted among its requests."""
    ((beside,),) = load.con.execute("SELECT count(*) FROM request WHERE reason IS NULL AND aside").fetchall()
    told = [f"rows that tell a request_id again, and count once: {doubles}"] if doubles else []
    if beside:
        told.append(f"health checks, scrapes and the like, counted beside: {beside}")
    return told


def _assumed(load: Load, source: RequestLog) -> list[str]:
    """That times without a zone were taken as UTC, unless somebody said of which one they are."""
    ((zoneless,),) = load.con.execute("SELECT bool_or(zoneless) FROM request WHERE reason IS NULL").fetchall()
    told = "times of the log name no zone: taken as UTC; --timezone says better"
    return [told] if zoneless and source.timezone is None else []


def _stage(load: Load, source: RequestLog, file: SourceFile, window: Window, number: int) -> int:
    """Fills `request`; answers the lines of a CSV that could not be taken apart, which are kept."""
    if file.bring:
        file.bring()
    opened, _ = _show(load.con, source, file)
    ((lines,),) = load.con.execute("SELECT count(*) FROM raw_request").fetchall()
    file_id = load.add_file(file.uri, file.etag, file.bytes, lines)
    _judge(load.con, source, file_id, number, window)
    broken = reject_broken(load, opened, file_id)
    read_and_refused(opened, lines, broken)
    load.con.execute(
        "SET preserve_insertion_order = false"
    )  # raw.open_file needs it kept, the store does not
    if file.bring:
        file.path.unlink()
    return broken


def stage_lines(
    con: duckdb.DuckDBPyConnection, source: RequestLog, file: SourceFile, most: int
) -> tuple[raw.RawFile, dict[str, tuple[str, ...]]]:
    """Fills `request` with the first lines of one file as a load would, in a database without a store; answers the
    file, open, and where each of our columns may stand in it. Raises SourceError.
    """
    con.execute(raw.macros())
    con.execute(_text("begin")).fetchall()
    opened, columns = _show(con, source, file)
    con.execute("ALTER VIEW raw_request RENAME TO every_request")
    con.sql("FROM every_request").limit(most).create_view("raw_request")
    _judge(con, source, file.uri, 0, Window())
    return opened, columns


def _show(
    con: duckdb.DuckDBPyConnection, source: RequestLog, file: SourceFile
) -> tuple[raw.RawFile, dict[str, tuple[str, ...]]]:
    """Shows the lines of one file as view `raw_request`, under our names."""
    opened, columns = open_log(con, source, file)
    check_columns(opened, source, columns)
    told = [(name, theirs) for name, theirs in columns.items() if name not in source.constants()]
    asked = [raw.Column(name, "text", theirs or raw.NOWHERE) for name, theirs in told]
    asked.append(raw.Column("line_hash", "text", (LINE_HASH,)))
    raw.conform(with_line_hash(opened), asked, source.constants(), "raw_request")
    return opened, columns


def _judge(
    con: duckdb.DuckDBPyConnection, source: RequestLog, file_id: str, number: int, window: Window
) -> None:
    """Adds the lines of `raw_request` to `request`, each with what is wrong with it."""
    limits = {
        "file_id": file_id,
        "file_no": number,
        "aside": sorted(ASIDE),
        "zone": source.timezone,
        "start": window.start,
        "end": window.end,
    }
    con.execute(_text("stage"), limits).fetchall()


def open_log(
    con: duckdb.DuckDBPyConnection, source: RequestLog, file: SourceFile
) -> tuple[raw.RawFile, dict[str, tuple[str, ...]]]:
    """One file of the log, and where each of our columns may stand in it."""
    if is_access_log(file):
        return open_access_log(con, file), source.columns(SHAPES["access-log"])
    told = raw.json_names(file)
    columns = source.columns(source.shape_of(told))
    names = {name.partition(".")[0]: "VARCHAR" for found in columns.values() for name in found}
    opened = raw.open_file(con, file, names)
    return opened, columns if told else source.columns(source.shape_of(opened.relation.columns))


def check_columns(opened: raw.RawFile, source: RequestLog, columns: dict[str, tuple[str, ...]]) -> None:
    """A mapped column must be there, and so must a time. Raises SourceError."""
    there = ", ".join(name for name in opened.relation.columns if name != "line_no")
    for ours in {"timestamp", *source.mapping} - set(source.constants()):
        if not any(raw.has_column(opened, theirs.partition(".")[0]) for theirs in columns[ours]):
            looked = " or ".join(f"'{theirs}'" for theirs in columns[ours])
            raise SourceError(
                f"{opened.file.uri} has no column {looked} for {ours}; there is {there}. Say which one it is: "
                f"--map {ours}=COLUMN."
            )


def _reject(load: Load, broken: int) -> int:
    """Keeps the rows that cannot be counted beside the `broken` ones; more than a stray one stops the load."""
    rejected = load.reject_select(_text("rejects")) + broken
    ((lines,),) = load.con.execute("SELECT count(*) + $broken FROM request", {"broken": broken}).fetchall()
    rejects.check_kept(load, lines, rejected)
    return rejected


def _hours(load: Load) -> Hours:
    """Whole hours from the first to the last request."""
    ((first, last),) = load.con.execute(
        "SELECT min(asked_at), max(asked_at) FROM request WHERE reason IS NULL"
    ).fetchall()
    if first is None:
        raise SourceError(f"{load.source}: there is no request in the hours asked for. Nothing was changed.")
    return Hours.around(first, last)


@cache
def _text(name: str) -> str:
    """The text of ingest/traffic/<name>.sql."""
    return (Path(__file__).parent / "traffic" / f"{name}.sql").read_text(encoding="utf-8")
