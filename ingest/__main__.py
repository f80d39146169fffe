"""The command line: parse, run, report.

Exit codes: 0 all is well, 1 a source failed or check found something, 2 usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from data.home import HomeUnusable, make_home, store_home
from data.lock import LockHeld
from data.parquet import check_source_name
from data.snapshot import NoSnapshot, open_latest
from data.warehouse import Warehouse
from ingest import report, settings
from ingest.settings import AnyOptions, Settings, SettingsError, did_you_mean
from ingest.source import SourceError, Window

WAIT_SECONDS = 3600.0
USAGE = 2
NOT_SOURCES = ("run", "status", "check")


class Sources(click.Group):
    """A group that answers an unknown word with the sources that there are."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            known = tuple(sorted(set(self.commands) - set(NOT_SOURCES)))
            ctx.fail(
                f"Unknown source '{args[0]}'.{did_you_mean(args[0], (*known, *NOT_SOURCES))} "
                f"Known: {', '.join(known)}. Besides: {', '.join(NOT_SOURCES)}."
            )
        return super().resolve_command(ctx, args)


class Moment(click.ParamType[datetime]):
    """A date or a time; UTC unless it says otherwise."""

    name = "date or time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"'{value}' is no date or time. Write 2026-10-01 or 2026-10-01T06:00 (UTC).", param, ctx
            )
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def window_options(command: Callable[..., None]) -> Callable[..., None]:
    """--since, --until, --no-wait, --config: what every loading command knows."""
    for option in (
        click.option("--config", type=click.Path(path_type=Path), help="inferledger.toml to use."),
        click.option("--no-wait", is_flag=True, help="Fail at once if another ingest is running."),
        click.option("--until", type=Moment(), help="Load up to this moment (UTC, exclusive)."),
        click.option("--since", type=Moment(), help="Load from this moment on (UTC)."),
    ):
        command = option(command)
    return command


def source_options(command: Callable[..., None]) -> Callable[..., None]:
    """The window options and --source."""
    named = click.option("--source", metavar="NAME", help="Name of this source; by default its kind.")
    return window_options(named(command))


endpoint_option = click.option(
    "--endpoint-url", metavar="URL", help="Server to ask instead of the cloud's own."
)


def bigquery_options(command: Callable[..., None]) -> Callable[..., None]:
    """--project, --region: who runs the queries, and where the data lies."""
    project = click.option(
        "--project", metavar="ID", help="Project that runs the queries, else the table's own."
    )
    region = click.option("--region", metavar="NAME", help="Where the dataset lies, such as EU.")
    return project(region(command))


@click.group(cls=Sources, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """Load billing exports and telemetry, and publish what came of them as a snapshot for the dashboard."""


@main.command()
@click.argument("location", metavar="PATH|s3://…")
@endpoint_option
@source_options
def focus(location: str, endpoint_url: str | None, **common: Any) -> None:  # noqa: ANN401
    """FOCUS 1.0 to 1.4 of any provider: CSV, CSV.gz or Parquet, a file or a folder."""
    _load_one(settings.FocusOptions(location=location, endpoint_url=endpoint_url), **common)


@main.command("aws-cur")
@click.argument("location", metavar="s3://bucket/prefix/report|DIR")
@endpoint_option
@source_options
def aws_cur(location: str, endpoint_url: str | None, **common: Any) -> None:  # noqa: ANN401
    """AWS Cost and Usage Report, legacy or 2.0, by its manifests."""
    _load_one(settings.AwsCurOptions(location=location, endpoint_url=endpoint_url), **common)


@main.command()
@click.argument("location", metavar="bigquery://PROJECT.DATASET[.TABLE]|FILE|DIR")
@click.option(
    "--dry-run", is_flag=True, help="Say what BigQuery would scan and what that costs; load nothing."
)
@bigquery_options
@endpoint_option
@source_options
def gcp(location: str, dry_run: bool, **told: Any) -> None:  # noqa: ANN401
    """GCP billing export: detailed, standard or FOCUS, from BigQuery, or nested as NDJSON or Parquet files.

    BigQuery is asked with Application Default Credentials. A pricing export fills the list prices.
    """
    asked = {name: told.pop(name) for name in ("project", "region", "endpoint_url")}
    options = settings.GcpOptions(location=location, **asked)
    if dry_run:
        _estimate(options, told["source"] or options.kind, Window(told["since"], told["until"]))
    elif location.endswith(".cloud_pricing_export"):
        _load_one(settings.GcpPricesOptions(table=location, **asked), **told)
    else:
        _load_one(options, **told)


@main.command()
@click.argument("provider", type=click.Choice(["gcp"]))
@click.option("--table", metavar="bigquery://…", help="A pricing export instead of the public catalogue.")
@bigquery_options
@endpoint_option
@source_options
def prices(
    provider: str,  # noqa: ARG001 - a word of the command
    table: str | None,
    project: str | None,
    region: str | None,
    endpoint_url: str | None,
    **common: Any,  # noqa: ANN401
) -> None:
    """List prices of GPU machines, from the provider's catalogue or from a pricing export."""
    options = settings.GcpPricesOptions(
        table=table, project=project, region=region, endpoint_url=endpoint_url
    )
    _load_one(options, **common)


@main.command()
@click.argument("provider", type=click.Choice(["gcp"]))
@endpoint_option
@source_options
def accounts(provider: str, endpoint_url: str | None, **common: Any) -> None:  # noqa: ANN401, ARG001
    """Names of billing accounts, and which projects they pay for."""
    _load_one(settings.GcpAccountsOptions(endpoint_url=endpoint_url), **common)


@main.command()
@click.argument("location", metavar="URL|FILE|DIR")
@click.option("--matcher", default="", metavar="LABELS", help="More label matchers: 'cluster=\"prod\"'.")
@click.option("--at", type=Moment(), help="Instant of exposition text that has no timestamps (UTC).")
@source_options
def prometheus(location: str, matcher: str, at: datetime | None, **common: Any) -> None:  # noqa: ANN401
    """DCGM and vLLM metrics: a Prometheus server, OpenMetrics text, or a Parquet dump.

    A server's bearer token is read from INFERLEDGER_PROMETHEUS_TOKEN.
    """
    _load_one(settings.PrometheusOptions(location=location, matcher=matcher, at=at), **common)


@main.command()
@click.argument("location", metavar="FILE")
@click.option(
    "--map", "mapping", multiple=True, metavar="OURS=THEIRS", help="Which column of the file is which."
)
@source_options
def requests(location: str, mapping: tuple[str, ...], **common: Any) -> None:  # noqa: ANN401
    """Request logs as CSV, JSONL or Parquet, with a column mapping."""
    _load_one(settings.RequestsOptions(location=location, mapping=_pairs(mapping)), **common)


@main.command()
@click.argument("location", metavar="FILE")
@source_options
def resources(location: str, **common: Any) -> None:  # noqa: ANN401
    """Which node is which billed machine, which deployment runs which model version."""
    _load_one(settings.ResourcesOptions(location=location), **common)


@main.command()
@window_options
def demo(since: datetime | None, until: datetime | None, no_wait: bool, config: Path | None) -> None:
    """An invented company: writes its native export files and loads them through the sources above."""
    from ingest.sources.demo import demo_sources

    try:
        make_home(store_home())
    except HomeUnusable as error:
        _fail(str(error))
    with report.progress() as progress:
        sources = demo_sources(store_home(), progress)
    _load(_settings(config), sources, Window(since, until), no_wait)


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@window_options
def run(
    names: tuple[str, ...], since: datetime | None, until: datetime | None, no_wait: bool, config: Path | None
) -> None:
    """All sources of inferledger.toml, or those named. One that fails does not stop the others."""
    known = _settings(config)
    if not known.sources:
        _fail(
            f"{known.file or settings.FILE} names no source. Add one, for instance:\n\n"
            '[sources.aws-main]\nkind = "aws-cur"\nlocation = "s3://bucket/prefix/report"',
            USAGE,
        )
    for name in names:
        if name not in known.sources:
            listed = ", ".join(known.sources)
            hint = did_you_mean(name, known.sources)
            _fail(f"{known.file} has no source '{name}'.{hint} It has: {listed}.", USAGE)
    chosen = [(name, known.sources[name]) for name in names or known.sources]
    _load(known, chosen, Window(since, until), no_wait)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object; money as strings.")
def status(as_json: bool) -> None:
    """What is loaded, up to when, and what of the invoices is explained."""
    from data.status import status as read_status

    try:
        found = read_status(open_latest(store_home()))
    except NoSnapshot as error:
        _fail(str(error))
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=1, ensure_ascii=False))
    else:
        report.print_status(found)


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


def _load_one(
    options: AnyOptions,
    *,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    no_wait: bool,
    config: Path | None,
) -> None:
    name = source or options.kind
    try:
        check_source_name(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _load(_settings(config), [(name, options)], Window(since, until), no_wait)


def _load(known: Settings, sources: Iterable[tuple[str, AnyOptions]], window: Window, no_wait: bool) -> None:
    """Runs the sources under the lock, prints what came of them, and leaves with 1 if one failed."""
    from ingest.run import run as run_sources

    try:
        with (
            Warehouse.open(store_home(), 0 if no_wait else WAIT_SECONDS, report.waiting) as warehouse,
            report.progress() as progress,
        ):
            outcome = run_sources(warehouse, sources, window, known.model, progress)
    except (HomeUnusable, LockHeld, SourceError) as error:
        _fail(str(error))
    report.print_outcome(outcome)
    sys.exit(1 if outcome.failed else 0)


def _estimate(options: settings.GcpOptions, name: str, window: Window) -> None:
    """Prints what BigQuery would scan, by what the newest snapshot holds of the table."""
    from ingest.bigquery import is_bigquery
    from ingest.load_bigquery import estimate

    if not is_bigquery(options.location):
        raise click.UsageError("--dry-run is about BigQuery; files cost nothing to read.")
    try:
        con = open_latest(store_home()).cursor()
    except NoSnapshot:
        con = None
    try:
        report.print_estimates(options.location, estimate(con, name, options, window))
    except SourceError as error:
        _fail(str(error))


def _settings(config: Path | None) -> Settings:
    try:
        return settings.read_settings(config)
    except SettingsError as error:
        _fail(str(error), USAGE)


def _pairs(mapping: tuple[str, ...]) -> dict[str, str]:
    for pair in mapping:
        if "=" not in pair:
            raise click.UsageError(
                f"--map {pair}: write OURS=THEIRS, for instance --map output_tokens=GeneratedTokens."
            )
    return dict(pair.split("=", 1) for pair in mapping)


def _fail(message: str, code: int = 1) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main(prog_name="python -m ingest")
