"""The pack on paper: the HTML, printed by the Chromium (or Chrome, or Edge) of this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PATIENCE = 120  # seconds


class NoPdf(RuntimeError):
    """No browser prints here; the message says what to install, or to print the HTML by hand."""


def pdf(document: str) -> bytes:
    """The printed document. Raises NoPdf."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise NoPdf(
            f"No browser was found to print the PDF with; looked for {', '.join(BROWSERS)}. Install one (Debian: apt "
            "install chromium), or open the HTML and print it."
        )
    with TemporaryDirectory(prefix="inferledger-") as folder:
        page, paper = Path(folder) / "pack.html", Path(folder) / "pack.pdf"
        page.write_text(document, encoding="utf-8")
        # a sandbox of its own cannot be had by root or in most containers; the page is ours and loads nothing
        told = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                f"--user-data-dir={folder}/profile", f"--print-to-pdf={paper}", page.as_uri()]  # fmt: skip
        try:
            printed = subprocess.run(told, capture_output=True, timeout=PATIENCE, text=True, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoPdf(f"{browser} did not print the PDF: {error}. Open the HTML and print it.") from error
        if not paper.exists():
            last = (printed.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise NoPdf(f"{browser} printed no PDF: {last}. Open the HTML and print it.")
        return paper.read_bytes()
