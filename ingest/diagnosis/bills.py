"""A billing source: can it be reached and read, is it whole and fresh, are machines told apart, is it there twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
from rich.filesize import decimal

from ingest import raw
from ingest.diagnosis.estate import Bill, Estate
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
    size = decimal(sum(file.bytes for file in newest.files))
    yield good(f"{len(deliveries)} deliveries; the newest has {len(newest.files)} files of {size} together")
    yield from _age(newest.billing_period or _only_month(name, newest, estate), today)
    yield from looked
    yield from _twice(name, estate)


def _only_month(name: str, delivery: Delivery, estate: Estate) -> date | None:
    """The newest month of a bill whose place does not tell it; of several files only one was looked into."""
    months = [bill.month for bill in estate.examined if bill.source == name and bill.month]
    return date.fromisoformat(f"{max(months)}-01") if months and len(delivery.files) == 1 else None


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
            f"Export it again with these columns, or say which kind of source it is. {layout.hint}".rstrip(),
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
    estate.examined.update(Bill(name, told["provider"], told["account"], told["month"]) for told in bills)
    yield from _lines(lines, named, undated, unpriced)


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


def _twice(name: str, estate: Estate) -> Iterator[Finding]:
    """Another source that states this bill. Of a month that both hold the load is refused: it would count twice."""
    own = [bill for bill in estate.examined if bill.source == name]
    both: dict[tuple[str, str, str], set[str]] = {}
    beside: dict[tuple[str, str, str], set[str]] = {}
    for other in estate.bills | estate.examined:
        months = {bill.month for bill in own if other.source != name and bill.is_same_account(other)}
        if months:
            found = both if other.month in months else beside
            found.setdefault(other[:3], set()).add(other.month)
    for (source, provider, account), months in sorted(both.items()):
        yield bad(
            f"Source '{source}' states the bill of {provider} account {account} already, for {_span(months)}.",
            f"Load both under one name, for instance [sources.{source}], or take one of them out "
            "of the file, and what it loaded out of the store: python -m ingest forget NAME.",
        )
    for (source, provider, account), months in sorted(beside.items()):
        if (source, provider, account) not in both:
            yield doubtful(
                f"Source '{source}' states the bill of {provider} account {account}, too, for {_span(months)}.",
                "Nothing, if they share no month: one that both hold is refused.",
            )


def _span(months: set[str]) -> str:
    first, last = min(months), max(months)
    return first if first == last else f"{first} … {last}"
