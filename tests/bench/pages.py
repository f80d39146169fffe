"""From a click to a painted page, in a real browser: each page against one of the same elements with constant data.

Both are Streamlit apps behind the same kind of ASGI entry; clicks take turns. Every page is clicked twice on the same
filters: the first time its questions go to the store, the second time they come from the cache.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from measure import Row, median, percentile
from playwright.sync_api import Page, sync_playwright
from server import Server, serving
from setting import REPOSITORY, Setting

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("INFERLEDGER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PATHS = {name: f"/{name}" for name in ("unit_cost", "utilisation", "idle", "versions", "data", "roi")}
PAGES = {"overview": "/", **PATHS}
LANDING = "roi"  # the quickest: each round begins there
SETTLED = 1000  # ms without a change: then a page draws nothing more
AIM = "≤ 1.5 ×"


@dataclass
class Tab:
    """One app in one browser window, and what each of its pages is known to have."""

    page: Page
    base: str
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def open(self, name: str, query: str = "") -> None:
        self.page.goto(f"{self.base}{PAGES[name]}{query}")
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')

    def learn(self) -> None:
        """Visits every page once, which also brings the browser's own code and caches in."""
        for name in PAGES:
            self.open(name)
            self.known[name] = self._settled()
            if self.page.locator('[data-testid="stException"]').count():
                raise RuntimeError(f"{self.base}{PAGES[name]} shows an exception")

    def _settled(self) -> dict[str, Any]:
        """What the page has once that changes no more."""
        before: dict[str, Any] = {}
        while (found := self.page.evaluate((HERE / "pages.js").read_text())) != before:
            before = found
            self.page.wait_for_timeout(SETTLED)
        return before

    def click(self, name: str) -> float:
        """Milliseconds from the click on a page's link until it is painted."""
        self.page.bring_to_front()
        wanted = [PAGES[name], self.known[name]["elements"]]
        return float(self.page.evaluate((HERE / "click.js").read_text(), wanted))


def measure(setting: Setting) -> list[Row]:
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with both(setting) as (ours, constant, server, floor):
        for turn in range(setting.repeats(4)):
            ours.open(LANDING, _filters(turn))
            constant.open(LANDING)
            ours.page.wait_for_timeout(SETTLED)
            for round_ in ("first", "cached"):
                for name in (name for name in PAGES if name != LANDING):
                    times[name, round_].append(ours.click(name))
                    times[name, "floor"].append(constant.click(name))
                times[LANDING, round_].append(ours.click(LANDING))
                times[LANDING, "floor"].append(constant.click(LANDING))
        memory = Row(
            "peak memory of the dashboard ÷ of the constant app", server.peak_mb, floor.peak_mb, "MB", 1
        )
    return [*_rows(times), memory]


def _rows(times: defaultdict[tuple[str, str], list[float]]) -> Iterator[Row]:
    for round_, said, aim in (("cached", "answers cached", AIM), ("first", "first time", "")):
        for name in PAGES:
            if (name, round_) == (LANDING, "first"):
                continue  # opening the round there has asked its questions already
            ours = times[name, round_]
            floor = median(times[name, "floor"])
            yield Row(
                f"click → painted {name}, {said} ÷ constant data", median(ours), floor, "ms", len(ours), aim,
                p95=percentile(ours, 0.95),
            )  # fmt: skip


def _filters(turn: int) -> str:
    """A period of its own for each turn, so that its first visit finds no answer in the cache."""
    last = date(2026, 10, 30) - timedelta(days=turn)
    custom = [("period", "Custom range"), ("range", last - timedelta(days=29)), ("range", last)]
    return f"?{urlencode(custom)}"


@contextmanager
def both(setting: Setting) -> Iterator[tuple[Tab, Tab, Server, Server]]:
    """The dashboard on the demo store, and the constant app with the same elements, each in its own window."""
    with setting.folder() as folder, sync_playwright() as driver:
        shapes = folder / "shapes.json"
        # root in a container has no sandbox; the only pages it opens are our own
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with serving(REPOSITORY / "dashboard" / "app.py", {"INFERLEDGER_HOME": str(setting.demo)}) as server:
            ours = _tab(browser.new_context(viewport={"width": 1440, "height": 900}).new_page(), server)
            shapes.write_text(json.dumps(ours.known))
            with serving(HERE / "constant_app.py", {"INFERLEDGER_BENCH_SHAPES": str(shapes)}) as floor:
                constant = _tab(
                    browser.new_context(viewport={"width": 1440, "height": 900}).new_page(), floor
                )
                yield ours, constant, server, floor
        browser.close()


def _tab(page: Page, server: Server) -> Tab:
    page.set_default_timeout(60_000)
    tab = Tab(page, server.url)
    tab.learn()
    return tab
