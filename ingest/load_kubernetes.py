"""What kube-state-metrics said of a load's hours, as rows of deployment_map and resource_map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from data.load import Load
from ingest.telemetry.devices import Holder
from ingest.telemetry.kubernetes import Cluster, Estate, unheld
from ingest.telemetry.series import Catalog
from ingest.telemetry.staging import HOUR_MS, Staging, from_ms, insert, run_each, statement

Placed = Callable[[str | None], str | None]  # a namespace as the store has it


def replace_estate(
    load: Load, staging: Staging, cluster: Cluster, told: Catalog, hours: tuple[datetime, datetime]
) -> int:
    """Replaces what this source's pods ran and which machines its nodes were, in the hours [start, end); returns the
    rows that the load brought. Pods and nodes that have nothing to do with accelerators or serving are left out.
    """
    served: dict[Holder, set[str]] = defaultdict(set)
    for process in told.processes.of:
        served[process.namespace, process.pod] |= {process.model} if process.model else set()
    wanted = cluster.series_of({*told.holders.of, *served}, told.nodes.of)
    seen = staging.con.execute(statement("kube_hours"), {"series": wanted}).fetchall() if wanted else []
    estate = cluster.estate(seen, served, staging.pod_labels)
    window = {"source": load.source, "start": hours[0], "end": hours[1]}
    run_each(load.con, statement("replace_kubernetes"), window)
    placed = staging.pod_labels.placed
    _write(load, estate, placed)
    run_each(load.con, statement("join_kubernetes"), window)
    staging.notes += [*estate.notes, *_unheld(load, estate, placed, window)]
    return len(estate.runs) + len(estate.stands)


def _write(load: Load, estate: Estate, placed: Placed) -> None:
    who = {"source": load.source, "load_id": load.load_id}
    runs = [
        {
            **who,
            "namespace": placed(told.namespace),
            "pod": told.pod,
            "model": told.model,
            "version": told.version,
            "team": told.team,
            "valid_from": from_ms(told.first * HOUR_MS),
            "valid_to": from_ms(told.end * HOUR_MS),
        }
        for told in estate.runs
    ]
    stands = [
        {
            **who,
            "node": told.node,
            "resource_id": told.resource_id,
            "provider_id": told.provider_id,
            "valid_from": from_ms(told.first * HOUR_MS),
            "valid_to": from_ms(told.end * HOUR_MS),
        }
        for told in estate.stands
    ]
    for table, rows in (("deployment_map", runs), ("resource_map", stands)):
        if rows:
            insert(
                load.con,
                f"INSERT INTO {table} BY NAME SELECT * FROM staged_rows",  # noqa: S608 - one of the two above
                pa.Table.from_pylist(rows),
            )


def _unheld(load: Load, estate: Estate, placed: Placed, window: dict[str, object]) -> list[str]:
    rows = load.con.execute(statement("held_and_seen"), window).fetchall()
    held = {(hour_no, (namespace, pod)) for hour_no, namespace, pod, _ in rows if pod}
    estate.asked = [replace(one, holder=(placed(one.holder[0]), one.holder[1])) for one in estate.asked]
    return unheld(estate, held, {(hour_no, node) for hour_no, _, _, node in rows if node})
