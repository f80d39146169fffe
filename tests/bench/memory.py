"""The most memory that an ingest holds, each in a process of its own: the loader, and DuckDB copying the same files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from billing import parquet_files, write_lines
from measure import Row
from setting import REPOSITORY, Setting

HERE = Path(__file__).parent
ONCE = "import sys; sys.path.insert(0, sys.argv[1]); import billing; from pathlib import Path"
INGEST = f"{ONCE}; billing.ingest(Path(sys.argv[2]), Path(sys.argv[3]))"
COPY = f"{ONCE}; billing.raw_copy(sys.argv[4:], Path(sys.argv[3]))"


def measure(setting: Setting) -> list[Row]:
    with setting.folder() as folder:
        export = write_lines(folder, setting.lines)
        ours = _peak_mb(INGEST, str(export), str(folder / "home"))
        floor = _peak_mb(COPY, str(export), str(folder / "raw.parquet"), *parquet_files(export))
    return [Row(f"peak memory of ingesting {setting.lines:,} lines ÷ of copying", ours, floor, "MB", 1)]


def _peak_mb(program: str, *arguments: str) -> float:
    process = subprocess.Popen([sys.executable, "-c", program, str(HERE), *arguments], cwd=REPOSITORY)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # else Popen would look for a child that is gone
    if process.returncode:
        raise RuntimeError(f"The process to be weighed ended with {process.returncode}.")
    return used.ru_maxrss / 1024
