"""The command line: parse, run, report.

Exit codes: 0 all is well, 1 a source failed or check found something, 2 usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click

from data.home import HomeUnusable, make_home, pointer_file, store_home
from data.lock import LockHeld
from data.parquet import check_source_name
from data.snapshot import NoSnapshot, open_latest
from data.warehouse import Warehouse
from ingest import configure, log, report, settings
from ingest.commands import (
    LOG_HELP,
    Asked,
    Known,
    Moment,
    ask_sources,
    commands,
    loading,
    one_per_kind,
)
from ingest.options import CONFIG_FILE, OPTIONS, AnyOptions
from ingest.settings import Settings, SettingsError, did_you_mean
from ingest.source import SourceError

WAIT_SECONDS = 3600.0
USAGE = 2


@click.group(cls=Known, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--log", "form", type=click.Choice(log.FORMS), default="off", envvar=log.VARIABLE, help=LOG_HELP
)
def main(form: log.Form) -> None:
    """Load billing exports and telemetry, and publish what came of them as a snapshot for the dashboard."""
    log.configure(form)


@main.command()
@loading
def demo(asked: Asked) -> None:
    """An invented company: writes its native export files and loads them through the sources above."""
    from ingest.sources.demo import demo_sources

    try:
        make_home(store_home())
    except HomeUnusable as error:
        _fail(str(error))
    with report.progress() as progress:
        sources = demo_sources(store_home(), progress)
    _load(_settings(asked.config), sources, asked)


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@loading
def run(names: tuple[str, ...], asked: Asked) -> None:
    """All sources of inferledger.toml, or those named. One that fails does not stop the others."""
    known = _settings(asked.config)
    if not known.sources:
        _fail(
            f"{known.file or CONFIG_FILE} names no source. Write it with python -m ingest init, "
            "or add one, for instance:\n\n"
            '[sources.aws-main]\nkind = "aws-cur"\nlocation = "s3://bucket/prefix/report"',
            USAGE,
        )
    for name in names:
        if name not in known.sources:
            listed = ", ".join(known.sources)
            hint = did_you_mean(name, known.sources)
            _fail(f"{known.file} has no source '{name}'.{hint} It has: {listed}.", USAGE)
    chosen = [(name, known.sources[name]) for name in names or known.sources]
    _load(known, chosen, asked)


@main.command(epilog="Without a source, and in a terminal, it asks.")
@click.option("--file", "path", type=click.Path(path_type=Path), default=CONFIG_FILE, help="Where to write.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@one_per_kind
def init(path: Path, force: bool, sources: list[AnyOptions]) -> None:
    """Write a commented inferledger.toml with the sources that are named, or asked for."""
    try:
        configure.check_free(path, force=force)  # before anybody answers questions for it
        if not sources and at_terminal():
            sources = ask_sources()
        if not sources:
            flags = ", ".join(f"--{kind}" for kind in OPTIONS)
            _fail(
                f"Name at least one source: {flags}. For instance --prometheus http://prometheus:9090.", USAGE
            )
        configure.write_config(path, sources, force=force)
    except SettingsError as error:
        _fail(str(error))
    click.echo(f"Wrote {path}. Next: python -m ingest doctor, then python -m ingest run.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object; money as strings.")
@click.option("--any", "ask_any", is_flag=True, hidden=True)  # `make run` asks whether the demo is wanted
def status(as_json: bool, ask_any: bool) -> None:
    """What is loaded, up to when, and what of the invoices is explained."""
    from data.status import status as read_status

    if ask_any:
        sys.exit(0 if _holds_anything() else 1)
    try:
        found = read_status(open_latest(store_home()))
    except NoSnapshot as error:
        _fail(str(error))
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=1, ensure_ascii=False))
    else:
        report.print_status(found)


def _holds_anything() -> bool:
    """Whether a row of any source is in the store, or may be: one that cannot be read now is no empty one."""
    if not pointer_file(store_home()).exists():
        return False
    try:
        held = open_latest(store_home()).cursor().execute("SELECT 1 FROM source_state WHERE rows > 0 LIMIT 1")
        return bool(held.fetchall())
    except NoSnapshot:  # moved, or of another version
        return True


@main.command()
@click.option("--mend", is_flag=True, help="First mend a store that was moved, or whose ingest was killed.")
def check(mend: bool) -> None:
    """Proves the invariants of the store; what is off is listed with the next step."""
    from data.check import check as run_check

    try:
        if mend:
            Warehouse.open(store_home(), WAIT_SECONDS, report.waiting).close()
        findings = run_check(open_latest(store_home()))
    except (HomeUnusable, LockHeld, NoSnapshot) as error:
        _fail(str(error))
    report.print_findings(findings)
    sys.exit(1 if any(finding.violations for finding in findings) else 0)


@main.command()
@click.argument("source", metavar="SOURCE")
@click.option("--config", type=click.Path(path_type=Path), help="inferledger.toml to use.")
@click.option("--no-wait", is_flag=True, help="Fail at once if another ingest is running.")
def forget(source: str, config: Path | None, no_wait: bool) -> None:
    """Take everything of a source out of the store, and publish. It asks nothing, and says what it took out."""
    from data.forget import UnknownSource
    from data.forget import forget as take_out

    known = _settings(config)
    try:
        open_latest(store_home())  # where there is no store, none is made
        with Warehouse.open(store_home(), 0 if no_wait else WAIT_SECONDS, report.waiting) as warehouse:
            taken = take_out(warehouse, source)
            snapshot = warehouse.publish(known.model)
    except UnknownSource as error:
        hint = did_you_mean(source, error.known)
        _fail(f"The store has no source '{source}'.{hint} It has: {', '.join(error.known) or 'none'}.", USAGE)
    except (HomeUnusable, LockHeld, NoSnapshot) as error:
        _fail(str(error))
    log.published(snapshot)
    report.print_taken(source, taken, snapshot)


@main.command()
@click.option("--config", type=click.Path(path_type=Path), help="inferledger.toml to use.")
def doctor(config: Path | None) -> None:
    """Test every source of inferledger.toml, without loading anything, and say what to mend."""
    from ingest.doctor import examine

    known = _settings(config)
    if not known.sources:
        _fail(f"{known.file or CONFIG_FILE} names no source. Write one with: python -m ingest init", USAGE)
    mend = False
    for examined in examine(known, store_home()):
        report.print_examined(examined)
        mend |= any(finding.state == "bad" for finding in examined.findings)
    sys.exit(1 if mend else 0)


@main.group(cls=Known)
def export() -> None:
    """Write what the newest snapshot holds as a file that others can read."""


@export.command("focus")
@click.argument("path", metavar="OUT.parquet", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--since", type=Moment(), help="First billing period (its first day).")
@click.option("--until", type=Moment(), help="Billing periods before this day.")
def export_focus(path: Path, since: datetime | None, until: datetime | None) -> None:
    """Every charge line as FOCUS 1.2 Parquet."""
    from data.export import NothingToExport
    from data.export import export_focus as write

    try:
        written = write(open_latest(store_home()), path, since, until)
    except (NoSnapshot, NothingToExport) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{path} cannot be written: {error.strerror or error}. Name a place that can be written.")
    report.print_export(written)


def _load_one(options: AnyOptions, name: str, asked: Asked) -> None:
    try:
        check_source_name(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _load(_settings(asked.config), [(name, options)], asked)


def _load(known: Settings, sources: Iterable[tuple[str, AnyOptions]], asked: Asked) -> None:
    """Runs the sources under the lock, prints what came of them, and leaves with 1 if one failed."""
    from ingest.run import run as run_sources

    wait = 0 if asked.no_wait else WAIT_SECONDS
    try:
        with (
            _home(asked) as home,
            Warehouse.open(home, wait, report.waiting, asked.mode) as warehouse,
            report.progress() as progress,
        ):
            outcome = run_sources(warehouse, sources, asked.window, known.model, progress)
    except KeyboardInterrupt:
        _fail("Interrupted. What was loaded whole stays; run it again to go on from there and to publish.")
    except (HomeUnusable, LockHeld, SourceError) as error:
        _fail(str(error))
    report.print_outcome(outcome)
    sys.exit(1 if outcome.failed else 0)


@contextmanager
def _home(asked: Asked) -> Iterator[Path]:
    """The store; a rehearsal where there is none yet does not create it."""
    if asked.mode.rehearse and not store_home().exists():
        with TemporaryDirectory(prefix="inferledger-") as elsewhere:
            yield Path(elsewhere)
    else:
        yield store_home()


def at_terminal() -> bool:
    return sys.stdin.isatty()


def _settings(config: Path | None) -> Settings:
    try:
        return settings.read_settings(config)
    except SettingsError as error:
        _fail(str(error), USAGE)


def _fail(message: str, code: int = 1) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    sys.exit(code)


for command in commands(_load_one):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="python -m ingest")
