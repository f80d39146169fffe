"""The most memory that an ingest holds, each in a process of its own: the loader, and DuckDB copying the same files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from billing import write_lines
from measure import Row
from setting import REPOSITORY, Setting

WEIGH = Path(__file__).with_name("weigh.py")


def measure(setting: Setting) -> list[Row]:
    with setting.folder() as folder:
        export = write_lines(folder, setting.lines)
        ours = _peak_mb("ingest", export, folder / "home")
        floor = _peak_mb("raw_copy", export, folder / "raw.parquet")
    return [Row(f"peak memory of ingesting {setting.lines:,} lines ÷ of copying", ours, floor, "MB", 1)]


def _peak_mb(job: str, export: Path, target: Path) -> float:
    command = [sys.executable, str(WEIGH), job, str(export), str(target)]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.split()[-1])
