"""A mapping file: can it be read, and does it speak of machines that are billed and hosts that were seen."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.diagnosis.estate import Estate
from ingest.diagnosis.finding import Finding, bad, doubtful, good, some
from ingest.source import SourceError
from ingest.sources.resources import Resources

MOST_SHOWN = 3


def examine(source: Resources, estate: Estate) -> Iterator[Finding]:
    """Ids are held against the newest snapshot; without one, only the file is read."""
    try:
        told = source.read()
    except SourceError as error:
        yield bad(str(error))
        return
    yield good(f"{len(told.machines)} machines and {len(told.deployments)} deployments")
    for row in told.unusable[:MOST_SHOWN]:
        place = "" if row.line_no is None else f"line {row.line_no}: "
        yield doubtful(f"A row cannot be used, {place}{row.reason}", "Mend it: it is left out.")
    ids = {machine.resource_id for machine in told.machines}
    ids |= {deployment.resource_id for deployment in told.deployments if deployment.resource_id}
    if estate.billed and (unknown := sorted(ids - estate.billed)):
        yield doubtful(
            f"No bill names {some(unknown)}.",
            "Write the ids as they stand on the bill, or load the bill that has them.",
        )
    hosts = {machine.node for machine in told.machines if machine.node}
    if estate.nodes and (unseen := sorted(hosts - estate.nodes)):
        yield doubtful(
            f"Telemetry never named the hosts {some(unseen)}.",
            "Write them as telemetry does (label Hostname or node).",
        )
