"""make bench: one table of ratios, each to a floor that was measured in the same run.

python tests/bench [--only billing,telemetry,model,queries,pages,memory] [--quick] [--cache DIR]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from measure import Row, table
from setting import Setting, default_cache

FOOT = """\
ours and floor: medians of n repeats that took turns. The ratio is ours ÷ floor; "faster than" is floor ÷ ours.
by CPU: the same ratio in processor time, which neighbours on a busy machine do not change.
pandas worked on a tenth of the lines, once; its time is scaled."""
SUITES = {
    "billing": ("billing", "measure"),
    "telemetry": ("store_work", "measure_telemetry"),
    "model": ("store_work", "measure_model"),
    "queries": ("questions", "measure"),
    "pages": ("pages", "measure"),
    "memory": ("memory", "measure"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.split("\n")[0])
    parser.add_argument("--only", default=",".join(SUITES), help=f"some of {', '.join(SUITES)}")
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes, one repeat: only to see that it runs"
    )
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where the demo store is kept")
    told = parser.parse_args()
    wanted = [name for name in told.only.split(",") if name]
    if unknown := sorted(set(wanted) - SUITES.keys()):
        parser.error(f"no measurement called {', '.join(unknown)}; there are {', '.join(SUITES)}")
    started = time.perf_counter()
    rows = _run(wanted, Setting(told.quick, told.cache))
    print(f"\n{table(rows)}\n\n{FOOT}\n{time.perf_counter() - started:.0f} s in all.")


def _run(wanted: list[str], setting: Setting) -> list[Row]:
    rows: list[Row] = []
    for name in wanted:
        started = time.perf_counter()
        module, function = SUITES[name]
        suite: Callable[[Setting], list[Row]] = getattr(import_module(module), function)
        rows += suite(setting)
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    return rows


main()
