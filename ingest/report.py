"""What the command line prints: progress while it works, tables of what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from data.check import Finding
from data.status import Status
from ingest.progress import Progress
from ingest.run import Outcome
from ingest.source import LoadResult, Window

UNKNOWN = "–"
STYLE = {"loaded": "green", "unchanged": "dim", "failed": "red"}


def waiting(holder: str) -> None:
    """Says whom the command waits for."""
    print(f"Waiting for {holder} to finish…", file=sys.stderr)


@contextmanager
def progress() -> Iterator[Progress]:
    """A line with spinner, text, bar and time on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("start", total=None)

        def show(text: str, done: float | None = None) -> None:
            bars.update(task, description=text, total=None if done is None else 1.0, completed=done or 0.0)

        yield show


def print_outcome(outcome: Outcome) -> None:
    """One row per load, and the snapshot that readers now see."""
    table = _table("source", "kind", "period", "status", ">rows", ">rejected", "message")
    for result in outcome.results:
        style = STYLE[result.status]
        table.add_row(
            result.source,
            result.kind,
            _period(result),
            f"[{style}]{result.status}[/]",
            f"{result.rows:,}",
            f"{result.rejected:,}",
            result.message or "",
        )
    console = _console()
    console.print(table)
    console.print(f"snapshot {outcome.snapshot.generation} · {outcome.snapshot.path}", soft_wrap=True)


def print_estimates(what: str, estimates: Sequence[tuple[str, object]]) -> None:
    """What a load would scan, step by step."""
    console = _console()
    console.print(f"{what}: nothing was scanned. A load would scan, for", soft_wrap=True)
    for step, scanned in estimates:
        console.print(f"  {step}: {scanned}", soft_wrap=True)
    console.print(
        "  (Google's list price unless usd_per_tib says otherwise; at least 10 MB a query.)", soft_wrap=True
    )


def print_status(status: Status) -> None:
    """The same figures as `status --json`, for people."""
    console = _console()
    console.print(
        f"snapshot {status.snapshot} · published {status.published_at:%Y-%m-%d %H:%M} UTC", soft_wrap=True
    )
    coverage = UNKNOWN if status.coverage is None else f"{status.coverage:.1%}"
    console.print(f"{coverage} of GPU cost observed")
    console.print(_sources(status))
    table = _table("billing period", "currency", ">unexplained")
    for row in status.unexplained:
        style = "green" if row.amount == 0 else "red"
        table.add_row(
            f"{row.billing_period:%Y-%m}", row.currency or UNKNOWN, f"[{style}]{_money(row.amount)}[/]"
        )
    console.print(table)


def print_findings(findings: Sequence[Finding]) -> None:
    """One line per invariant; under one that is off, what is off and the next step."""
    console = _console()
    for finding in findings:
        mark = "[red]off[/]" if finding.violations else "[green]holds[/]"
        console.print(f"{mark}  {finding.sentence}", soft_wrap=True)
        for violation in finding.violations:
            console.print(f"     {violation}", style="red", soft_wrap=True, markup=False)
        if finding.violations:
            console.print(f"     Next: {finding.next_step}", soft_wrap=True, markup=False)


def _console() -> Console:
    """As wide as the terminal; wide enough for every table where the output goes into a file."""
    console = Console()
    return console if console.is_terminal else Console(width=200)


def _sources(status: Status) -> Table:
    table = _table("source", "kind", "period", "currency", ">rows", ">rejected", ">billed", ">effective")
    for source in status.sources:
        through = UNKNOWN if source.data_through is None else f"{source.data_through:%Y-%m-%d %H:%M}"
        counts = (f"{source.rows:,}", f"{source.rejected:,}")
        table.add_row(source.source, source.kind, f"to {through}", "", *counts)
        for period in source.periods:
            month, currency = f"{period.billing_period:%Y-%m}", period.currency or UNKNOWN
            money = (_money(period.billed_cost), _money(period.effective_cost))
            table.add_row("", "", month, currency, f"{period.rows:,}", "", *money)
    return table


def _table(*columns: str) -> Table:
    """A plain table; a heading that starts with '>' is a column of numbers."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in columns:
        justify = "right" if heading.startswith(">") else "left"
        table.add_column(heading.lstrip(">"), justify=justify, overflow="fold")  # type: ignore[arg-type]
    return table


def _period(result: LoadResult) -> str:
    if result.billing_period is not None:
        return f"{result.billing_period:%Y-%m}"
    return _span(result.window) if result.window is not None else ""


def _span(window: Window) -> str:
    start, end = (f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in (window.start, window.end))
    return f"{start} … {end}"


def _money(amount: Decimal | None) -> str:
    """To the cent; an amount that rounds to 0.00 without being 0 keeps its digits, since that is the news."""
    if amount is None:
        return UNKNOWN
    return f"{amount:,.2f}" if amount == 0 or abs(amount) >= Decimal("0.005") else f"{amount:f}"
