"""python -m dashboard report --week 2026-W43: the weekly pack as files, and where one is told its text to a webhook."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from dashboard.report.html import html
from dashboard.report.pack import NothingToReport, Pack, gather
from dashboard.report.pdf import NoPdf, pdf
from dashboard.report.text import text
from dashboard.report.webhook import WebhookError, post
from dashboard.report.workbook import workbook
from data.home import store_home
from data.pins import pin
from data.snapshot import NoSnapshot, open_latest

WRITERS: dict[str, Callable[[Pack], bytes]] = {
    "html": lambda pack: html(pack).encode(),
    "txt": lambda pack: text(pack).encode(),
    "xlsx": workbook,
    "pdf": lambda pack: pdf(html(pack)),
}


@click.group()
def main() -> None:
    """What the dashboard knows, without a browser."""


@main.command()
@click.option("--week", metavar="YYYY-Www", help="ISO week; by default the last whole one in the data.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Folder to write into."
)
@click.option(
    "--format", "formats", multiple=True, type=click.Choice([*WRITERS]), default=("html", "txt", "xlsx"),
    help="Several times for several; by default html, txt and xlsx.",
)  # fmt: skip
@click.option("--snapshot", type=int, help="An older snapshot; by default the newest.")
@click.option(
    "--webhook", metavar="URL", help='Post the text there: Slack, Teams, or whatever takes {"text": …}.'
)
def report(
    week: str | None, out: Path, formats: tuple[str, ...], snapshot: int | None, webhook: str | None
) -> None:
    """Write the weekly pack: what changed and why, the ladder, idle GPUs. Its snapshot is kept, so that it can be made
    again."""
    try:
        reader = open_latest(store_home())
        pack = gather(reader if snapshot is None else reader.at(snapshot), week)
        pin(store_home(), pack.snapshot.generation, f"weekly pack {pack.week}", "report")
        out.mkdir(parents=True, exist_ok=True)
        for kind in formats:
            path = out / f"inferledger-{pack.week}.{kind}"
            path.write_bytes(WRITERS[kind](pack))
            click.echo(path)
        if webhook:
            post(webhook, text(pack))
    except (NoSnapshot, NothingToReport, NoPdf, WebhookError, OSError) as error:
        click.echo(f"The report was not finished: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
