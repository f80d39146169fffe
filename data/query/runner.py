"""Asks a snapshot the question written in data/query/<question>.sql, binding only the parameters that it
names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

HERE = Path(__file__).parent
METRICS = HERE.parent / "metrics.sql"


class UnknownQuestionError(LookupError):
    """No .sql file of that name; the message lists those that exist."""


@cache
def question(name: str) -> tuple[str, frozenset[str]]:
    """The SQL of a question and the parameters it wants. Raises UnknownQuestionError."""
    path = HERE / f"{name}.sql"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in HERE.glob("*.sql")))
        raise UnknownQuestionError(f"No question '{name}' in {HERE}. There are: {known}.")
    sql = path.read_text(encoding="utf-8")
    (statement,) = duckdb.extract_statements(sql)
    return sql, frozenset(statement.named_parameters)


@cache
def metrics() -> dict[str, str]:
    """Name → CREATE MACRO statement of every metric in data/metrics.sql."""
    statements = [s.query.strip() for s in duckdb.extract_statements(METRICS.read_text(encoding="utf-8"))]
    return {re.findall(r"MACRO\s+(\w+)\(", s)[0]: s for s in statements}


@cache
def _macros_of(name: str) -> str:
    """Those that the question calls, and that these call, in the order of data/metrics.sql."""
    sql, _ = question(name)
    called, calling = set[str](), [sql]
    while calling:
        found = set(re.findall(r"(\w+)\(", calling.pop())) & metrics().keys()
        calling += [metrics()[macro] for macro in found - called]
        called |= found
    return "\n".join(statement for macro, statement in metrics().items() if macro in called)


def _run(
    cursor: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, object]
) -> duckdb.DuckDBPyConnection:
    """Macros are temporary and per cursor, so a snapshot stays as published; only those called, since each
    costs 0.3 ms.
    """
    sql, wanted = question(name)
    if missing := sorted(wanted - params.keys()):
        raise KeyError(
            f"Question '{name}' was asked without {', '.join(missing)}; it wants {', '.join(sorted(wanted))}."
        )
    if macros := _macros_of(name):
        cursor.execute(macros)
    return cursor.execute(sql, {key: params[key] for key in wanted})


def keep(cursor: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, object]) -> None:
    """Runs a question that keeps its answer in a temporary table of the cursor, for the questions after it."""
    _run(cursor, name, params).fetchall()


def kept_as(table: str) -> str:
    """What makes a question's answer a temporary table; `table` is one of the code's own names."""
    return f"CREATE OR REPLACE TEMP TABLE {table} AS\n"


def keep_answer(
    cursor: duckdb.DuckDBPyConnection, name: str, table: str, params: Mapping[str, object]
) -> None:
    """Keeps the answer of a page's own question as a temporary table, for the questions after it."""
    sql, wanted = question(name)
    if macros := _macros_of(name):
        cursor.execute(macros)
    cursor.execute(kept_as(table) + sql, {key: params[key] for key in wanted})


def ask(cursor: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, object]) -> pd.DataFrame:
    """The answer as a frame. Money arrives as float: sum in SQL, where it is DECIMAL; differences that
    must be 0 too.

    Raises UnknownQuestionError, KeyError for a parameter that was not given, duckdb.Error.
    """
    return _run(cursor, name, params).df()


def ask_rows(
    cursor: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, object]
) -> list[dict[str, Any]]:
    """The rows of an answer with exact values (Decimal, date, int), NULL as None."""
    result = _run(cursor, name, params)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def ask_exact(cursor: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, object]) -> pd.DataFrame:
    """The answer as a frame of exact cells: Decimal, date, int, None for NULL."""
    result = _run(cursor, name, params)
    columns = [column[0] for column in result.description or []]
    return pd.DataFrame(result.fetchall(), columns=columns, dtype=object)


def ask_row(cursor: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, object]) -> dict[str, Any]:
    """The one row of such an answer."""
    (row,) = ask_rows(cursor, name, params)
    return row
