"""What the command line prints: progress while it works, tables of what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from data.check import Finding
from data.excess import NEXT_STEP, Excess
from data.forget import Taken
from data.pointer import Snapshot
from data.preview import Preview
from data.restatement import told
from data.status import Status
from ingest.doctor import Examined
from ingest.progress import Progress
from ingest.run import Outcome
from ingest.source import LoadResult, Window

if TYPE_CHECKING:
    from data.export import Exported  # it needs pandas, which a load does without

UNKNOWN = "–"
MACHINES = 5  # named one by one
WIDEST = 120  # characters of a previewed value
ROOMY = 140  # columns of a terminal from which a message has room beside its row
STYLE = {"loaded": "green", "unchanged": "dim", "replaced": "dim", "failed": "red"}


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
    """One row per load, and the snapshot that readers now see; after a rehearsal the first rows as they would land.

    Neighbouring hours of a source that went alike are one row; messages stand below where the terminal is narrow.
    """
    console = _console()
    beside = console.width >= ROOMY
    table = _table("source", "kind", "period", "status", ">rows", ">rejected", *(["message"] * beside))
    results = _gathered(outcome.results)
    for result in results:
        style = STYLE[result.status]
        would = "would be " if outcome.snapshot is None and result.status == "loaded" else ""
        table.add_row(
            result.source,
            result.kind,
            _period(result),
            f"[{style}]{would}{result.status}[/]",
            f"{result.rows:,}",
            f"{result.rejected:,}",
            *([escape(result.message or "")] * beside),
        )
    console.print(table)
    for result in () if beside else results:
        if result.message:
            said = f"{' '.join((result.source, _period(result))).strip()}: {result.message}"
            style = "red" if result.status == "failed" else ""
            console.print(said, style=style, soft_wrap=True, markup=False, highlight=False)
    if outcome.snapshot is None:
        first = {(one.source, one.relation): one for one in reversed(outcome.previews)}
        for preview in reversed(first.values()):
            _print_preview(console, preview)
        console.print("Nothing was changed: --dry-run.")
    else:
        _print_excess(console, outcome.excess)
        console.print(f"snapshot {outcome.snapshot.generation} · {outcome.snapshot.path}", soft_wrap=True)


def _gathered(results: Sequence[LoadResult]) -> list[LoadResult]:
    """Loads of adjoining hours with one status and one message as one: a server without data says so once."""
    gathered: list[LoadResult] = []
    for result in results:
        if joined := gathered and _joined(gathered[-1], result):
            gathered[-1] = joined
        else:
            gathered.append(result)
    return gathered


def _joined(one: LoadResult, other: LoadResult) -> LoadResult | None:
    alike = (one.source, one.status, one.message) == (other.source, other.status, other.message)
    if not alike or one.window is None or other.window is None:
        return None
    if one.window.end is None or one.window.end != other.window.start:
        return None
    window = Window(one.window.start, other.window.end)
    return replace(one, rows=one.rows + other.rows, rejected=one.rejected + other.rejected, window=window)


def _print_excess(console: Console, excess: Sequence[Excess]) -> None:
    for machine in excess[:MACHINES]:
        console.print(str(machine), style="yellow", soft_wrap=True, markup=False, highlight=False)
    if excess:
        rest = (
            f"{len(excess) - MACHINES} more machines show too many devices. "
            if len(excess) > MACHINES
            else ""
        )
        console.print(f"{rest}{NEXT_STEP}", soft_wrap=True, markup=False, highlight=False)


def _print_preview(console: Console, preview: Preview) -> None:
    """Rows stand upright: a charge line has more columns than any terminal is wide."""
    console.print(f"{preview.source}: first rows of {preview.relation}, as they would land")
    table = _table("column", *(f"row {place}" for place, _ in enumerate(preview.rows, 1)))
    for place, column in enumerate(preview.columns):
        table.add_row(column, *(escape(_cell(row[place])) for row in preview.rows))
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return UNKNOWN
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text if len(text) <= WIDEST else f"{text[:WIDEST]}…"


def print_status(status: Status) -> None:
    """The same figures as `status --json`, for people."""
    console = _console()
    console.print(
        f"snapshot {status.snapshot} · published {status.published_at:%Y-%m-%d %H:%M} UTC", soft_wrap=True
    )
    coverage = UNKNOWN if status.coverage is None else f"{status.coverage:.1%}"
    console.print(f"{coverage} of GPU cost observed")
    console.print(_sources(status))
    for source in status.sources:
        if source.last_status == "failed":
            said = f"{source.source}: the last load failed. {source.last_message or ''}"
            console.print(said, style="red", soft_wrap=True, markup=False, highlight=False)
    for restated in status.restatements:
        (said,) = told([restated])
        when = f"{restated.restated_at:%Y-%m-%d %H:%M} UTC"
        console.print(f"{restated.source} {said}, at {when}", soft_wrap=True, markup=False)
    for missing in status.missing_rates:
        console.print(missing.told, style="yellow", soft_wrap=True, markup=False, highlight=False)
    _print_excess(console, status.excess)
    table = _table("billing period", "currency", ">unexplained")
    for row in status.unexplained:
        style = "green" if row.amount == 0 else "red"
        table.add_row(
            f"{row.billing_period:%Y-%m}", row.currency or UNKNOWN, f"[{style}]{_money(row.amount)}[/]"
        )
    console.print(table)


def print_taken(source: str, taken: Sequence[Taken], snapshot: Snapshot) -> None:
    """What `forget` took out of the store, and the snapshot without it."""
    console = _console()
    if not taken:
        console.print(f"'{source}' holds nothing: nothing was taken out.", markup=False)
        return
    table = _table("taken out", "from", "to", ">rows", ">billed", "currency")
    for part in taken:
        days = [f"{day}" if day else "" for day in (part.first_day, part.last_day)]
        billed = _money(part.billed) if part.what == "invoice totals" else ""
        table.add_row(part.what, *days, f"{part.rows:,}", billed, part.currency or "")
    console.print(table)
    console.print(f"snapshot {snapshot.generation} is without '{source}' · {snapshot.path}", soft_wrap=True)


def print_export(written: Exported) -> None:
    """What the file holds."""
    sums = ", ".join(f"{amount:f} {currency}" for currency, amount in sorted(written.billed_cost.items()))
    print(
        f"{written.path}: {written.lines:,} lines of snapshot {written.generation}, billed {sums or UNKNOWN}"
    )
    if written.unknown:
        print(
            f"{written.unknown:,} lines have a cost that their export leaves out: 0 here, named in x_Unknown"
        )


def print_examined(examined: Examined) -> None:
    """What was found of a source, the next step under what is not good."""
    console = _console()
    console.print(f"[bold]{escape(examined.name)}[/] ({examined.kind})")
    for finding in examined.findings:
        mark = {"good": "[green]good[/]", "doubtful": "[yellow]look[/]", "bad": "[red]mend[/]"}[finding.state]
        console.print(f"  {mark}  {escape(finding.said)}", soft_wrap=True, highlight=False)
        if finding.next_step:
            console.print(f"        Next: {finding.next_step}", soft_wrap=True, markup=False, highlight=False)


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
    table = _table(
        "source", "kind", "period", "currency", ">rows", ">rejected", ">billed", ">effective", "last load"
    )
    for source in status.sources:
        through = UNKNOWN if source.data_through is None else f"{source.data_through:%Y-%m-%d %H:%M}"
        counts = (f"{source.rows:,}", f"{source.rejected:,}")
        last = f"[{STYLE[source.last_status]}]{source.last_status}[/]"
        reach = "" if source.rows == 0 else f"to {through}"
        table.add_row(source.source, source.kind, reach, "", *counts, "", "", last)
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
