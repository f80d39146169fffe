"""Billing exports into the store: stage every file, validate, replace the billing periods, all or nothing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
from rich.filesize import decimal

from data.load import Load
from data.restatement import told
from data.warehouse import Warehouse
from ingest import control, memory, precedence, raw, rejects, split, staged
from ingest.broken import read_and_refused, reject_broken
from ingest.brought import in_turn
from ingest.layout import Layout, Split
from ingest.progress import Progress, silent
from ingest.source import CostSource, Delivery, LoadResult, SourceError, SourceFile, Window
from ingest.staged import StagedFile

ALL = Window()


class LaidOut(CostSource, Protocol):
    """A billing source that knows its layout."""

    @property
    def layout(self) -> Layout: ...


@dataclass
class Tally:
    """What staging found so far."""

    files: list[StagedFile] = field(default_factory=list)
    lines: int = 0  # charge lines in those files
    left_out: int = 0  # lines of the files that staging passes over
    aside: list[Path] = field(default_factory=list)  # files of such lines, which may take the place of others
    rejected: int = 0
    notes: list[str] = field(default_factory=list)


def load_deliveries(
    wh: Warehouse, source_name: str, source: LaidOut, window: Window, progress: Progress = silent
) -> list[LoadResult]:
    """Loads every delivery that touches the window, each in its own transaction, oldest first.

    Raises SourceError; what was loaded before it stays. Where none touches it, one result says so.
    """
    with memory.bounded(wh.con):
        results = [
            load_delivery(wh, source_name, source, delivery, progress, window)
            for delivery in source.fetch(window)
        ]
    if not results and window != ALL:
        message = (
            "no billing period of it lies in this window; nothing was changed. Check --since and --until"
        )
        results.append(LoadResult(source_name, source.kind, "unchanged", 0, window=window, message=message))
    return results


def load_delivery(
    wh: Warehouse,
    name: str,
    source: LaidOut,
    delivery: Delivery,
    progress: Progress = silent,
    window: Window = ALL,
) -> LoadResult:
    """Replaces the delivery's billing periods with its lines; does nothing if they are live already.

    Of a delivery that tells its billing periods by its lines alone, those that touch the window count.
    """
    if delivery.billing_period is not None:
        window = ALL  # the source has chosen by it
    if window != ALL:
        asked = f"{window.start:%Y-%m}" if window.start else "", f"{window.end}" if window.end else ""
        delivery = replace(delivery, delivery_id=" ".join((delivery.delivery_id, *asked)))
    live = _answer(wh.con, "live_delivery", source=name, delivery_id=delivery.delivery_id)
    with wh.load(name, source.kind, "cost") as load:
        if live and not load.again:
            _, rows, period = live[0]
            load.finish(rows=0, delivery_id=delivery.delivery_id, billing_period=period, status="unchanged")
            return LoadResult(name, source.kind, "unchanged", int(rows), billing_period=period)
        return _replace(wh, load, source, delivery, window, progress)


def _replace(
    wh: Warehouse, load: Load, source: LaidOut, delivery: Delivery, window: Window, progress: Progress
) -> LoadResult:
    precedence.prepare(load)
    if delivery.billing_period:  # before anything of it is read
        precedence.refuse_older(load, precedence.times(load, [delivery.billing_period], delivery.made_at))
    tally = _stage(load, source.layout, delivery, window, progress)
    periods = _periods(load.con, delivery)
    made = precedence.times(load, periods, delivery.made_at)
    precedence.refuse_older(load, made)
    _guard(wh, load, source.kind, periods)
    _judge_effective(load, tally)
    progress(f"{load.source}: write {tally.lines:,} lines")
    load.mark_dirty(month for (month,) in _answer(load.con, "charge_months"))
    for period in periods:
        load.drop_cost_period(period)
        staged.write(load, tally.files, period)
    control.keep(load.con, load.load_id, load.source)
    replaced = load.restatements()
    precedence.keep(load, {period: moment for period, moment in made.items() if period in periods})
    tally.notes += told(replaced)
    if source.kind != "on-prem":  # what is computed is always of now
        tally.notes += precedence.shrunk(load, replaced, made)
    staged.drop(load)
    only = periods[0] if len(periods) == 1 else None
    message = "; ".join(tally.notes) or None
    load.finish(
        rows=tally.lines,
        delivery_id=delivery.delivery_id,
        billing_period=only,
        message=message,
    )
    return LoadResult(
        load.source,
        source.kind,
        "loaded",
        tally.lines,
        tally.rejected,
        only,
        message=message,
        replaced=replaced,
    )


def _stage(load: Load, layout: Layout, delivery: Delivery, window: Window, progress: Progress) -> Tally:
    """Shows the delivery's charge lines as `staged`, file by file, and fills control_part with its invoice totals."""
    con, tally = load.con, Tally(notes=list(delivery.notes))
    staged.prepare(load)
    con.execute(raw.macros())
    control.prepare(con)
    con.execute("CREATE OR REPLACE TEMP TABLE line_key (file_id VARCHAR, uri VARCHAR, key VARCHAR)")
    _read_files(load, layout, delivery, tally, progress)
    con.execute("SET preserve_insertion_order = false")
    staged.show(load, tally.files)
    if window != ALL:
        _choose_periods(load, delivery, window, tally)
    if layout.complete:
        _complete(load, layout, tally)
    _check_same_lines(con)
    if layout.split and tally.aside:
        _split(load, layout.split, tally)
    if tally.left_out:
        tally.notes.append(f"{tally.left_out:,} lines left out: split cost of lines that are here whole")
    rejects.check_kept(load, tally.lines + tally.rejected, tally.rejected)
    if window != ALL:
        tally.lines = _answer(con, "staged_lines")[0][0]
    return tally


def _choose_periods(load: Load, delivery: Delivery, window: Window, tally: Tally) -> None:
    """Leaves the lines of billing periods alone that do not touch the window. Raises SourceError where all are such."""
    load.con.execute(_sql("leave_out_periods"), {"since": window.start, "until": window.end}).fetchall()
    left_out = _answer(load.con, "left_out_lines")
    if not left_out:
        return
    lines = sum(lines for _, lines in left_out)
    months = ", ".join(f"{period:%Y-%m}" for period, _ in left_out)
    if lines == tally.lines:
        raise SourceError(
            f"{', '.join(file.uri for file in delivery.files[:3])}: no line is of a billing period that was asked for; "
            f"there are {months}. Nothing was changed. Check --since and --until."
        )
    tally.notes.append(
        f"{lines:,} lines of {months} were left alone: --since and --until ask for other months"
    )
    load.con.execute("DELETE FROM control_part WHERE billing_period IN (FROM left_out_period)").fetchall()
    staged.show(load, tally.files)


def _read_files(load: Load, layout: Layout, delivery: Delivery, tally: Tally, progress: Progress) -> None:
    """Stages file by file, and says how far it is in lines and bytes."""
    size, read = sum(file.bytes for file in delivery.files), 0
    with closing(in_turn(delivery.files)) as files:
        for file in files:
            far = f"{tally.lines:,} lines" + (f", {decimal(read)} of {decimal(size)}" if size else "")
            progress(f"{load.source}: {Path(file.uri).name} · {far}", read / size if size else None)
            with raw.readable(file):
                _stage_file(load, layout, file, delivery, tally)
            read += file.bytes


def _stage_file(load: Load, layout: Layout, file: SourceFile, delivery: Delivery, tally: Tally) -> None:
    con, period = load.con, delivery.billing_period
    opened = raw.open_file(con, file, layout.json_columns)
    if missing := [name for name in layout.required if not raw.has_column(opened, name)]:
        raise SourceError(
            f"{file.uri} is not {layout.what}: it has no column {', '.join(missing)}. "
            f"Its columns: {', '.join(opened.relation.columns[:12])} … Export it again with these columns, or name the "
            f"kind of source that it is. {layout.hint}".rstrip()
        )
    file_id = load.add_file(file.uri, file.etag, file.bytes, None)
    raw.conform(opened, layout.columns, {"delivery_period": period, **file.facts})
    before = max((done.last_line or 0 for done in tally.files), default=0)
    constants = {"source": load.source, "load_id": load.load_id, "file_id": file_id, "before": before}
    lines = staged.stage(load, f"{_sql('stage')} FROM ({_text(layout.staging)})", constants)
    read = control.add_file(con, opened, layout.control, period)
    kept, broken = _refuse(load, opened, file_id, lines, tally)
    left_out = read - lines.rows - read_and_refused(opened, read, broken)
    tally.left_out += left_out
    if layout.split and left_out:
        tally.aside.append(split.stage(load, layout.split, file_id, len(tally.files)))
    precedence.note_export_times(load, opened, kept)
    tally.files.append(kept)
    tally.lines += kept.rows
    if period is None and layout.line_key and len(delivery.files) > 1:
        _note_line_keys(con, opened, layout, file_id)
    con.execute(
        "UPDATE file SET rows = $rows WHERE file_id = $file_id", {"rows": lines.rows, "file_id": file_id}
    )
    con.execute("DROP VIEW raw; DROP VIEW control_raw; DROP VIEW raw_file")


def _complete(load: Load, layout: Layout, tally: Tally) -> None:
    """Runs the layout's statements, and writes the files anew in which they complete lines."""
    assert layout.complete is not None
    load.con.execute("CREATE OR REPLACE TEMP TABLE completed (line_id BIGINT)")
    tally.notes += [note for (note,) in load.con.execute(_text(layout.complete)).fetchall()]
    for place, file in enumerate(tally.files):
        span = {"first": file.first_line, "last": file.last_line}
        if layout.completed and _answer(load.con, "completed_lines", **span)[0][0]:
            tally.files[place] = staged.rewrite(load, file, _text(layout.completed))
    staged.show(load, tally.files)


def _split(load: Load, layout: Split, tally: Tally) -> None:
    """Lets split lines take the place of the lines that they split; what they do not split stays whole."""
    tally.files, idle = split.apply(load, layout, tally.files, tally.aside)
    if took := tally.left_out - idle:
        tally.notes.append(f"{took:,} split cost lines took the place of the lines that they split")
    tally.left_out = idle
    tally.lines = sum(file.rows for file in tally.files)
    staged.show(load, tally.files)


def _note_line_keys(
    con: duckdb.DuckDBPyConnection, opened: raw.RawFile, layout: Layout, file_id: str
) -> None:
    names = [raw.Column(f"part_{place}", names=(name,)) for place, name in enumerate(layout.line_key)]
    constants = {"file_id": file_id, "uri": opened.file.uri}
    raw.conform(opened, names, constants, view="line_key_raw")
    con.execute(_sql("line_keys"))
    con.execute("DROP VIEW line_key_raw")


def _check_same_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Raises SourceError where two files without a manifest state the same lines: they are two deliveries."""
    for one, other, lines in _answer(con, "same_lines"):
        raise SourceError(
            f"{one} and {other} state {lines:,} of the same lines: they are two deliveries of one billing period. "
            "Load them one after the other, the newer one last: it replaces the older one."
        )


def _refuse(
    load: Load, raw_file: raw.RawFile, file_id: str, lines: StagedFile, tally: Tally
) -> tuple[StagedFile, int]:
    """Moves lines that cannot be used to reject, and counts them; answers the file without them.

    Lines that the CSV reader could not take apart are rejects too, though they never were staged; answers how many.
    """
    con = load.con
    con.execute(_sql("refuse"), {"staged": str(lines.path)})
    ((refused,),) = con.execute("SELECT count(*) FROM refused").fetchall()
    if refused:
        load.reject_select(_sql("refused_lines"))
        lines = staged.rewrite(load, lines, _sql("without_refused"))
    broken = reject_broken(load, raw_file, file_id)
    tally.rejected += refused + broken
    return lines, broken


def _periods(con: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[date]:
    rows = con.execute("SELECT DISTINCT billing_period FROM staged").fetchall()
    stated = {delivery.billing_period} if delivery.billing_period else set()
    return sorted({period for (period,) in rows} | stated)


def _guard(wh: Warehouse, load: Load, kind: str, periods: list[date]) -> None:
    """Raises SourceError where the load would count a bill twice, or take away lines that it knows nothing of."""
    twice = _answer(load.con, "other_source", source=load.source)
    if twice:
        source, provider, account, period = twice[0]
        raise SourceError(
            f"Source '{source}' holds {provider} billing account {account} for {period} already; "
            f"'{load.source}' would count it a second time. Load it under the same name (--source {source}), "
            f"or take '{source}' out first: python -m ingest forget {source}."
        )
    scope = {"source": load.source, "load_id": load.load_id, "periods": periods}
    # what is configured states all that its source may hold: an account that it names no more was renamed
    lost = [] if load.again or kind == "on-prem" else _answer(load.con, "lost_accounts", **scope)
    files = [str(path) for path in wh.live_files("cost", load.source)]
    # AWS's final report may spell the payer otherwise than the preliminary one; no other format does
    respelled = (
        kind == "aws-cur"
        and files
        and not _answer(load.con, "lost_lines", files=files, periods=periods)[0][0]
    )
    if lost and files and not respelled:
        accounts = ", ".join(f"{provider or 'unknown provider'} {account}" for provider, account in lost)
        raise SourceError(
            f"Loading this as '{load.source}' would remove the lines of {accounts} from "
            f"{', '.join(f'{period:%Y-%m}' for period in periods)}, and it has none of that account itself. "
            "Give it a name of its own with --source NAME; or say --replace if they are to go."
        )


def _judge_effective(load: Load, tally: Tally) -> None:
    """Notes which bills of the load state an effective cost that means nothing, and says so."""
    load.con.execute(_sql("effective_damage"))
    load.con.execute(_sql("keep_unusable"), {"load_id": load.load_id}).fetchall()
    for provider, account, lines, zeros, billed, currency in _answer(load.con, "unusable_told"):
        whose = f"{provider or 'an unknown provider'}{f' account {account}' if account else ''}"
        tally.notes.append(
            f"EffectiveCost is unusable: it is 0 on {zeros:,} of {lines:,} billed usage lines of {whose} without "
            f"a commitment ({billed} {currency or 'of unknown currency'} billed); only its billed cost is shown"
        )
    load.con.execute("DROP TABLE effective_damage")


def _answer(con: duckdb.DuckDBPyConnection, name: str, **params: object) -> list[tuple[Any, ...]]:
    return con.execute(_sql(name), params or None).fetchall()


def _sql(name: str) -> str:
    return _text(Path(__file__).parent / "sql" / f"{name}.sql")


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
