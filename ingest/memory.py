"""How much memory a load may take: the same on every machine, however long the export is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

MOST = "512 MiB"  # DuckDB's part; Python, the cloud's SDK and the files ahead take about 200 MiB beside it
THREADS = 4  # each holds a row group of its own while it reads and one while it writes: about 100 MiB
HERE = "SELECT least(parse_formatted_bytes($most), parse_formatted_bytes(current_setting('memory_limit')))"


@contextmanager
def bounded(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What DuckDB needs beyond MOST goes to the store's spill folder; afterwards the machine's limits hold again."""
    ((most,),) = con.execute(HERE, {"most": MOST}).fetchall()
    con.execute("SET GLOBAL memory_limit = $memory", {"memory": f"{most} B"})
    ((threads,),) = con.execute(
        "SELECT least(current_setting('threads'), $most)", {"most": THREADS}
    ).fetchall()
    con.execute("SET GLOBAL threads = $threads", {"threads": threads})
    try:
        yield
    finally:
        # not what was read before: DuckDB tells it rounded, and each load would leave less to the next
        con.execute("RESET GLOBAL memory_limit")
        con.execute("RESET GLOBAL threads")
