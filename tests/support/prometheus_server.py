"""A real Prometheus on loopback, filled from OpenMetrics text."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def openmetrics(rows: Iterable[tuple[str, dict[str, str], float, float]]) -> str:
    """Rows (metric, labels, seconds since 1970, value) as text that promtool takes: a metric's samples together."""

    def spelled(name: str, value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{name}="{escaped}"'

    lines = []
    for metric, labels, moment, value in sorted(rows, key=lambda row: row[0]):
        told = ",".join(spelled(*label) for label in labels.items())
        lines.append(f"{metric}{{{told}}} {value} {moment:.3f}")
    return "\n".join([*lines, "# EOF", ""])


@contextmanager
def prometheus(folder: Path, text: str, *flags: str, scheme: str = "http") -> Iterator[str]:
    """Starts a server that holds the text; yields its address, ends it."""
    if not shutil.which("prometheus") or not shutil.which("promtool"):
        pytest.skip("prometheus and promtool are not installed: apt-get install prometheus")
    (folder / "metrics.om").write_text(text)
    (folder / "prometheus.yml").write_text("global:\n  scrape_interval: 1h\n")
    blocks = [
        "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "-q",
        folder / "metrics.om",
        folder / "data",
    ]
    subprocess.run(blocks, check=True, capture_output=True)
    address = f"127.0.0.1:{_free_port()}"
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={address}",
        *flags,
    ]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _wait(folder / "log", server)
            yield f"{scheme}://{address}"
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(log: Path, server: subprocess.Popen[bytes]) -> None:
    """Until its log says so: /-/ready would ask for the password or the certificate that a test is about."""
    end = time.monotonic() + 30
    while time.monotonic() < end and server.poll() is None:
        if "Server is ready to receive web requests" in log.read_text():
            return
        time.sleep(0.05)
    raise RuntimeError(f"Prometheus did not start:\n{log.read_text()[-2000:]}")
