"""The demo: writes the invented company's files, and names the real sources that load them.

    python -m ingest demo

Nothing of it is loaded in another way than anyone's own exports: the files lie in <home>/demo, in the formats of AWS,
GCP, Prometheus and the mapping file, and each of the sources can be loaded again by hand.
"""

from __future__ import annotations

from pathlib import Path

from data.demo import Demo
from data.snapshot import NoSnapshot, open_latest
from ingest.options import (
    AnyOptions,
    AwsCurOptions,
    BusinessOptions,
    GcpOptions,
    PrometheusOptions,
    ResourcesOptions,
)
from ingest.progress import Progress, silent


def demo_sources(
    home: Path, progress: Progress = silent, *, days: int = 90, scale: float = 1.0
) -> list[tuple[str, AnyOptions]]:
    """Write the files and say, in order, what to load: (name, options).

    'aws' comes twice: AWS restated September, and the second delivery replaces the first, unless it is live already.
    'prometheus-30s' sees two days of 40 GPUs at a finer step, and so is their witness. days and scale: data.demo.Demo.
    """
    written = Demo(home, days, scale).write(lambda text, done: progress(f"demo: {text}", done))
    first = [] if _is_live(home, written.aws) else [written.aws_first]
    sources: list[tuple[str, AnyOptions]] = [
        *(("aws", AwsCurOptions(location=str(delivery))) for delivery in (*first, written.aws)),
        ("gcp", GcpOptions(location=str(written.gcp))),
        ("estate", ResourcesOptions(location=str(written.resources))),
        ("prometheus", PrometheusOptions(location=str(written.telemetry))),
        ("helpdesk", BusinessOptions(location=str(written.business))),
    ]
    if written.telemetry_30s:
        sources.append(("prometheus-30s", PrometheusOptions(location=str(written.telemetry_30s))))
    return sources


def _is_live(home: Path, delivery: Path) -> bool:
    """Whether the newest snapshot holds lines of this folder: an older delivery would take them away again."""
    try:
        cursor = open_latest(home).cursor()
    except NoSnapshot:
        return False
    live = """SELECT count(*) FROM file JOIN load USING (load_id)
        WHERE load.status = 'loaded' AND starts_with(file.uri, $folder)"""
    ((files,),) = cursor.execute(live, {"folder": f"{delivery}/"}).fetchall()
    return bool(files)
