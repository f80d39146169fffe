"""Reading while loading: ten ingests replace the month that a browser session is looking at.

After ingest n every day of October costs n × $10, and ingest n publishes snapshot n. So whatever is on the screen says
by itself whether it is whole: the snapshot's number and the money have to agree.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest
from served import REPOSITORY, serving, settled

INGESTS = 10
HEADER = "BillingAccountId,BillingCurrency,BillingPeriodStart,BilledCost,ChargeCategory,ChargePeriodStart,ProviderName"
# link in the navigation, and what only that page says: (link, words)
TOUR = (
    ("Data", "Reconciliation by billing period"),
    ("Idle GPUs", "Whether GPUs stood idle is unknown"),
    ("Overview", "Spend was"),
)


def ingest(home: Path, turn: int) -> subprocess.Popen[str]:
    """The command line, loading and publishing October at `turn` × $10 a day."""
    bill = home.parent / f"turn-{turn}.csv"
    lines = [f"100,USD,2026-10-01,{10 * turn},Usage,2026-10-{day:02}T00:00:00Z,AWS" for day in range(1, 32)]
    bill.write_text("\n".join([HEADER, *lines, ""]))
    return subprocess.Popen(
        [sys.executable, "-m", "ingest", "focus", str(bill)],
        cwd=REPOSITORY,
        env={**os.environ, "INFERLEDGER_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> None:
    said, _ = process.communicate()
    assert process.returncode == 0, said


@pytest.fixture
def store(tmp_path) -> Path:
    """A store after ingest 1."""
    home = tmp_path / "store"
    finish(ingest(home, 1))
    return home


@dataclass
class Reader:
    """Somebody who goes from page to page in one tab, and never reloads it."""

    tab: object
    tour: Iterator[tuple[str, str]] = field(default_factory=lambda: cycle(TOUR))

    def next_page(self) -> int:
        """Clicks the next link; returns the snapshot that the page is drawn from, having checked that it is whole."""
        link, words = next(self.tour)
        self.tab.get_by_role("link", name=link, exact=True).click()
        self.tab.get_by_text(words).first.wait_for()
        settled(self.tab)
        return self.whole(words)

    def whole(self, words: str) -> int:
        text = self.tab.inner_text('[data-testid="stMain"]')
        assert self.tab.locator('[data-testid="stException"]').count() == 0, text
        assert words in text
        assert "reconciled, unexplained $0.00" in text
        (snapshot,) = re.findall(r"snapshot (\d+)", text)
        if words == "Spend was":  # the last 30 of October's 31 days
            assert f"Spend was ${300 * int(snapshot):,} in Oct 2 – Oct 31, 2026" in text
        return int(snapshot)


@pytest.mark.slow
def test_a_session_keeps_showing_numbers_through_ten_ingests(visit, store):
    with serving(store) as url:
        tab = visit(base=url)
        reader = Reader(tab)
        started = tab.evaluate("performance.timeOrigin")
        assert reader.whole("Spend was") == 1

        for turn in range(2, INGESTS + 2):
            process = ingest(store, turn)
            try:
                while True:
                    ended = process.poll() is not None
                    assert turn - 1 <= reader.next_page() <= turn
                    if ended:
                        break
            finally:
                finish(process)

        assert {reader.next_page() for _ in TOUR} == {
            INGESTS + 1
        }  # the Overview with its $3,300 is one of them
        assert tab.evaluate("performance.timeOrigin") == started  # the same document all along
