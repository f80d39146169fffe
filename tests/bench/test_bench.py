"""The bench runs and prints its table. What the figures are is not tested: no test asserts a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

BENCH = Path(__file__).parent


@pytest.mark.slow
def test_a_quick_bench_prints_a_row_for_each_measurement(tmp_path):
    command = [sys.executable, str(BENCH), "--quick", "--only", "billing,memory", "--cache", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    for row in ("10,000 CUR 2.0 lines ÷", "faster than pandas", "peak memory of ingesting"):
        assert row in done.stdout
    assert "ratio" in done.stdout


def test_a_measurement_that_does_not_exist_is_named():
    done = subprocess.run(
        [sys.executable, str(BENCH), "--only", "speed"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "no measurement called speed; there are billing, telemetry" in done.stderr


def test_the_constant_page_draws_every_kind_of_element(tmp_path, monkeypatch):
    """Its pieces are the dashboard's own: where one of them wants something new, the bench must not find out first."""
    counts = ("texts", "metrics", "sparklines", "rasters", "levers", "sliders", "codes", "buttons", "tabs")
    traces = [{"type": kind, "points": 3, "rows": 2} for kind in ("heatmap", "bar", "scatter")]
    shape = dict.fromkeys(counts, 1) | {
        "charts": [{"height": 300, "traces": traces}], "folded": [5], "tables": [[5, 3]], "elements": 9,
    }  # fmt: skip
    (tmp_path / "shapes.json").write_text(json.dumps({"overview": shape}))
    monkeypatch.setenv("INFERLEDGER_BENCH_SHAPES", str(tmp_path / "shapes.json"))

    app = AppTest.from_file(str(BENCH / "constant_frame.py"), default_timeout=60).run()

    assert not app.exception, [e.message for e in app.exception]
    assert [m.label for m in app.metric] == ["Figure 0"]
