"""The demo: writes the invented company's files, and names the real sources that load them.

    python -m ingest demo

Nothing of it is loaded in another way than anyone's own exports: the files lie in <home>/demo, in the formats of AWS,
GCP, Prometheus and the mapping file, and each of the sources can be loaded again by hand.
"""

from __future__ import annotations

from pathlib import Path

from data.demo import Demo
from ingest.progress import Progress, silent
from ingest.settings import (
    AnyOptions,
    AwsCurOptions,
    GcpOptions,
    PrometheusOptions,
    ResourcesOptions,
)


def demo_sources(
    home: Path, progress: Progress = silent, *, days: int = 90, scale: float = 1.0
) -> list[tuple[str, AnyOptions]]:
    """Write the files and say, in order, what to load: (name, options).

    'aws' comes twice: AWS restated September, and the second delivery replaces the first. 'prometheus-30s' sees two
    days of 40 GPUs at a finer step, and so is their witness. days and scale: data.demo.Demo.
    """
    written = Demo(home, days, scale).write(lambda text, done: progress(f"demo: {text}", done))
    sources: list[tuple[str, AnyOptions]] = [
        ("aws", AwsCurOptions(location=str(written.aws_first))),
        ("aws", AwsCurOptions(location=str(written.aws))),
        ("gcp", GcpOptions(location=str(written.gcp))),
        ("estate", ResourcesOptions(location=str(written.resources))),
        ("prometheus", PrometheusOptions(location=str(written.telemetry))),
    ]
    if written.telemetry_30s:
        sources.append(("prometheus-30s", PrometheusOptions(location=str(written.telemetry_30s))))
    return sources
