"""Runs the model's SQL in order: estate once, then each charge month, then the marts of the snapshot.

The files under estate/, month/, commitment/ and mart/ are the portable core: each is one SELECT that becomes the
table of its own name (`10_line_class.sql` → `line_class`). What differs between engines stands in prelude/.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from data.model.settings import EstateRule, ModelSettings
from data.parquet import write_parquet
from data.sql import HERE, parquet_view, sql

BUILDER = "model"  # the `source` of files that the model writes
REFERENCE = HERE / "reference"


def build_months(
    con: duckdb.DuckDBPyConnection, home: Path, months: list[date], settings: ModelSettings
) -> None:
    """Builds gpu_hour and part of these UTC months again, and everything kept of them, inside the caller's transaction.

    Months that share a machine line (one that crosses midnight of a month's last day) are built together, and
    months whose commitments turn out to have another AI share than they were built with are built again.
    """
    con.execute(sql("schema/built"))
    _estate(con, home, settings)
    todo = _with_neighbours(con, months)
    # twice at most: shares follow from lines, and after the first round every line is in them
    while todo:
        for month in todo:
            _month(con, month, settings)
            _keep(con, home, month)
        todo = [month for (month,) in con.execute(sql("model/other_share")).fetchall()]
    for table, _ in model_files("month"):  # gpu_hour and part would hide the snapshot's own
        con.execute(f"DROP TABLE IF EXISTS temp.{table}")


def write_marts(con: duckdb.DuckDBPyConnection, home: Path, settings: ModelSettings, catalog: str) -> None:
    """Fills the empty tables of schema/snapshot.sql in the attached catalog `snap`."""
    if catalog != "snap":
        raise ValueError(f"The marts are written to catalog 'snap', not '{catalog}': mart/fill.sql names it.")
    con.execute(sql("schema/built"))
    _estate(con, home, settings)
    _run_folder(con, "mart")
    con.execute(sql("model/mart/fill"))


def model_files(folder: str) -> list[tuple[str, str]]:
    """(table, SELECT) of every numbered file of a folder of the model, in order."""
    found = sorted(path for path in (HERE / "model" / folder).glob("[0-9]*.sql"))
    return [(path.stem[3:], path.read_text(encoding="utf-8")) for path in found]


def _run_folder(con: duckdb.DuckDBPyConnection, folder: str) -> None:
    for table, select in model_files(folder):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")


def _estate(con: duckdb.DuckDBPyConnection, home: Path, settings: ModelSettings) -> None:
    con.execute(sql("model/prelude/duckdb"))
    for name, keys in (
        ("team_tags", settings.team_tags),
        ("model_tags", settings.model_tags),
        ("version_tags", settings.version_tags),
    ):
        con.execute(f"SET VARIABLE {name} = $keys", {"keys": list(keys)})
    _charge(con, home)
    con.execute(sql("model/prelude/duckdb_sources"))
    _execute_script(
        con,
        "model/prelude/duckdb_estate",
        {"accelerators": str(REFERENCE / "accelerators.csv"), "rules": str(REFERENCE / "estate_rules.csv")},
    )
    _own_rules(con, settings.rules)
    con.execute("CREATE OR REPLACE TEMP TABLE source_order (source VARCHAR, place INTEGER)")
    for place, source in enumerate(settings.source_order):
        con.execute("INSERT INTO source_order VALUES ($source, $place)", {"source": source, "place": place})
    _run_folder(con, "estate")


def _charge(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """The view `charge`: every live line; typed and empty where nothing was loaded."""
    paths = con.execute(
        "SELECT path FROM work.main.parquet_file WHERE relation = 'cost' ORDER BY path"
    ).fetchall()
    if paths:
        view = parquet_view("charge", [home / path for (path,) in paths], temporary=True)
    else:
        con.execute(sql("schema/cost"))
        con.execute("CREATE OR REPLACE TEMP TABLE no_charge AS FROM temp.stage_cost")
        con.execute("DROP TABLE temp.stage_cost")
        view = "CREATE OR REPLACE TEMP VIEW charge AS FROM temp.no_charge"
    con.execute(view)


def _own_rules(con: duckdb.DuckDBPyConnection, rules: tuple[EstateRule, ...]) -> None:
    for position, rule in enumerate(rules):
        con.execute(
            "INSERT INTO estate_rule VALUES "
            "($priority, $provider, $service, $category, $usage, $class, $component, $position)",
            {
                "priority": f"{rule.priority:05d}",  # five digits: before the six of the shipped rules
                "provider": rule.provider,
                "service": rule.service,
                "category": rule.category,
                "usage": rule.usage,
                "class": rule.klass,
                "component": rule.component,
                "position": position,
            },
        )


def _with_neighbours(con: duckdb.DuckDBPyConnection, months: list[date]) -> list[date]:
    rows = con.execute(sql("model/prelude/duckdb_neighbours"), {"months": months}).fetchall()
    return sorted({*months, *(month for (month,) in rows)})


def _month(con: duckdb.DuckDBPyConnection, month: date, settings: ModelSettings) -> None:
    _execute_script(
        con, "model/prelude/duckdb_month", {"month": month, "device_share": settings.device_share}
    )
    for table, select in model_files("month"):
        if (
            table == "device_alias"
        ):  # the first file that reads telemetry; its hours depend on the lines' rungs
            con.execute(sql("model/prelude/duckdb_month_telemetry"))
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")
        if table == "commitment_month":
            _execute_script(con, "model/keep_commitment", {"month": month})
            _run_folder(con, "commitment")


def _keep(con: duckdb.DuckDBPyConnection, home: Path, month: date) -> None:
    build_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    con.execute(
        "DELETE FROM parquet_file WHERE source = $source AND period = $month",
        {"source": BUILDER, "month": month},
    )
    for relation, order in (("gpu_hour", "hour, device_id"), ("part", "day, rung, load_id, line_id")):
        write_parquet(con, home, relation, BUILDER, month, build_id, f"FROM {relation} ORDER BY {order}")
    _execute_script(con, "model/keep_month", {"month": month})


def _execute_script(con: duckdb.DuckDBPyConnection, name: str, params: dict[str, object]) -> None:
    """Runs a script statement by statement, binding to each the parameters that it names."""
    for statement in con.extract_statements(sql(name)):
        wanted = {key: value for key, value in params.items() if key in statement.named_parameters}
        con.execute(statement, wanted or None)


__all__ = ["build_months", "model_files", "write_marts"]
