"""One command per kind of source, made from its options: what inferledger.toml knows, the command line knows too.

A field called `location` is the argument; every other field is an option of its name (or the one that it names as
`flag`), with its description as help. `prices-gcp` is spelled `prices gcp`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from data.warehouse import Mode
from ingest import log
from ingest.configure import asked, is_located, shape
from ingest.options import OPTIONS, AnyOptions, Options
from ingest.settings import SettingsError, did_you_mean
from ingest.source import Window

SHARED = {
    "prices": "List prices of GPU machines, from the provider's catalogue.",
    "accounts": "Names of accounts, as the provider tells them.",
}
DRY_RUN_HELP = (
    "Do everything but keep nothing: show what would be loaded, and the first rows as they would land."
)
SINCE_HELP = (
    "Load from this moment on (UTC); of bills whole billing periods, from its month on; lines of other periods are "
    "left alone."
)
UNTIL_HELP = (
    "Load up to this moment (UTC, exclusive); of bills the billing periods that begin before it, whole."
)
LOG_HELP = (
    "One line per event on standard error: off, text (logfmt) or JSON. Default: INFERLEDGER_LOG, else off."
)
REPLACE_HELP = (
    "Load again what is live already, and let it replace newer deliveries, accounts that it does not hold itself and "
    "hours that it holds only a part of."
)
YES = ("y", "yes")
NOT_SOURCES = ("run", "status", "check", "init", "doctor", "export", "forget")
Command = Callable[..., None]


@dataclass(frozen=True)
class Asked:
    """What every loading command may be told beside its source."""

    window: Window
    mode: Mode
    config: Path | None
    no_wait: bool


class Known(click.Group):
    """A group that answers an unknown word with what there is."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            known = tuple(sorted(self.commands))
            sources = [name for name in known if name not in NOT_SOURCES]
            besides = [name for name in known if name in NOT_SOURCES]
            ctx.fail(
                f"Unknown source '{args[0]}'.{did_you_mean(args[0], known)} Known: {', '.join(sources)}."
                + (f" Besides: {', '.join(besides)}." if besides else "")
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


class Pair(click.ParamType[tuple[str, str]]):
    """NAME=VALUE; the value may hold further equals signs."""

    name = "pair"

    def convert(
        self,
        value: Any,  # noqa: ANN401
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        if "=" not in value:
            shape = (param.metavar if param else None) or "NAME=VALUE"
            self.fail(f"'{value}' has no equals sign: write {shape}.", param, ctx)
        name, _, told = value.partition("=")
        return name, told


def loading(command: Command) -> Command:
    """Adds the options that every loading command knows; they reach it as one `asked`, `--log` aside."""

    @wraps(command)
    def call(
        *,
        form: log.Form | None,
        since: datetime | None,
        until: datetime | None,
        dry_run: bool,
        again: bool,
        no_wait: bool,
        config: Path | None,
        **told: Any,  # noqa: ANN401
    ) -> None:
        if since and until and until <= since:
            raise click.UsageError(f"--until {until} is not after --since {since}.")
        if form is not None:  # else what was said before the command holds
            log.configure(form)
        command(asked=Asked(Window(since, until), Mode(dry_run, again), config, no_wait), **told)

    call_with: Command = call
    for option in (
        click.option("--log", "form", type=click.Choice(log.FORMS), help=LOG_HELP),
        click.option("--config", type=click.Path(path_type=Path), help="inferledger.toml to use."),
        click.option("--no-wait", is_flag=True, help="Fail at once if another ingest is running."),
        click.option("--replace", "again", is_flag=True, help=REPLACE_HELP),
        click.option("--dry-run", is_flag=True, help=DRY_RUN_HELP),
        click.option("--until", type=Moment(), help=UNTIL_HELP),
        click.option("--since", type=Moment(), help=SINCE_HELP),
    ):
        call_with = option(call_with)
    return call_with


def one_per_kind(command: Command) -> Command:
    """Adds --KIND for every kind of source; they arrive as `sources`, options in order of the kinds."""

    @wraps(command)
    def call(**told: Any) -> None:  # noqa: ANN401
        said = [(kind, text) for kind in OPTIONS for text in told.pop(kind.replace("-", "_"))]
        command(sources=[_asked(kind, text) for kind, text in said], **told)

    call_with: Command = call
    for kind, options in reversed(list(OPTIONS.items())):
        alone: dict[str, Any] = {} if is_located(options) else {"is_flag": False, "flag_value": ""}
        call_with = click.option(
            f"--{kind}", metavar=shape(options), multiple=True, help=_summary(options), **alone
        )(call_with)
    return call_with


def ask_sources() -> list[AnyOptions]:
    """Asks for a source of every kind; an empty answer is none, and a wrong one is asked for again."""
    click.echo(
        "Where does your data lie? Enter = not used. A second source of a kind can be added to the file later."
    )
    answers = (_ask_source(kind, options) for kind, options in OPTIONS.items())
    return [found for found in answers if found is not None]


def _ask_source(kind: str, options: type[Options]) -> AnyOptions | None:
    click.echo(f"\n{kind}: {_summary(options)}")
    while said := click.prompt(f"  {_question(options)}", default="", show_default=False):
        plain = said.lower() in YES and not is_located(options)
        try:
            return asked(kind, "" if plain else said)
        except SettingsError as error:
            click.echo(f"  {error}")
    return None


def _question(options: type[Options]) -> str:
    wanted = shape(options)
    return f"yes, or {wanted.strip('[]')}" if wanted.startswith("[") else wanted


def _summary(options: type[Options]) -> str:
    return (options.__doc__ or "").strip().splitlines()[0]


def _asked(kind: str, said: str) -> AnyOptions:
    try:
        return asked(kind, said)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def commands(run: Callable[[AnyOptions, str, Asked], None]) -> Iterator[click.Command]:
    """The command of every kind; `run` gets its options, the source's name, and what every command may be told.

    Kinds that share a family, such as prices-gcp, become subcommands of it.
    """
    groups: dict[str, Known] = {}
    for kind, options in OPTIONS.items():
        if not options.on_command_line:
            continue
        family, _, member = kind.partition("-")
        if family not in SHARED:
            yield _command(kind, options, run)
            continue
        if family not in groups:
            groups[family] = Known(family, help=SHARED[family])
            yield groups[family]
        groups[family].add_command(_command(member, options, run))


def _command(
    name: str, options: type[Options], run: Callable[[AnyOptions, str, Asked], None]
) -> click.Command:
    def call(*, asked: Asked, source: str | None, **told: Any) -> None:  # noqa: ANN401
        said = {field: plain for field, value in told.items() if (plain := _plain(value)) is not None}
        made: AnyOptions = options(**said)  # type: ignore[assignment]
        run(made, source or made.kind, asked)

    call.__doc__ = options.__doc__
    named = click.option("--source", metavar="NAME", help="Name of this source; by default its kind.")
    function = loading(named(call))
    for field, info in reversed(options.model_fields.items()):
        if field != "kind":
            function = _parameter(field, info)(function)
    return click.command(name)(function)


def _parameter(field: str, info: FieldInfo) -> Callable[[Command], Command]:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    if field == "location":
        return click.argument(field, metavar=info.title or "LOCATION", required=info.is_required())
    flag = str(extra.get("flag") or "--" + field.replace("_", "-"))
    shape = _shape(info)
    metavar = info.title if info.title or shape.get("is_flag") else None
    return click.option(flag, field, help=info.description, metavar=metavar, **shape)


def _shape(info: FieldInfo) -> dict[str, Any]:
    """How click reads a field: by its type without None."""
    kind = info.annotation
    if get_origin(kind) is Literal:
        return {"type": click.Choice(get_args(kind))}
    kinds = [one for one in get_args(kind) if one is not type(None)]
    origin = getattr(kind, "__origin__", None)
    if origin is dict:
        return {"type": Pair(), "multiple": True}
    if origin is tuple:
        return {"type": kinds[0], "multiple": True}
    choice = next((one for one in (kind, *kinds) if get_origin(one) is Literal), None)
    if choice is not None:
        return {"type": click.Choice(get_args(choice))}
    single = kinds[0] if kinds and origin is None else kind
    if single is bool:
        return {"is_flag": True, "default": None}
    return {"type": {datetime: Moment(), Decimal: str}.get(single, single)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:  # noqa: ANN401
    """What was not said is None; several pairs are a table."""
    if isinstance(value, tuple):
        if not value:
            return None
        return dict(value) if isinstance(value[0], tuple) else value
    return value
