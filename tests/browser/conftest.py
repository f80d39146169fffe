"""The dashboard on a free port, and Debian's Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from estate import build

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("INFERLEDGER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE = 60  # seconds until a server answers; a loaded machine is slow, a broken one is silent


def pytest_collection_modifyitems(items):
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The dashboard's address, on a store, as `streamlit run` serves it; its log is printed when it does not start."""
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
    pytest.fail(f"The dashboard did not answer at {url} within {PATIENCE} s. Its log:\n{log}")


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory) -> Iterator[str]:
    """The address of a dashboard on the small estate (tests/support/estate.sql)."""
    with serving(build(tmp_path_factory.mktemp("estate"))) as url:
        yield url


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for all tests; skips, with the reason, where it is not installed."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (group browser)"
    )
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium: install Debian's package chromium, or set INFERLEDGER_CHROMIUM")
    with playwright.sync_playwright() as driver:
        # root in a container has no sandbox; the only pages it opens are our own
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(chromium) -> Iterator[Callable]:
    """windows(width, height, scheme): a browser window of that shape; its tabs share a cache, as a visitor's do."""
    opened = {}

    def window(width: int, height: int, scheme: str):
        shape = (width, height, scheme)
        if shape not in opened:
            viewport = {"width": width, "height": height}
            opened[shape] = chromium.new_context(viewport=viewport, color_scheme=scheme)
        return opened[shape]

    yield window
    for context in opened.values():
        context.close()


@pytest.fixture
def visit(windows, dashboard) -> Iterator[Callable]:
    """visit("idle?period=Last+7+days", width=390, scheme="dark"): a fresh tab on that page, done running."""
    tabs = []

    def visit(
        path: str = "", *, base: str = dashboard, width: int = 1440, height: int = 900, scheme: str = "light"
    ):
        tab = windows(width, height, scheme).new_page()
        tabs.append(tab)
        tab.set_default_timeout(30_000)
        tab.goto(f"{base}/{path}")
        settled(tab)
        return tab

    yield visit
    for tab in tabs:
        tab.close()


def settled(tab) -> None:
    """Waits until the app has run to its end and drawn what it sent."""
    tab.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    tab.wait_for_selector('[data-testid="stMain"] [data-testid="stElementContainer"]')
    tab.wait_for_function("!document.querySelector('[data-testid=\"stSkeleton\"]')")
