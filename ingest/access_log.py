"""Access logs as text: the common and combined formats of nginx and Apache, and Envoy's default format.

nginx and Envoy escape control characters, so that one of them splits no line. A line of neither format becomes a row
whose time cannot be read, so that it is refused with its text. The duration of a request is read where the format has
one: request_time or rt (nginx, seconds) named or as the last field, Envoy's fourth number (milliseconds).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import duckdb

from ingest.raw import RawFile, text_stream
from ingest.source import SourceFile

COMMON = re.compile(r'\S+ \S+ .+? \[[^\]]+\] "(?:[^"\\]|\\.)*" \d{3} ')
ENVOY = re.compile(r'\[\d{4}-[^\]]+\] "[^"]*" \d{1,3} ')
LOOKED_AT = 1 << 14  # characters: one JSON array may be a single line


def is_access_log(file: SourceFile) -> bool:
    """Whether one of the first lines is one of an access log."""
    try:
        with text_stream(file.path) as text:
            lines = text.read(LOOKED_AT).splitlines()
    except UnicodeDecodeError:  # Parquet
        return False
    return any(COMMON.match(line) or ENVOY.match(line) for line in lines)


def open_access_log(con: duckdb.DuckDBPyConnection, file: SourceFile) -> RawFile:
    """The file as a relation and as view `raw_file`: timestamp, path, status, request_time or duration_ms, line_no."""
    con.execute(
        "SET preserve_insertion_order = true"
    )  # row_number() counts lines only while they keep their order
    relation = con.sql(_text(), params={"path": str(file.path), "delimiter": "\x01"})
    relation.create_view("raw_file", replace=True)
    return RawFile(file, relation)


@cache
def _text() -> str:
    return (Path(__file__).parent / "traffic" / "access_log.sql").read_text(encoding="utf-8")
