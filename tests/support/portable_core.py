"""The lint of the portable core: what the model's SQL may use, so that another engine can run the same files.

sqlglot parses here; it never writes SQL that runs. The allowed functions were seen to give equal answers on DuckDB,
Spark and ClickHouse; the last line's are defined per engine in data/model/prelude.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

ALLOWED = {
    *(
        "SUM",
        "COUNT",
        "MIN",
        "MAX",
        "COALESCE",
        "NULLIF",
        "LEAST",
        "GREATEST",
        "FLOOR",
        "ABS",
        "CASE",
        "IF",
        "AND",
        "OR",
    ),
    *("ROW_NUMBER", "LAG", "LEAD"),
    "ARG_MAX",  # as max_by(x, CASE WHEN x IS NOT NULL THEN key END): engines disagree on NULL otherwise
    *("TO_DOUBLE", "TO_MONEY", "TO_TEXT", "DAY_OF", "MONTH_OF", "HOUR_START", "SECONDS_BETWEEN"),
}
BANNED = (
    *(
        exp.Cast,
        exp.TryCast,
        exp.Filter,
        exp.WithinGroup,
        exp.Extract,
        exp.AtTimeZone,
        exp.IntDiv,
        exp.Mod,
        exp.Bracket,
    ),
    *(
        exp.JSONExtract,
        exp.JSONExtractScalar,
        exp.Interval,
        exp.Qualify,
        exp.Lateral,
        exp.SafeDivide,
        exp.Lambda,
        exp.Pivot,
    ),
    *(exp.Placeholder, exp.Parameter, exp.ILike, exp.RegexpLike),
)


def complaints(text: str, name: str = "") -> list[str]:
    """What in a model file is outside the portable core, one sentence each; empty = portable."""
    tree = sqlglot.parse_one(text, read="duckdb")
    found = [said for node in tree.walk() for said in _about(node)]
    for select in tree.find_all(exp.Select):
        if select.find_ancestor(exp.Subquery):
            found.append("a subquery: give it a name in WITH")
        found += [
            f"output column without AS: {column.sql('duckdb')[:50]}"
            for column in select.expressions
            if not (isinstance(column, exp.Alias) or (isinstance(column, exp.Column) and not column.table))
        ]
    return [f"{name}: {said}" for said in found]


def _about(node: exp.Expression) -> list[str]:
    shown = node.sql("duckdb")[:60]
    if isinstance(node, BANNED):
        return [f"{type(node).__name__}: {shown}"]
    if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
        return [f"a star: name the columns: {shown}"]
    if isinstance(node, exp.Group) and (node.args.get("all") or not node.expressions):
        return [f"GROUP BY ALL: {shown}"]
    if isinstance(node, exp.Order) and not isinstance(node.parent, exp.Window):
        return [f"ORDER BY outside a window (engines sort NULL differently): {shown}"]
    if isinstance(node, exp.Div) and not isinstance(node.expression, exp.Literal | exp.Nullif):
        return [f"division by something other than nullif(…) or a number: {shown}"]
    if isinstance(node, exp.ArgMax) and not isinstance(node.expression, exp.Case):
        return [f"max_by without CASE WHEN x IS NOT NULL: {shown}"]
    if isinstance(node, exp.Func):
        called = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).upper()
        return [] if called in ALLOWED else [f"function {called}: {shown}"]
    return []
