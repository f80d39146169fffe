"""What every test may ask for: an empty store, and the recordings that others made."""

from __future__ import annotations

import ast
import functools
import gc
import os
import subprocess
import sys
from pathlib import Path

import hypothesis  # noqa: F401 - now: at the end, when its plugin would, CPython 3.11 may fail to parse it (cpython 106905)
import pytest
from hypothesis import settings

# how long an example takes says how busy the machine is, not whether the code is right
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

REPOSITORY = Path(__file__).resolve().parent.parent


def _undisturbed(parse):
    """`parse`, with no collection of garbage meanwhile: CPython 3.11 answers one that comes while it builds a tree with
    "AST constructor recursion depth mismatch" (cpython 106905); hypothesis and pytest parse the tests that they run.
    """

    @functools.wraps(parse)
    def parsed(*args, **kwargs):
        collecting = gc.isenabled()
        gc.disable()
        try:
            return parse(*args, **kwargs)
        finally:
            if collecting:
                gc.enable()

    return parsed


ast.parse = _undisturbed(ast.parse)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty store of its own; INFERLEDGER_HOME points to it."""
    path = tmp_path / "store"
    monkeypatch.setenv("INFERLEDGER_HOME", str(path))
    return path


@pytest.fixture(scope="session")
def recordings():
    """The folder of recordings (INFERLEDGER_RECORDINGS, else ../shared/data); skips where it is absent."""
    path = Path(os.environ.get("INFERLEDGER_RECORDINGS") or REPOSITORY.parent / "shared" / "data").resolve()
    if not path.is_dir():
        pytest.skip(f"no recordings at {path}: set INFERLEDGER_RECORDINGS to their folder")
    return path


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory):
    """A store with the whole demo estate, built once by the command line, as `make run` does (about a minute)."""
    home = tmp_path_factory.mktemp("demo") / "store"
    command = [sys.executable, "-m", "ingest", "demo"]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "INFERLEDGER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def pytest_collection_modifyitems(items):
    """A test that asks for the recordings is a recording test, without saying it twice. Of several workers one has all
    of a file, whose tests share fixtures, and one all that stand on the demo estate, which takes a minute to build.
    """
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "recordings" in asked:
            item.add_marker(pytest.mark.recordings)
        item.add_marker(pytest.mark.xdist_group("demo" if "demo_home" in asked else item.path.as_posix()))


def pytest_terminal_summary(terminalreporter):
    """Says how many recording tests ran: done means that none was skipped."""

    def count(*outcomes):
        reports = (report for outcome in outcomes for report in terminalreporter.stats.get(outcome, []))
        return sum(1 for report in reports if "recordings" in getattr(report, "keywords", {}))

    ran, skipped = count("passed", "failed"), count("skipped")
    terminalreporter.write_line(f"recording tests: {ran} run, {skipped} skipped")


def pytest_sessionfinish(session):
    """In CI a skipped browser, Prometheus or BigQuery test is a failure: there, nothing may be missing."""
    if not os.environ.get("INFERLEDGER_CI"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    must_run = {"browser", "prometheus", "bigquery"}
    skipped = [
        r.nodeid for r in reporter.stats.get("skipped", []) if must_run & set(getattr(r, "keywords", {}))
    ]
    if skipped:
        reporter.write_line(f"\nskipped, but must run in CI: {', '.join(skipped)}", red=True)
        session.exitstatus = 1
