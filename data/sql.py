"""SQL text: reading the .sql files of this package, and the one place where a value is quoted instead of bound."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def sql(name: str) -> str:
    """The text of data/<name>.sql."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def parquet_view(relation: str, files: Iterable[Path]) -> str:
    """CREATE VIEW over Parquet files. Quoted here because a view's text is stored, so DuckDB cannot bind values in it.

    union_by_name: a file that was written before a column existed reads NULL there.
    """
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    quoted = '"' + relation.replace('"', '""') + '"'
    return f"CREATE OR REPLACE VIEW {quoted} AS FROM read_parquet([{listed}], union_by_name = true)"
