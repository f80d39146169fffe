"""Which delivery of a billing period counts: the newer one, by the time at which its provider says that it was made.

The time is the manifest's, else the export time on the lines. A file's own time only says when it was copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from data.load import Load
from data.restatement import Restatement
from ingest.raw import Column, RawFile, conform, has_column
from ingest.source import SourceError
from ingest.staged import StagedFile

EXPORTED = ("x_ExportTime", "export_time")  # GCP's FOCUS export, and its other ones
NOTABLE = Decimal("0.05")  # share of lines or total whose loss is told aloud


def note_export_times(load: Load, opened: RawFile, lines: StagedFile) -> None:
    """Keeps the latest export time of the file's lines per billing period, where it has such a column."""
    if not any(has_column(opened, name) for name in EXPORTED):
        return
    conform(opened, [Column("exported", "time", EXPORTED)], {}, view="exported_raw")
    load.con.execute(_sql("export_times"), {"staged": str(lines.path)})
    load.con.execute("DROP VIEW exported_raw")


def prepare(load: Load) -> None:
    """Once per load, before its files are staged."""
    load.con.execute("CREATE OR REPLACE TEMP TABLE export_time (billing_period DATE, made_at TIMESTAMP)")


def times(load: Load, periods: Iterable[date], stated: datetime | None) -> dict[date, datetime]:
    """When the delivery was made, as far as it tells: `stated` by its manifest, else by its lines."""
    if stated is not None:
        moment = stated.astimezone(UTC).replace(tzinfo=None) if stated.tzinfo else stated
        return dict.fromkeys(periods, moment)
    rows = load.con.execute("SELECT billing_period, max(made_at) FROM export_time GROUP BY 1").fetchall()
    return {period: made for period, made in rows if made is not None}


def refuse_older(load: Load, made: Mapping[date, datetime]) -> None:
    """Raises SourceError where the store holds a newer delivery of a period, unless the load is to replace it."""
    if load.again:
        return
    for period, live in _live(load).items():
        if period in made and made[period] < live:
            raise SourceError(
                f"This delivery of {period:%Y-%m} was made on {made[period]:%Y-%m-%d %H:%M:%S} UTC, and "
                f"'{load.source}' holds a newer one, of {live:%Y-%m-%d %H:%M:%S} UTC. Nothing of it was loaded. "
                "Load the newest delivery; or say --replace if the older one is to take its place."
            )


def keep(load: Load, made: Mapping[date, datetime]) -> None:
    """Notes when the delivery was made, for the ones that come after it."""
    for period, moment in made.items():
        told = [load.load_id, load.source, period, moment]
        load.con.execute("INSERT INTO delivery_time VALUES (?, ?, ?, ?)", told).fetchall()


def shrunk(load: Load, replaced: Iterable[Restatement], made: Mapping[date, datetime]) -> list[str]:
    """What to say aloud of periods that lost lines or money to a delivery of which nobody knows that it is newer."""
    known = set(load.con.execute(_sql("times_before"), {"load_id": load.load_id}).fetchall())
    return [
        f"ATTENTION: {row.billing_period:%Y-%m} has {row.lines_after:,} lines now after {row.lines_before:,}"
        f"{_billed(row)}, and nothing tells whether this delivery is newer than the one it replaced. If it is older, "
        "load the newer one again with --replace"
        for row in replaced
        if _is_notable(row) and not (row.billing_period in made and (row.billing_period,) in known)
    ]


def _is_notable(row: Restatement) -> bool:
    before, after = row.billed_before, row.billed_after
    if row.lines_after < row.lines_before * (1 - NOTABLE):
        return True
    return before is not None and after is not None and before - after > abs(before) * NOTABLE


def _billed(row: Restatement) -> str:
    if row.billed_before is None or row.billed_after is None:
        return ""
    return f", {row.billed_after:,.2f} {row.currency} after {row.billed_before:,.2f}"


def _live(load: Load) -> dict[date, datetime]:
    rows = load.con.execute(_sql("live_times"), {"source": load.source, "load_id": load.load_id}).fetchall()
    return dict(rows)


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
