"""What dashboard tests share: the small estate as a published store, and the whole app on it without a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from estate import build
from streamlit.testing.v1 import AppTest

from data.filters import Filters
from data.snapshot import open_latest

FRAME = Path(__file__).parents[2] / "dashboard" / "frame.py"
OCTOBER = Filters(date(2026, 10, 2), date(2026, 11, 1))  # the estate's last 30 days


@pytest.fixture(scope="session")
def estate(tmp_path_factory):
    """The store's folder: one snapshot of the small estate (tests/support/estate.sql)."""
    return build(tmp_path_factory.mktemp("estate"))


@pytest.fixture
def cursor(estate):
    """A read-only cursor on it."""
    return open_latest(estate).cursor()


@pytest.fixture
def october():
    """The estate's last 30 days, nothing filtered."""
    return OCTOBER


@pytest.fixture
def open_page(estate, monkeypatch) -> Callable[..., AppTest]:
    """open_page("overview", basis="busy", model=["chat-large"]): the page as a visitor of that URL gets it."""
    monkeypatch.setenv("INFERLEDGER_HOME", str(estate))

    def open_page(page: str, /, **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(FRAME), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        if page != "overview":
            app.switch_page(f"views/{page}.py").run()
        assert not app.exception, [e.message for e in app.exception]
        return app

    return open_page
