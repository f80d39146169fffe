"""The bench runs and prints its table. What the figures are is not tested: no test asserts a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
