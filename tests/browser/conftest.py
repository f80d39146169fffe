"""One browser, one dashboard on the small estate, and a way to visit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from estate import build
from served import CHROMIUM, CHROMIUM_ARGS, serving, settled


def pytest_collection_modifyitems(items):
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


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
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
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
        tab.set_default_timeout(60_000)
        tab.goto(f"{base}/{path}")
        settled(tab)
        return tab

    yield visit
    for tab in tabs:
        tab.close()
