"""The Parquet dump: one row per sample, as any data lake can write it.

Columns: metric VARCHAR, labels VARCHAR (a JSON object) or MAP(VARCHAR, VARCHAR), value DOUBLE, and ts as a TIMESTAMP
in UTC or as seconds, milliseconds, microseconds or nanoseconds since 1970. A value of NULL or NaN is no sample, a ts
of NULL a row that cannot be used. Other columns are ignored; order does not matter. Fastest where the writer keeps
`labels` dictionary-encoded, as DuckDB does by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.source import SourceError, SourceFile, Window
from ingest.telemetry.families import WANTED
from ingest.telemetry.staging import ReadFile, Refused, Staging, statement

COLUMNS = ("metric", "labels", "ts", "value")
NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL", "BIGINT", "INTEGER", "HUGEINT", "UBIGINT", "UINTEGER")
KINDS = {
    "metric": ("VARCHAR", "ENUM"),
    "labels": ("VARCHAR", "ENUM", "JSON", "MAP", "STRUCT"),
    "ts": ("TIMESTAMP", "DATE", *NUMBERS),
    "value": NUMBERS,
}


def read_dump(staging: Staging, files: Sequence[SourceFile], window: Window) -> None:
    """Stages the samples of Parquet files that lie in the window. Raises SourceError where a column is missing."""
    con, paths = staging.con, [str(file.path) for file in files]
    types = _types(staging, files)
    timed = types["ts"].startswith("TIMESTAMP") or types["ts"] == "DATE"
    mapped = types["labels"].startswith("MAP")
    ((first,),) = con.execute("SELECT coalesce(max(series), 0) FROM staged_series").fetchall()
    con.execute(statement("dump_series"), {"files": paths, "wanted": list(WANTED), "first": first}).fetchall()
    con.execute(statement("dump_map" if mapped else "dump_text")).fetchall()
    limits = {"files": paths, "start": window.start, "end": window.end}
    con.execute(statement("dump_time" if timed else "dump_number"), limits).fetchall()
    spans = con.execute(
        statement("dump_spans_time" if timed else "dump_spans_number"), {"files": paths}
    ).fetchall()
    told = {Path(name).resolve(): (rows, low, high) for name, rows, low, high in spans}
    untimed = con.execute(statement("dump_untimed"), {"files": paths, "wanted": list(WANTED)}).fetchall()
    place = {file.path.resolve(): len(staging.files) + number for number, file in enumerate(files)}
    staging.refused += [
        Refused(place[Path(name).resolve()], line_no, "no time", row) for name, line_no, row in untimed
    ]
    for file in files:
        rows, low, high = told.get(file.path.resolve(), (0, None, None))
        staging.files.append(ReadFile(file.uri, file.etag, file.bytes, rows, low, high))


def _types(staging: Staging, files: Sequence[SourceFile]) -> dict[str, str]:
    paths = [str(file.path) for file in files]
    described = staging.con.execute(
        "DESCRIBE SELECT * FROM read_parquet($files, union_by_name = true)", {"files": paths}
    ).fetchall()
    types = {row[0]: str(row[1]) for row in described}
    missing = [name for name in COLUMNS if name not in types]
    if missing:
        raise SourceError(
            f"{files[0].uri}: column {', '.join(missing)} is missing; there is {', '.join(types)}. A telemetry dump "
            f"has {', '.join(COLUMNS)}: see ingest/telemetry/dump.py."
        )
    for name, kinds in KINDS.items():
        if types[name].endswith("[]") or not types[name].startswith(kinds):
            raise SourceError(
                f"{files[0].uri}: column {name} is {types[name]}; it can be {', '.join(kinds)}. "
                "See ingest/telemetry/dump.py."
            )
    return types
