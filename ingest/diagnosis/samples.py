"""Telemetry that is read whole: nvidia-smi logs, saved answers, CloudWatch's last hours. Staged in memory, not kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb

from ingest.diagnosis.estate import Estate
from ingest.diagnosis.finding import Finding, bad, doubtful, good
from ingest.diagnosis.telemetry import hosts
from ingest.load_telemetry import TelemetrySource
from ingest.source import SourceError, Window
from ingest.telemetry.series import catalog
from ingest.telemetry.staging import Staging

LAST_HOURS = timedelta(hours=3)


def examine(source: TelemetrySource, live: bool, estate: Estate, now: datetime) -> Iterator[Finding]:
    """Reads the first batch as a load would; of a `live` source the last hours. `now`: UTC without zone."""
    window = Window(now - LAST_HOURS, now) if live else Window()
    try:
        batch = next(iter(source.batches(window, None)), None)
        if batch is None:
            yield bad("It has nothing to read.", "Check the location and the window.")
            return
        with duckdb.connect() as con:
            staging = Staging(con)
            batch.stage(staging)
            staging.flush()
            told = catalog(staging.series())
            ((samples,),) = con.execute("SELECT count(*) FROM sample").fetchall()
    except SourceError as error:
        yield bad(str(error))
        return
    if samples:
        yield good(
            f"{samples:,} samples of {len(told.devices):,} devices and {len(told.processes.of):,} model servers"
        )
    else:
        yield doubtful(
            "It answers, and has no sample that we know.", "Check what it collects, and the region."
        )
    for note in [*staging.notes, *(line.reason for line in staging.refused[:3])]:
        yield doubtful(note, "")
    yield from hosts(told, estate)
