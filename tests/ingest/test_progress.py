"""How far a load is: lines and bytes of a bill, rows of telemetry; on a terminal alone, and never in the output."""

from __future__ import annotations

import sys

import pytest
from cost_store import FOCUS_LINE, write_csv

from data.model.settings import ModelSettings
from ingest import report
from ingest.options import FocusOptions, PrometheusOptions
from ingest.run import run
from ingest.source import Window


@pytest.fixture
def steps(wh):
    """What is told while a source is loaded, and the part that is done."""

    def load(options):
        told = []
        run(
            wh,
            [("src", options)],
            Window(),
            ModelSettings(),
            lambda text, done=None: told.append((text, done)),
        )
        return told

    return load


def test_a_bill_tells_lines_and_bytes_file_by_file(steps, tmp_path):
    first = write_csv(tmp_path / "bill/a.csv", [FOCUS_LINE] * 30)
    second = write_csv(tmp_path / "bill/b.csv", [FOCUS_LINE | {"ResourceId": "i-2"}] * 1200)
    sizes = [path.stat().st_size for path in (first, second)]
    whole = f"{sum(sizes) / 1000:.1f} kB"
    assert steps(FocusOptions(location=str(tmp_path / "bill"))) == [
        ("src: start", None),
        (f"src: a.csv · 0 lines, 0 bytes of {whole}", 0.0),
        (f"src: b.csv · 30 lines, {sizes[0] / 1000:.1f} kB of {whole}", sizes[0] / sum(sizes)),
        ("src: write 1,230 lines", None),
        ("publish", None),
    ]


def test_telemetry_tells_hours_and_rows(steps, tmp_path):
    labels = 'UUID="GPU-1",gpu="0",modelName="NVIDIA H100",Hostname="a"'
    for day in (1, 2):
        lines = [f"DCGM_FI_DEV_GPU_UTIL{{{labels}}} 5 {1790812800 + 86400 * day + 30 * n}" for n in range(10)]
        (tmp_path / f"{day}.om").write_text("\n".join([*lines, "# EOF", ""]))
    told = [text for text, _ in steps(PrometheusOptions(location=str(tmp_path)))]
    assert told[0] == "src: start"
    assert told[1].endswith(" · 0 rows")
    assert told[-1] == "publish"


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_is_on_standard_error_and_on_a_terminal_alone(capsys, monkeypatch, terminal):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    with report.progress() as show:
        show("aws: gpu-00001.csv · 30 lines, 1.2 kB of 2.4 kB", 0.5)
    out, err = capsys.readouterr()
    assert out == ""
    assert ("gpu-00001.csv" in err) == terminal
