"""SQL text: the .sql files of this package, and the one place where a value is quoted instead of bound."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def sql(name: str) -> str:
    """The text of data/<name>.sql."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


@cache
def macros() -> str:
    """data/metrics.sql, to be kept in a snapshot: any DuckDB client then computes a metric our way.

    The questions of this package bring their own, temporary ones, which win over these.
    """
    return sql("metrics").replace("TEMP MACRO", "MACRO")


def parquet_view(relation: str, files: Iterable[Path], *, temporary: bool = False) -> str:
    """CREATE [TEMP] VIEW over Parquet files; quoted, since DuckDB stores a view's text and binds no values in it.

    union_by_name, so that a file that was written before a column existed reads NULL there.
    """
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    name = '"' + relation.replace('"', '""') + '"'
    kind = "TEMP VIEW" if temporary else "VIEW"
    return f"CREATE OR REPLACE {kind} {name} AS FROM read_parquet([{listed}], union_by_name = true)"
