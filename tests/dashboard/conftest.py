"""What dashboard tests share: the small estate as a published store, and the whole app on it without a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pytest
from estate import build
from streamlit.testing.v1 import AppTest
from visitor import visit

from data.filters import Filters
from data.home import snapshot_file
from data.snapshot import open_latest

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
def changed(tmp_path, monkeypatch) -> Callable[[str], duckdb.DuckDBPyConnection]:
    """changed("UPDATE …"): a cursor on a small estate of one's own after these statements, which pages then show."""

    def changed(statements: str) -> duckdb.DuckDBPyConnection:
        home = build(tmp_path)
        with duckdb.connect(str(snapshot_file(home, 1))) as con:
            con.execute(statements)
        monkeypatch.setenv("INFERLEDGER_HOME", str(home))
        return open_latest(home).cursor()

    return changed


@pytest.fixture
def october():
    """The estate's last 30 days, nothing filtered."""
    return OCTOBER


@pytest.fixture
def open_page(estate, monkeypatch) -> Callable[..., AppTest]:
    """open_page("overview", basis="busy", model=["chat-large"]): the page as a visitor of that URL gets it."""
    monkeypatch.setenv("INFERLEDGER_HOME", str(estate))
    return visit
