"""One raw file as a relation as it stands, then a view `raw` with exactly the columns that staging asks for.

Nothing is sniffed: a header with a trailing comma makes DuckDB's sniffer see one column and no error, and
9/2/2023 becomes the ninth of February. We read the header, say the delimiter, and check what we got.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Literal, cast
from zipfile import BadZipFile

import duckdb
from duckdb import CoalesceOperator, ColumnExpression, ConstantExpression, Expression, FunctionExpression
from duckdb.sqltypes import DuckDBPyType

from ingest import records
from ingest.source import SourceError, SourceFile

Kind = Literal["text", "money", "time", "tags", "json"]
Found = dict[str, tuple[Expression, DuckDBPyType]]
TEXT = DuckDBPyType("VARCHAR")
NUMBERS = ("double", "float", "decimal", "integer", "bigint", "smallint", "tinyint", "hugeint")
NOWHERE = ("",)  # the names of a column that no file has
SAMPLE_ROWS = 100
FIRST_OBJECT = 1 << 20  # characters
OVERFLOW = (duckdb.ConversionException, duckdb.OutOfRangeException)
DAMAGE = (UnicodeDecodeError, csv.Error, duckdb.InvalidInputException, duckdb.IOException, *OVERFLOW)
TIMES = ("date", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns")
DELIMITERS = (",", ";", "\t", "|")
SLASHED_DATE = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})\s*$")


@dataclass(frozen=True)
class Column:
    """One column that staging asks for: `name` in the view, found in the file under any spelling of `names`.

    Spellings are compared without case and punctuation, so lineItem/UsageAccountId finds
    line_item_usage_account_id. A name with a dot reaches into records, maps and JSON objects; of several
    text columns the first filled one counts. Kind json hands nested records over as JSON text.
    """

    name: str
    kind: Kind = "text"
    names: tuple[str, ...] = ()
    from_prefix: str | None = None  # tags that stand in columns of their own, as in legacy CUR


@dataclass(frozen=True)
class RawFile:
    """A raw file, open: view `raw_file` has its columns as they stand, and line_no (1 = first data row)."""

    file: SourceFile
    relation: duckdb.DuckDBPyRelation
    month_first: bool | None = None  # order of dates like 4/1/25; None = there are none
    delimiter: str | None = None  # of a CSV
    records: int | None = None  # after the header of a CSV, as ingest/records.py guesses


def columns(kind: Kind, names: str) -> tuple[Column, ...]:
    """Columns that are called in the file as in the view, for the many plain ones."""
    return tuple(Column(name, kind) for name in names.split())


def squash(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.lower())


def open_file(
    con: duckdb.DuckDBPyConnection, file: SourceFile, json_columns: Mapping[str, str] | None = None
) -> RawFile:
    """The file as a relation, also as view `raw_file`. Raises SourceError if it is none that we can read."""
    head = _first_bytes(file.path)
    if head.startswith(b"PAR1"):
        raw = RawFile(file, _parquet(con, file))
    elif head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        raw = RawFile(file, _json(con, file, head, json_columns))
    else:
        raw = _csv(con, file)
    raw.relation.create_view("raw_file", replace=True)
    return raw


def json_names(file: SourceFile) -> list[str]:
    """The names in the first object of a JSON file; none where the file is no JSON, or its first object is damaged."""
    head = _first_bytes(file.path).lstrip(b"\xef\xbb\xbf \r\n\t")
    if head[:1] not in (b"{", b"["):
        return []
    with text_stream(file.path) as text:
        start = text.read(FIRST_OBJECT).lstrip("[ \r\n\t")
    try:
        told, _ = json.JSONDecoder().raw_decode(start)
    except ValueError:
        return []
    return list(told) if isinstance(told, dict) else []


@contextmanager
def readable(file: SourceFile) -> Iterator[None]:
    """Raises SourceError, in our words, where the file's content turns out to be damaged while it is read."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, BadZipFile, duckdb.Error, *DAMAGE, RuntimeError) as error:
        if isinstance(error, (duckdb.Error, RuntimeError)) and not _of_the_file(error):
            raise
        raise SourceError(
            f"{file.uri} cannot be read: {_damage(file.path, error)}. Nothing was loaded. "
            "Export or copy it again, then load it again."
        ) from error


def _of_the_file(error: Exception) -> bool:
    """Whether its content is to blame, not our disk or our code."""
    if "No space left" in str(error):
        return False
    # DuckDB has no class of its own for a Parquet page that it cannot take apart, or a name that is no UTF-8
    return isinstance(error, DAMAGE) or type(error) is duckdb.Error or "nanobind" in str(error)


def _damage(path: Path, error: Exception) -> str:
    start = _magic(path, 4) if path.is_file() else b""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, OVERFLOW):
        return "it holds numbers beyond what can be added up exactly"
    if "state machine" in str(error):
        return "its lines end in several ways (LF, CR and CRLF)"
    if start.startswith(b"\x1f\x8b"):
        return "its gzip content is damaged, cut off or not UTF-8 text"
    if start == b"PAR1":
        return "it begins as Parquet, but is damaged or cut off"
    return (
        "its ZIP content is damaged"
        if isinstance(error, BadZipFile)
        else "its content is damaged or not UTF-8"
    )


def conform(
    raw: RawFile, columns: Iterable[Column], constants: Mapping[str, object], view: str = "raw"
) -> None:
    """Creates the view: the columns asked for, typed, NULL where the file has none, and `constants`."""
    have = _by_name(raw.relation)
    expressions = [_read(raw, have, column).alias(column.name) for column in columns]
    expressions += [
        ConstantExpression(value).cast(_sql_type(value)).alias(name) for name, value in constants.items()
    ]
    raw.relation.select(*expressions, ColumnExpression("line_no")).create_view(view, replace=True)


def has_column(raw: RawFile, name: str) -> bool:
    """Whether the file has the column, or one of several: 'Cost|PreTaxCost'."""
    have = _by_name(raw.relation)
    return any(squash(one) in have for one in name.split("|"))


@cache
def macros() -> str:
    """SQL macros that `conform` uses; run once per connection."""
    return (Path(__file__).parent / "raw.sql").read_text(encoding="utf-8")


def text_stream(path: Path, errors: str = "strict") -> IO[str]:
    """The file as text, unpacked if it is gzip, without a byte order mark. Line ends as they are."""
    return TextIOWrapper(_content(path), encoding="utf-8-sig", errors=errors, newline="")


def _magic(path: Path, length: int = 2) -> bytes:
    with path.open("rb") as file:
        return file.read(length)


def _content(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked if it is gzip."""
    return cast(IO[bytes], gzip.open(path) if _magic(path) == b"\x1f\x8b" else path.open("rb"))


def _first_bytes(path: Path) -> bytes:
    with _content(path) as file:
        return file.read(4096)


def _parquet(con: duckdb.DuckDBPyConnection, file: SourceFile) -> duckdb.DuckDBPyRelation:
    path = str(file.path)
    names = con.sql("FROM read_parquet($path, hive_partitioning = false)", params={"path": path}).columns
    if "file_row_number" in (name.lower() for name in names):
        raise SourceError(
            f"{file.uri} has a column of its own called file_row_number, by which lines are numbered here. "
            "Export it again under another name."
        )
    return con.sql(
        "SELECT COLUMNS(lambda name: lower(name) NOT IN ('line_no', 'file_row_number')), "
        "file_row_number + 1 AS line_no "
        "FROM read_parquet($path, file_row_number = true, hive_partitioning = false)",
        params={"path": path},
    )


def _csv(con: duckdb.DuckDBPyConnection, file: SourceFile) -> RawFile:
    header, first, delimiter, line_end = _header(file)
    found = _records(file, delimiter)
    names = _column_names(header)
    # what an earlier file at this path was refused for, the reader keeps for the connection's life
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    # row_number() counts lines only while the reader keeps them in order
    con.execute("SET preserve_insertion_order = true")
    relation = con.sql(
        "SELECT *, row_number() OVER () AS line_no FROM read_csv($path, auto_detect = false, header = false, "
        "skip = 1, columns = $columns, delim = $delimiter, quote = '\"', escape = '\"', new_line = $line_end, "
        "compression = $compression, store_rejects = true, rejects_limit = 100000)",
        params={
            "path": str(file.path),
            "line_end": line_end.replace("\r", "\\r").replace("\n", "\\n"),
            "columns": dict.fromkeys(names, "VARCHAR"),
            "delimiter": delimiter,
            "compression": "gzip" if _magic(file.path) == b"\x1f\x8b" else "none",
        },
    )
    return RawFile(file, relation, _month_first(relation, header, first), delimiter, found)


def _records(file: SourceFile, delimiter: str) -> int:
    with _content(file.path) as content:
        guessed = records.guess(content)
    return count_records(file, delimiter) if guessed is None else guessed


def count_records(file: SourceFile, delimiter: str) -> int:
    """Records of a CSV after its header, one by one. Raises SourceError where one has no end."""
    with text_stream(file.path, errors="replace") as text:
        return records.count(text, delimiter, file.uri)


def _header(file: SourceFile) -> tuple[list[str], list[str], str, str]:
    """Header, first data row ([] if none), delimiter, and how the header's line ends."""
    with text_stream(file.path) as text:
        start = text.readline()
    delimiter = max(DELIMITERS, key=start.count)
    with text_stream(file.path) as text:
        rows = csv.reader(text, delimiter=delimiter)
        header = next(rows, [])
        lines = rows.line_num
        sample = [row for row in islice(rows, SAMPLE_ROWS) if row]
    if len(header) < 2:
        raise SourceError(
            f"{file.uri}: no table found: its first line is '{start.strip()[:80]}'. "
            "Expected a CSV with a header, a Parquet file, or JSON, one object a line."
        )
    with text_stream(file.path) as text:
        *_, last = islice(text, lines)
    # a header may be longer than every row: a trailing comma, or a column that was announced and never written
    width = max((len(row) for row in sample), default=len(header))
    return header[:width], sample[0] if sample else [], delimiter, last[len(last.rstrip("\r\n")) :] or "\n"


def _column_names(header: list[str]) -> list[str]:
    """The header's names, made unique; a blank one is called by its place."""
    seen = {"line_no": 1}  # taken by the number of the line
    unique = []
    for place, name in enumerate((name.strip() for name in header), 1):
        key = (name or f"column {place}").lower()
        seen[key] = seen.get(key, 0) + 1
        unique.append((name or f"column {place}") + (f" ({seen[key]})" if seen[key] > 1 else ""))
    return unique


def _month_first(relation: duckdb.DuckDBPyRelation, header: list[str], first: list[str]) -> bool | None:
    """Whether 4/1/25 is the first of April here: all dates tell, and billing periods that start on a first.

    None where no date is written so. Raises SourceError where both readings are possible.
    """
    slashed = [name for name, cell in zip(header, first, strict=False) if SLASHED_DATE.match(cell)]
    if not slashed:
        return None
    orders = {True, False}
    for name in slashed:
        cells = relation.select(ColumnExpression(name)).distinct().fetchall()
        found = [match for (cell,) in cells if cell and (match := SLASHED_DATE.match(cell))]
        for one, two, _ in (match.groups() for match in found):
            orders -= {True} if int(one) > 12 else set()
            orders -= {False} if int(two) > 12 else set()
            if squash(name) in ("billingperiodstart", "billingperiodstartdate"):
                orders -= {True} if int(two) != 1 else set()
                orders -= {False} if int(one) != 1 else set()
    if len(orders) != 1:
        raise SourceError(
            f"Column '{slashed[0]}' holds dates like '{first[header.index(slashed[0])]}', which can be read "
            "day first and month first. Export it again with dates as 2025-04-01."
        )
    return orders.pop()


def _json(
    con: duckdb.DuckDBPyConnection, file: SourceFile, head: bytes, columns: Mapping[str, str] | None
) -> duckdb.DuckDBPyRelation:
    if columns is None:
        raise SourceError(f"{file.uri} is JSON; this source reads CSV and Parquet.")
    con.execute("SET preserve_insertion_order = true")
    return con.sql(
        "SELECT *, row_number() OVER () AS line_no FROM read_json($path, format = $format, "
        "columns = $columns, ignore_errors = $lenient, compression = $compression, "
        "maximum_object_size = 16777216)",
        params={
            "path": str(file.path),
            "format": "array" if head.lstrip()[:1] == b"[" else "newline_delimited",
            "columns": dict(columns),
            # a line that is no JSON becomes a row of NULLs, which validation refuses
            "lenient": head.lstrip()[:1] != b"[",
            "compression": "gzip" if _magic(file.path) == b"\x1f\x8b" else "none",
        },
    )


def _by_name(relation: duckdb.DuckDBPyRelation) -> Found:
    """Every column, and every field of nested records under its dotted name, by squashed name."""
    have: Found = {}
    for name, kind in zip(relation.columns, relation.types, strict=True):
        _note(have, squash(name), ColumnExpression(name), kind)
    return have


def _note(have: Found, name: str, found: Expression, kind: DuckDBPyType) -> None:
    have.setdefault(name, (found, kind))
    if kind.id == "struct":
        for field, inner in kind.children:
            member = FunctionExpression("struct_extract", found, ConstantExpression(field))
            if isinstance(inner, DuckDBPyType):
                _note(have, f"{name}.{squash(field)}", member, inner)


def _read(raw: RawFile, have: Found, column: Column) -> Expression:
    found = [hit for name in (column.names or (column.name,)) if (hit := _lookup(have, name))]
    if column.kind == "tags":
        return _tags(raw, found[0] if found else None, column)
    if not found:
        unknown = {"money": "DECIMAL(38,12)", "time": "TIMESTAMP"}.get(column.kind, "VARCHAR")
        return ConstantExpression(None).cast(unknown)
    expression, kind = found[0]
    if column.kind == "money":
        return _money(expression, kind)
    if column.kind == "time":
        return _time(raw, expression, kind)
    if column.kind == "json" and kind.id not in ("varchar", "json"):
        return FunctionExpression("to_json", expression).cast("VARCHAR")
    # a number cannot spell 'NULL': its text needs no look
    texts = [
        expression.cast("VARCHAR")
        if kind.id in NUMBERS
        else FunctionExpression("text_of", expression.cast("VARCHAR"))
        for expression, kind in found
    ]
    return CoalesceOperator(*texts) if len(texts) > 1 else texts[0]


def _lookup(have: Found, name: str) -> tuple[Expression, DuckDBPyType] | None:
    if (key := squash(name)) in have:
        return have[key] if key else None
    base, _, field = name.partition(".")
    if not field or squash(base) not in have:
        return None
    expression, kind = have[squash(base)]
    if kind.id == "map":
        return FunctionExpression("map_extract_value", expression, ConstantExpression(field)), TEXT
    if kind.id == "varchar":
        return FunctionExpression("member_of", expression, ConstantExpression(field)), TEXT
    return None


def _money(expression: Expression, kind: DuckDBPyType) -> Expression:
    if kind.id == "varchar":
        return FunctionExpression("money_of_text", FunctionExpression("text_of", expression))
    return FunctionExpression("money_of_double" if kind.id == "double" else "money_of_number", expression)


def _time(raw: RawFile, expression: Expression, kind: DuckDBPyType) -> Expression:
    if kind.id == "varchar":
        macro = {None: "time_of_text", True: "time_month_first", False: "time_day_first"}[raw.month_first]
        return FunctionExpression(macro, FunctionExpression("text_of", expression))
    if kind.id == "timestamp with time zone":
        expression = FunctionExpression("timezone", ConstantExpression("UTC"), expression)
    elif kind.id not in TIMES:  # a number may count seconds or days, from 1970 or 1899
        expression = ConstantExpression(None)
    return FunctionExpression("plausible_time", expression.cast("TIMESTAMP"))


def _tags(raw: RawFile, found: tuple[Expression, DuckDBPyType] | None, column: Column) -> Expression:
    if found is not None:
        expression, kind = found
        if kind.id == "map":
            expression = expression.cast("MAP(VARCHAR, VARCHAR)")
            return FunctionExpression(_map_macro(raw, expression), expression)
        if kind.id == "struct":
            return FunctionExpression(
                "tags_of_text", FunctionExpression("to_json", expression).cast("VARCHAR")
            )
        if kind.id == "varchar":
            return FunctionExpression("tags_of_text", FunctionExpression("text_of", expression))
        return FunctionExpression(
            "tags_of_records", FunctionExpression("to_json", expression).cast("VARCHAR")
        )
    prefix = squash(column.from_prefix or "")
    names = [name for name in raw.relation.columns if prefix and squash(name).startswith(prefix)]
    if not names:
        return ConstantExpression(None).cast("MAP(VARCHAR, VARCHAR)")
    keys = [_tag_name(name, prefix) for name in names]
    cells = [ColumnExpression(name).cast("VARCHAR") for name in names]
    return FunctionExpression(
        "tags_of_columns", ConstantExpression(keys), FunctionExpression("list_value", *cells)
    )


def _map_macro(raw: RawFile, tags: Expression) -> str:
    """Telling doubled keys apart costs more than the rest of a row: only where this file can have them."""
    keys = FunctionExpression("unnest", FunctionExpression("map_keys", tags))
    names = [key for (key,) in raw.relation.select(keys.alias("key")).distinct().fetchall()]
    plain = [re.sub(r"^user[:_]", "", name) for name in names]
    if sorted(plain) == sorted(names):
        return "tags_of_plain_map"
    return "tags_of_clean_map" if len(set(plain)) == len(names) else "tags_of_map"


def _tag_name(column: str, prefix: str) -> str:
    """resourceTags/user:model_version and resource_tags_user_model_version are both model_version."""
    place, left = 0, len(prefix)
    while left:
        left -= column[place].isalnum()
        place += 1
    return re.sub(r"^user[:_]", "", column[place:].lstrip("/_"))


def _sql_type(value: object) -> str:
    if value is None:
        return "DATE"  # the one constant that may be unknown is a billing period
    return {"str": "VARCHAR", "int": "BIGINT", "date": "DATE", "bool": "BOOLEAN"}[type(value).__name__]
