"""Reference tables into the store: a source's rows are replaced whole."""

from __future__ import annotations

from collections.abc import Sequence

from data.load import Load
from data.sql import sql
from data.warehouse import Warehouse
from ingest.progress import Progress, silent
from ingest.rejects import keep
from ingest.source import LoadResult, Window
from ingest.sources.resources import Deployment, Machine, Resources


def load_resources(
    wh: Warehouse,
    source_name: str,
    source: Resources,
    window: Window,  # noqa: ARG001 - every loader is called alike
    progress: Progress = silent,
) -> list[LoadResult]:
    """Replaces what this source said of machines and deployments. Raises SourceError.

    What is said holds for all time (but for valid_from and valid_to), so every month is built again; a window means
    nothing here.
    """
    progress(f"{source_name}: {source.location}")
    with wh.load(source_name, source.kind, "reference") as load:
        estate = source.read()
        rows = len(estate.machines) + len(estate.deployments)
        if not load.again and _is_live(load, estate.file.etag):
            load.finish(rows=0, delivery_id=estate.file.etag, status="unchanged")
            return [LoadResult(source_name, source.kind, "unchanged", rows)]
        file_id = load.add_file(estate.file.uri, estate.file.etag, estate.file.bytes, rows)
        keep(load, file_id, estate.unusable)
        load.replace_reference()
        _replace(load, estate.machines, estate.deployments)
        load.con.execute(sql("work/mark_all_months")).fetchall()
        load.finish(rows=rows, delivery_id=estate.file.etag)
    return [LoadResult(source_name, source.kind, "loaded", rows, len(estate.unusable))]


def _replace(load: Load, machines: Sequence[Machine], deployments: Sequence[Deployment]) -> None:
    con, who = load.con, [load.source, load.load_id]
    con.execute("DELETE FROM resource_map WHERE source = ?", [load.source]).fetchall()
    con.execute("DELETE FROM deployment_map WHERE source = ?", [load.source]).fetchall()
    for machine in machines:
        con.execute(
            "INSERT INTO resource_map VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",  # holds for all time
            [
                *who,
                machine.node,
                machine.resource_id,
                machine.provider_id,
                machine.instance_type,
                machine.device_model,
                machine.device_count,
            ],
        ).fetchall()
    for told in deployments:
        con.execute(
            "INSERT INTO deployment_map VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *who,
                told.namespace,
                told.pod,
                told.served_name,
                told.resource_id,
                told.model,
                told.version,
                told.endpoint,
                told.mode,
                told.team,
                told.valid_from,
                told.valid_to,
            ],
        ).fetchall()


def _is_live(load: Load, delivery_id: str) -> bool:
    """Whether the last load of this source brought the same content."""
    last = load.con.execute(
        "SELECT delivery_id FROM load WHERE source = ? AND status = 'loaded' ORDER BY load_id DESC LIMIT 1",
        [load.source],
    ).fetchall()
    return last == [(delivery_id,)]
