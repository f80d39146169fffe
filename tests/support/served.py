"""The dashboard on a free port, as `streamlit run` serves it, and Debian's Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("INFERLEDGER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
# root in a container has no sandbox; the only pages it opens are our own
CHROMIUM_ARGS = ["--no-sandbox"]
PATIENCE = 60  # seconds until a server answers; a loaded machine is slow, a broken one is silent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The dashboard's address, on a store. Its log is part of the RuntimeError when it does not start."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", f"--server.port={port}"]
    environment = {**os.environ, "INFERLEDGER_HOME": str(home)}
    server = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


def _wait_until_healthy(url: str, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    server.terminate()
    log, _ = server.communicate()
    raise RuntimeError(f"The dashboard did not answer at {url} within {PATIENCE} s. Its log:\n{log}")


def settled(tab) -> None:
    """Waits until the app has run to its end and drawn what it sent."""
    tab.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    tab.wait_for_selector('[data-testid="stMain"] [data-testid="stElementContainer"]')
    tab.wait_for_function("!document.querySelector('[data-testid=\"stSkeleton\"]')")
