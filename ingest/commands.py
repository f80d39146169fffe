"""One command per kind of source, made from its options: what inferledger.toml knows, the command line knows too.

A field called `location` is the argument; every other field is an option of its name (or the one that it names as
`flag`), with its description as help. `prices-gcp` is spelled `prices gcp`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import click
from pydantic.fields import FieldInfo

from ingest.settings import OPTIONS, AnyOptions, Options, did_you_mean

SHARED = {"prices": "List prices of GPU machines, from the provider's catalogue."}
NOT_SOURCES = ("run", "status", "check", "init", "doctor", "export")
Run = Callable[[AnyOptions, dict[str, Any]], None]


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


def commands(
    run: Run, common: Callable[[Callable[..., None]], Callable[..., None]]
) -> Iterator[click.Command]:
    """The command of every kind; `run` gets its options and what `common` added. Kinds a-b of one a share a group."""
    groups: dict[str, Known] = {}
    for kind, options in OPTIONS.items():
        family, _, member = kind.partition("-")
        if family not in SHARED:
            yield _command(kind, options, run, common)
            continue
        if family not in groups:
            groups[family] = Known(family, help=SHARED[family])
            yield groups[family]
        groups[family].add_command(_command(member, options, run, common))


def _command(
    name: str, options: type[Options], run: Run, common: Callable[[Callable[..., None]], Callable[..., None]]
) -> click.Command:
    def call(**told: Any) -> None:  # noqa: ANN401
        ours = {field: _plain(told.pop(field)) for field in options.model_fields if field in told}
        run(options(**{field: value for field, value in ours.items() if value is not None}), told)  # type: ignore[arg-type]

    call.__doc__ = options.__doc__
    function = common(call)
    for field, info in reversed(options.model_fields.items()):
        if field != "kind":
            function = _parameter(field, info)(function)
    return click.command(name)(function)


def _parameter(field: str, info: FieldInfo) -> Callable[[Callable[..., None]], Callable[..., None]]:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    if field == "location":
        return click.argument(field, metavar=info.title or "LOCATION")
    flag = str(extra.get("flag") or "--" + field.replace("_", "-"))
    shape = _shape(info)
    metavar = info.title if info.title or shape.get("is_flag") else None
    return click.option(flag, field, help=info.description, metavar=metavar, **shape)


def _shape(info: FieldInfo) -> dict[str, Any]:
    """How click reads a field: by its type without None."""
    kind = info.annotation
    kinds = [one for one in get_args(kind) if one is not type(None)]
    origin = getattr(kind, "__origin__", None)
    if origin is dict:
        return {"type": Pair(), "multiple": True}
    if origin is tuple:
        return {"type": kinds[0], "multiple": True}
    single = kinds[0] if kinds and origin is None else kind
    if single is bool:
        return {"is_flag": True, "default": None}
    return {"type": {datetime: Moment()}.get(single, single)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:  # noqa: ANN401
    """What was not said is None; several pairs are a table."""
    if isinstance(value, tuple):
        if not value:
            return None
        return dict(value) if isinstance(value[0], tuple) else value
    return value
