"""Owned machines into the store: what the configuration states now, and nothing that only an older one stated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from data.restatement import told
from data.warehouse import Warehouse
from ingest.load_cost import load_deliveries
from ingest.manifests import touches
from ingest.progress import Progress, silent
from ingest.source import LoadResult, Window
from ingest.sources.on_prem import OnPrem


def load_on_prem(
    wh: Warehouse, source_name: str, source: OnPrem, window: Window, progress: Progress = silent
) -> list[LoadResult]:
    """Loads every month that the machines are charged in, and withdraws the others that the source still holds.

    The configuration is all that the source knows, so a month that it no longer states was never charged. Only months
    that touch the window are loaded or withdrawn. Raises SourceError; what was loaded before it stays.
    """
    results = load_deliveries(wh, source_name, source, window, progress)
    stated = {result.billing_period for result in results}
    gone = [month for month in _held(wh, source_name) if month not in stated and touches(month, window)]
    if gone:  # then a window without a month of it has not left everything as it was
        charged = [result for result in results if result.billing_period]
        results = [*charged, _withdraw(wh, source_name, source, gone)]
    if window == Window() and not wh.mode.rehearse:  # a machine's last month may lie outside of a window
        names = [machine.resource for machine in source.machine]
        wh.con.execute(_sql("forget_machines"), {"source": source_name, "machines": names}).fetchall()
    return results


def _withdraw(wh: Warehouse, name: str, source: OnPrem, gone: list[date]) -> LoadResult:
    with wh.load(name, source.kind, "cost") as load:
        for month in gone:
            load.mark_dirty([month])
            load.drop_cost_period(month)
        replaced = load.restatements()
        months = f"{gone[0]:%Y-%m}" + (f" … {gone[-1]:%Y-%m}" if len(gone) > 1 else "")
        why = f"{source.config_file.name} no longer states {months}: taken out"
        message = "; ".join([why, *told(replaced)])
        only = gone[0] if len(gone) == 1 else None
        load.finish(rows=0, billing_period=only, message=message)
    return LoadResult(name, source.kind, "loaded", 0, billing_period=only, message=message, replaced=replaced)


def _held(wh: Warehouse, name: str) -> list[date]:
    rows = wh.con.execute(_sql("held_periods"), {"source": name}).fetchall()
    return [period for (period,) in rows]


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
