"""Telemetry into the store: stage a batch, roll it up, replace its hours, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, Protocol

import duckdb
import pyarrow as pa

from data.load import Load
from data.model.telemetry import DEVICES, SERVERS, roll_up
from data.warehouse import Warehouse
from ingest import rejects
from ingest.hours import Hours, rows_written, settle
from ingest.load_kubernetes import replace_estate
from ingest.progress import Progress, silent
from ingest.source import LoadResult, SourceError, Window
from ingest.telemetry.devices import Device
from ingest.telemetry.kubernetes import Cluster
from ingest.telemetry.series import Catalog, catalog
from ingest.telemetry.staging import (
    LATEST_MS,
    Batch,
    Staging,
    from_ms,
    insert,
    run_each,
    statement,
    to_ms,
)

DEVICE_SAMPLES = 4_000_000  # rolled up at once
INTO = {
    "device_hour": "INSERT INTO device_hour BY NAME SELECT * FROM staged_rows",
    "idle_stretch": "INSERT INTO idle_stretch BY NAME SELECT * FROM staged_rows",
    "traffic": "INSERT INTO traffic BY NAME SELECT * FROM staged_rows",
    "traffic_latency": "INSERT INTO traffic_latency BY NAME SELECT * FROM staged_rows",
}


class TelemetrySource(Protocol):
    """What a telemetry source is: batches of samples, oldest first."""

    @property
    def kind(self) -> str: ...

    def batches(self, window: Window, watermark: datetime | None) -> Iterator[Batch]: ...


def load_telemetry(
    wh: Warehouse, source_name: str, source: TelemetrySource, window: Window, progress: Progress = silent
) -> list[LoadResult]:
    """Loads a source's batches, each in its own transaction; what was committed stays if a later one fails.

    Raises SourceError. The window is widened to whole hours: what is read replaces whole ones. `progress` is told in
    a few words what is being read.
    """
    ((watermark,),) = wh.con.execute(statement("watermark"), {"source": source_name}).fetchall()
    results = list[LoadResult]()
    for batch in source.batches(window.whole_hours(), watermark):
        hours = f"{batch.hours.start or 'all'} to {batch.hours.end or 'the end'}"
        progress(f"{source_name}: {hours} · {sum(result.rows for result in results):,} rows")
        with wh.load(source_name, source.kind, "telemetry") as load:
            results.append(_load_batch(load, source.kind, batch))
    return results


def _load_batch(load: Load, kind: str, batch: Batch) -> LoadResult:
    if batch.delivery_id and (live := live_load(load, batch.delivery_id)):
        return unchanged(load, kind, batch.delivery_id, *live)
    # A desk of its own, outside the load's transaction: there a replaced temporary table is gone at once,
    # inside it would stay in memory until the commit.
    with load.con.cursor() as desk:
        staging = Staging(desk)
        batch.stage(staging)
        return _load_staged(load, kind, batch, staging)


def _load_staged(load: Load, kind: str, batch: Batch, staging: Staging) -> LoadResult:
    series = list(staging.series())
    _check_refused(staging)
    cluster = Cluster(series)
    told = catalog(series, cluster.places)
    staging.notes += told.notes()
    hours = _hours(staging, batch)
    if hours is None or not (told.gauges or told.counters or cluster):
        return _nothing(load, kind, staging, batch)
    _describe(staging, told, hours, batch)
    delivery_id = batch.delivery_id or _fingerprint(staging.con, hours)
    if not batch.delivery_id and (live := live_load(load, delivery_id)):
        return unchanged(load, kind, delivery_id, *live)
    _note_files(load, staging)
    _roll_up(load, staging.con, told)
    replaced, kept = settle(load, hours)
    rows = rows_written(load)
    if cluster and replaced:
        narrow = {"window_start": to_ms(replaced.start), "window_end": to_ms(replaced.end)}
        staging.con.execute(statement("narrow_window"), narrow).fetchall()
        rows += replace_estate(load, staging, cluster, told, (replaced.start, replaced.end))
    told_of = "; ".join([*staging.notes, *kept]) or None
    return loaded(load, kind, rows, len(staging.refused), delivery_id, hours, replaced, told_of)


def _roll_up(load: Load, desk: duckdb.DuckDBPyConnection, told: Catalog) -> None:
    """Rolls up and writes the load's rows beside those that its source held before."""
    desk.execute(statement("hour_file")).fetchall()
    if told.copies:
        run_each(desk, statement("thin_copies"), {})
    ((samples,),) = desk.execute("SELECT count(*) FROM sample").fetchall()
    batches = -(-samples // DEVICE_SAMPLES) if told.gauges else 0
    for batch in range(batches):
        desk.execute(statement("gauge_batch"), {"batches": batches, "batch": batch}).fetchall()
        roll_up(desk, DEVICES)
        _write(load, desk, "device_hour")
        _write(load, desk, "idle_stretch")
    if told.counters:
        roll_up(desk, SERVERS)
        _write(load, desk, "traffic")
        _write(load, desk, "traffic_latency")


def _write(load: Load, desk: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Carries what was rolled up into the working file."""
    provenance = {"source": load.source, "load_id": load.load_id}
    rows = desk.sql(statement(f"rows_of_{relation}"), params=provenance).to_arrow_table()
    insert(load.con, INTO[relation], rows)


def _describe(staging: Staging, told: Catalog, hours: Hours, batch: Batch) -> None:
    """Puts the catalog and the window where the roll-up looks for them."""
    con, placed = staging.con, staging.pod_labels.placed
    ((first,),) = con.execute("SELECT min(ts) FROM sample").fetchall()
    limits = {
        "read_from": to_ms(batch.read_from) if batch.read_from else first,
        "window_start": to_ms(hours.start),
        "window_end": to_ms(hours.end),
    }
    run_each(con, statement("batch_begin"), limits)
    if told.by_minute:
        con.execute(statement("by_minute"), {"series": told.by_minute}).fetchall()
    numbers = told.device_numbers
    root = {numbers[device.key]: numbers[device.parent_key] for device in list(told.devices.values())}
    _fill(con, "every_gauge", [(*gauge, root[gauge[1]]) for gauge in told.gauges])
    _fill(con, "device", [_device_row(told, device) for device in told.devices.values()])
    _fill(con, "device_holder", [(n, placed(space), pod) for (space, pod), n in told.holders.of.items()])
    _fill(con, "device_node", [(number, node) for node, number in told.nodes.of.items()])
    _fill(con, "counter", told.counters)
    _fill(con, "twin", told.twins)
    _fill(con, "copy", told.copies)
    processes = [(n, p._replace(namespace=placed(p.namespace))) for p, n in told.processes.of.items()]
    _fill(con, "process", [(number, *process) for number, process in processes])


def _device_row(told: Catalog, device: Device) -> tuple[object, ...]:
    numbers = told.device_numbers
    parent = numbers[device.parent_key] if device.device_id != device.parent_id else None
    return (
        numbers[device.key],
        parent,
        device.slices,
        device.device_id,
        device.parent_id,
        device.mig_profile,
        device.gpu_model,
        device.kind,
        device.gpu_util,
        device.spot.index or None,
        device.spot.pci_bus_id or None,
        device.spot.uuid_mask or None,
    )


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Appends rows to a table, in its order of columns; in bulk, because a fleet has many series."""
    if rows:
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        con.from_arrow(pa.table(columns, [str(place) for place in range(len(columns))])).insert_into(table)


def _check_refused(staging: Staging) -> None:
    """Raises SourceError where more than a stray line cannot be read."""
    lines = sum(file.rows for file in staging.files) + len(staging.refused)
    if rejects.is_too_many(lines, len(staging.refused)):
        first = staging.refused[: rejects.SHOWN_REJECTS]
        named = [(staging.files[line.file].uri, line.line_no, line.reason) for line in first]
        raise rejects.too_many(lines, len(staging.refused), named)


def _note_files(load: Load, staging: Staging) -> None:
    """Notes the files and what was refused in them."""
    ids = [load.add_file(file.uri, file.etag, file.bytes, file.rows) for file in staging.files]
    spans = [(i, f.first, f.last) for i, f in zip(ids, staging.files, strict=True) if f.first is not None]
    _fill(staging.con, "read_file", spans)
    for line in staging.refused:
        load.reject(ids[line.file], line.line_no, line.reason, line.raw)


def _hours(staging: Staging, batch: Batch) -> Hours | None:
    """Whole hours: those asked for, else from the first to the last sample. None = there is no sample."""
    ((first, last),) = staging.con.execute("SELECT min(ts), max(ts) FROM sample").fetchall()
    if first is None:
        return None
    if first < 0 or last >= LATEST_MS:
        raise SourceError(
            f"{', '.join(file.uri for file in staging.files)}: a sample lies before 1970 or after 2199. "
            "Nothing was changed. Mend its time: UTC, or seconds to nanoseconds since 1970."
        )
    around = Hours.around(from_ms(first), from_ms(last))
    if (
        batch.read_from is not None
    ):  # a server was read with a margin: the hours are those asked for, and whole
        return Hours(batch.hours.start or around.start, batch.hours.end or around.end)
    return around


def live_load(load: Load, delivery_id: str) -> tuple[Hours, int] | None:
    """Hours and rows of a live load with this content; None where it is to be loaded again all the same."""
    if load.again:
        return None
    found = load.con.execute(
        statement("live_window"), {"source": load.source, "delivery_id": delivery_id}
    ).fetchall()
    return (Hours(*found[0][:2]), int(found[0][2])) if found else None


def loaded(
    load: Load,
    kind: str,
    rows: int,
    rejected: int,
    delivery_id: str,
    hours: Hours,
    replaced: Hours | None,
    message: str | None,
) -> LoadResult:
    """States what became of a load's hours; one of which every hour stays as it was changed nothing."""
    told = replaced or hours
    if replaced:
        load.mark_dirty(replaced.months)
        load.replace_window(replaced.start, replaced.end)
    status: Literal["loaded", "unchanged"] = "loaded" if replaced else "unchanged"
    window = (told.start, told.end)
    load.finish(rows=rows, delivery_id=delivery_id, window=window, status=status, message=message)
    return LoadResult(load.source, kind, status, rows, rejected, window=Window(*window), message=message)


def unchanged(load: Load, kind: str, delivery_id: str, hours: Hours, rows: int) -> LoadResult:
    load.finish(rows=0, delivery_id=delivery_id, window=(hours.start, hours.end), status="unchanged")
    return LoadResult(load.source, kind, "unchanged", rows, window=Window(hours.start, hours.end))


def _nothing(load: Load, kind: str, staging: Staging, batch: Batch) -> LoadResult:
    """A server may have forgotten an old day, which must not empty ours; a file without telemetry is a mistake."""
    if batch.delivery_id is not None:
        uris = ", ".join(file.uri for file in staging.files)
        raise SourceError(
            f"{uris} holds no sample of a metric that we know (DCGM_FI_…, vllm:… and other servers', kube_pod_…) in "
            "the hours asked for."
        )
    message = "; ".join(["the server has no data for these hours; nothing was changed", *staging.notes])
    window = (batch.hours.start, batch.hours.end)
    load.finish(rows=0, window=window, status="unchanged", message=message)
    return LoadResult(load.source, kind, "unchanged", 0, window=batch.hours, message=message)


def _fingerprint(con: duckdb.DuckDBPyConnection, hours: Hours) -> str:
    """What came back over HTTP, within the hours, as one name."""
    told = con.execute(statement("fingerprint")).fetchall()
    return hashlib.sha256(repr((told, hours)).encode()).hexdigest()
