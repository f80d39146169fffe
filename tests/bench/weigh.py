"""One job of billing.py alone in a process; prints the most memory that it held, in MB.

python weigh.py ingest EXPORT HOME, or python weigh.py raw_copy EXPORT TARGET
"""

from __future__ import annotations

import sys
from pathlib import Path

import billing


def main() -> None:
    job, export, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if job == "ingest":
        billing.ingest(export, target)
    else:
        billing.raw_copy(billing.parquet_files(export), target)
    # not getrusage: its peak begins with that of the process that started this one
    status = Path("/proc/self/status").read_text()
    print(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024)


main()
