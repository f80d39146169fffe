"""Photographs every page of the demo estate, to be looked at: light and dark, on a desk and on a phone.

`make shots`: into tests/browser/shots/, whole pages; docs/overview.png for the README besides, one screen of a desk.
Reads the store at INFERLEDGER_HOME, and builds the demo there when it is empty.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

from served import CHROMIUM, CHROMIUM_ARGS, REPOSITORY, serving, settled  # noqa: E402

from data.home import pointer_file, store_home  # noqa: E402

SHOTS = HERE / "shots"
README_SHOT = REPOSITORY / "docs" / "overview.png"
PAGES = ("", "unit_cost", "invoice", "utilisation", "idle", "versions", "roi", "data")
SHAPES = {"desktop": (1440, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
COLOURS = 256  # a picture of figures and flat areas looks the same with a palette, at a third of the bytes
TRIES = 40  # of two pictures in a row that are to be equal


def main() -> None:
    """Every picture of every page, then the README's."""
    home = store_home()
    if not pointer_file(home).exists():
        subprocess.run([sys.executable, "-m", "ingest", "demo"], cwd=REPOSITORY, check=True)
    SHOTS.mkdir(exist_ok=True)
    README_SHOT.parent.mkdir(exist_ok=True)
    with serving(home) as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        for shape, size in SHAPES.items():
            for scheme in SCHEMES:
                _all_pages(browser, url, shape, size, scheme)
        browser.close()


def _all_pages(browser: Browser, url: str, shape: str, size: tuple[int, int], scheme: str) -> None:
    """A picture of every page in one window; a light desk gives the README's as well."""
    width, height = size
    window = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    tab = window.new_page()
    tab.set_default_timeout(120_000)
    for path in PAGES:
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(f"{url}/{path}")
        settled(tab)
        name = path or "overview"
        screen = _still(tab)
        if (name, shape, scheme) == ("overview", "desktop", "light"):
            _write(screen, README_SHOT)
        # Streamlit scrolls an element inside the window: a window as high as the page shows all of it
        whole = tab.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
        tab.set_viewport_size({"width": width, "height": max(height, whole)})
        _write(_still(tab), SHOTS / f"{name}-{shape}-{scheme}.png")
    window.close()


def _still(tab: Page) -> bytes:
    """A picture that equals the one before it: charts and tables have been drawn to their end."""
    settled(tab)
    last = b""
    for _ in range(TRIES):
        tab.evaluate("new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn, 250)))")
        picture = tab.screenshot(animations="disabled")
        if picture == last:
            break
        last = picture
    return last


def _write(picture: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    shown = path.relative_to(REPOSITORY)
    print(f"{shown}: {image.width} × {image.height}, {path.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
