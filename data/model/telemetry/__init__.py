"""Samples → device hours, idle stretches, traffic hours: the numbered .sql files beside this one, in their order.

They keep to the portable core (parsed by the lint) and read five relations that the ingest stages. Instants are
milliseconds since 1970, `hour_no` counts hours since 1970, everything with a name is an integer:

sample(series, ts, value)                         finite values only
gauge(series, device, holder, node, role, ceiling, divisor) what a series says of a device; holder NULL = nobody
device(device, parent, slices)                    parent of a MIG instance, and its compute slices
counter(series, process, role, le, factor,        what growth of a server's series, times factor, adds to
        histogram)                                of a bucket (le): whose buckets belong together
twin(series, counter)                             the _created gauges of counters
load_window(read_from, window_start, window_end)  one row: what was read, and the hours that the load replaces
"""

from __future__ import annotations

from pathlib import Path

import duckdb

HERE = Path(__file__).parent
PRELUDE = HERE.parent / "prelude" / "duckdb.sql"
DEVICES = range(10, 40)
SERVERS = range(40, 50)


def roll_up(con: duckdb.DuckDBPyConnection, numbers: range) -> None:
    """Builds the files with these numbers as temporary tables, each named as its file is."""
    con.execute(PRELUDE.read_text(encoding="utf-8")).fetchall()
    for file in sorted(HERE.glob("*.sql")):
        number, _, name = file.stem.partition("_")
        if int(number) in numbers:
            text = file.read_text(encoding="utf-8")
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}").fetchall()
