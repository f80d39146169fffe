"""What tests of the ingest share: an open store, what doctor says, retries without waiting."""

from __future__ import annotations

import json

import pytest
import stamina
from click.testing import CliRunner

from data.warehouse import Warehouse
from ingest.__main__ import main


@pytest.fixture
def wh(home):
    """An empty store, open for writing."""
    with Warehouse.open(home) as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(wh):
    """The same, by its whole name."""
    return wh


@pytest.fixture
def doctor(home, tmp_path, monkeypatch):  # noqa: ARG001 - home sets INFERLEDGER_HOME
    """Writes inferledger.toml with this [model] and these sources; answers what doctor says of it and its exit code."""
    monkeypatch.chdir(tmp_path)

    def examine(model="", **sources):
        tables = [
            "\n".join([f"[sources.{name}]", *(f"{key} = {json.dumps(str(v))}" for key, v in options.items())])
            for name, options in sources.items()
        ]
        (tmp_path / "inferledger.toml").write_text("\n".join([model, *tables]))
        result = CliRunner().invoke(main, ["doctor"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.output, result.exit_code

    return examine


@pytest.fixture
def no_waiting():
    """Three attempts, one right after the other."""
    with stamina.set_testing(True, attempts=3):
        yield
