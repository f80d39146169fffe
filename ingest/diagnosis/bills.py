"""A billing source: can it be reached and read, is it whole and fresh, are machines told apart, is it there twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from ingest import raw
from ingest.diagnosis.estate import Estate
from ingest.diagnosis.finding import Finding, bad, doubtful, good
from ingest.layout import Layout
from ingest.load_cost import LaidOut
from ingest.source import Delivery, SourceError, SourceFile, Window

SQL = Path(__file__).parents[1] / "sql"
LATE = 1  # months: on the first days of a month the newest bill is the last one's


def examine(name: str, source: LaidOut, estate: Estate, today: date) -> Iterator[Finding]:
    """Looks at every delivery's manifest, and into the smallest file of the newest one. Nothing is loaded."""
    deliveries, looked = list[Delivery](), list[Finding]()
    try:
        # oldest first, so what the last turn leaves is the newest; its files are gone when the next is fetched
        for delivery in source.fetch(Window()):
            deliveries.append(delivery)
            looked = list(_look(name, source.layout, delivery, estate))
    except SourceError as error:
        yield bad(str(error))
        return
    if not deliveries:
        yield bad("It holds no delivery.", "Check the location, or wait for the first delivery.")
        return
    newest = deliveries[-1]
    size = sum(file.bytes for file in newest.files) / 1e6
    yield good(
        f"{len(deliveries)} deliveries; the newest has {len(newest.files)} files of {size:,.1f} MB together"
    )
    yield from _age(newest.billing_period, today)
    yield from looked


def _age(period: date | None, today: date) -> Iterator[Finding]:
    behind = (today.year - period.year) * 12 + today.month - period.month if period else 0
    if period and behind > LATE:
        yield doubtful(
            f"The newest billing period is {period:%Y-%m}, {behind} months ago.",
            "Check that the export still runs and writes to this place.",
        )


def _look(name: str, layout: Layout, delivery: Delivery, estate: Estate) -> Iterator[Finding]:
    if not delivery.files:
        return
    file = min(delivery.files, key=lambda one: one.bytes)
    with duckdb.connect() as con, raw.readable(file):
        con.execute("SET TimeZone = 'UTC'")
        con.execute(raw.macros())
        if file.bring:
            file.bring()
        try:
            yield from _read(name, con, layout, file, delivery.billing_period, estate)
        finally:
            if file.bring:
                file.path.unlink(missing_ok=True)


def _read(
    name: str,
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    file: SourceFile,
    period: date | None,
    estate: Estate,
) -> Iterator[Finding]:
    opened = raw.open_file(con, file, layout.json_columns)
    if missing := [column for column in layout.required if not raw.has_column(opened, column)]:
        there = ", ".join(opened.relation.columns[:8])
        yield bad(
            f"{file.uri} is not {layout.what}: it has no column {', '.join(missing)}; there is {there} …",
            "Export it again with these columns, or say which kind of source it is.",
        )
        return
    raw.conform(opened, layout.columns, {"delivery_period": period, **file.facts})
    con.execute(f"CREATE TEMP VIEW doctor_line AS {layout.staging.read_text(encoding='utf-8')}")
    ((lines, named, undated, unpriced, bills, currencies),) = con.execute(
        (SQL / "doctor_lines.sql").read_text(encoding="utf-8")
    ).fetchall()
    yield good(
        f"{file.uri} reads as {layout.what}: {lines:,} lines in {', '.join(currencies) or 'no currency'}"
    )
    estate.billed_in.update(currency.upper() for currency in currencies)
    yield from _lines(lines, named, undated, unpriced)
    yield from _twice(name, bills, estate)


def _lines(lines: int, named: int, undated: int, unpriced: int) -> Iterator[Finding]:
    if undated:
        yield doubtful(
            f"{undated:,} of these lines have no start that can be read.",
            "Look at them with --dry-run: more than 1 % of a delivery stop its load.",
        )
    if unpriced:
        yield doubtful(
            f"{unpriced:,} of these lines have no price: they are counted as unpriced, not as 0.",
            "Nothing, if the provider leaves it out (AWS does for some reserved hours); else export it again.",
        )
    if lines and not named:
        yield doubtful(
            "No line names a resource: machines cannot be told apart, and their cost stays unobserved.",
            "Export it again with resource ids.",
        )


def _twice(name: str, bills: list[dict[str, str]], estate: Estate) -> Iterator[Finding]:
    """Another source that states this bill already: the load would be refused, since it would count twice."""
    known = estate.bills | estate.examined
    estate.examined.update((name, bill["provider"], bill["account"]) for bill in bills)
    for other, provider, account in sorted(known):
        stated = any(
            bill["provider"].lower() == provider.lower() and _is_same_account(bill["account"], account)
            for bill in bills
        )
        if other != name and stated:
            yield bad(
                f"Source '{other}' states the bill of {provider} account {account} already.",
                f"Load both under one name, for instance [sources.{other}], or take one of them out "
                "of the file, and what it loaded out of the store: python -m ingest forget NAME.",
            )


def _is_same_account(one: str, other: str) -> bool:
    """As ingest/sql/other_source.sql, which would refuse the load, compares them."""
    short, long = sorted((key.lower().lstrip("0") for key in (one, other)), key=len)
    return short == long or long.startswith(f"{short}/billingprofiles/")
