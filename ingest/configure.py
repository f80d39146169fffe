"""A first inferledger.toml: the sources that somebody named, every setting beside them as a comment with its default.

python -m ingest init                                       # asks
python -m ingest init --aws-cur s3://billing/gpu --prometheus http://prometheus:9090 --cloudwatch --fx
"""

from __future__ import annotations

import inspect
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from data.model.settings import ModelSettings
from ingest.options import OPTIONS, AnyOptions, Options
from ingest.settings import SettingsError, did_you_mean, read_settings

HEAD = """\
# What `python -m ingest run` loads. Test it with `python -m ingest doctor`.
# A line `# name = value` shows a setting with its default; `# name: unset` one that has none, with an example of it.
# Secrets never stand here: tokens and keys come from the environment, or from where the cloud's own tools keep them.
"""
NOT_A_TABLE = ("rules",)  # an array of tables: its form is shown as text


def write_config(path: Path, sources: Sequence[AnyOptions], *, force: bool) -> None:
    """Writes the file with the sources in order. Raises SettingsError where one is there, or it would not load."""
    check_free(path, force=force)
    path.write_text(_text(sources), encoding="utf-8")
    read_settings(path)


def check_free(path: Path, *, force: bool) -> None:
    """Raises SettingsError where a file is there that nobody said may go."""
    if path.exists() and not force:
        raise SettingsError(
            f"{path} exists already; nothing was changed. Add to it by hand, name another file, or say --force."
        )


def is_located(options: type[Options]) -> bool:
    """Whether a location is what the kind wants to be told."""
    location = options.model_fields.get("location")
    return location is not None and location.is_required()


def shape(options: type[Options]) -> str:
    """What stands behind --KIND: a location, or options as words; in brackets where it may be left out."""
    location = options.model_fields.get("location")
    if location is not None:
        return location.title or "LOCATION"
    wanted = [name for name, info in _askable(options).items() if info.is_required()]
    return "'" + " ".join(f"{name}=…" for name in wanted) + "'" if wanted else "['NAME=VALUE …']"


def asked(kind: str, said: str) -> AnyOptions:
    """What somebody said behind --KIND, as options. Raises SettingsError.

    A kind that wants a location takes the text as it stands; others take words as a shell does, each NAME=VALUE, or the
    location where the kind may have one.
    """
    options = OPTIONS[kind]
    told: dict[str, Any] = {"location": said} if is_located(options) else _words(kind, options, said)
    tables = _tables(options)
    for name, row in tables.items():
        inside = {field: told.pop(field) for field in row.model_fields if field in told}
        told[name] = [inside] if inside else []
    try:
        made: AnyOptions = options.model_validate(told)  # type: ignore[assignment]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][-1])
        wrong = (
            f"'{name}' is missing"
            if first["type"] == "missing"
            else f"'{name}' is {first['input']!r}: {first['msg']}"
        )
        if name in tables:  # an empty one
            wrong = f"a {name} is missing"
        raise SettingsError(f"--{kind}: {wrong}. It takes {shape(options)}.") from None
    return made


def _words(kind: str, options: type[Options], said: str) -> dict[str, str]:
    try:
        words = shlex.split(said)
    except ValueError as error:
        raise SettingsError(f"--{kind}: {said!r} cannot be read: {error}. Close its quotes.") from None
    known, told = _askable(options), dict[str, str]()
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in known:
            told[name] = value
        elif "location" in known and "location" not in told:
            told["location"] = word
        else:
            hint = did_you_mean(name, known)
            listed = ", ".join(known) or "none"
            raise SettingsError(f"--{kind}: '{word}' is no option of it.{hint} It has: {listed}.")
    return told


def _askable(options: type[Options]) -> dict[str, FieldInfo]:
    """Name → field of everything that can be told of a kind, the columns of its tables too."""
    tables = _tables(options)
    plain = {name: info for name, info in _shown(options).items() if name not in tables}
    return plain | {name: info for row in tables.values() for name, info in row.model_fields.items()}


def _shown(options: type[Options]) -> dict[str, FieldInfo]:
    return {name: i for name, i in options.model_fields.items() if name != "kind" and not i.exclude}


def _tables(options: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Fields that stand as an array of tables, [[sources.NAME.field]], and what a row of each is."""
    rows = {name: (*get_args(info.annotation), None)[0] for name, info in options.model_fields.items()}
    return {name: row for name, row in rows.items() if inspect.isclass(row) and issubclass(row, BaseModel)}


def _text(sources: Sequence[AnyOptions]) -> str:
    parts = [HEAD, _model()]
    parts += [_source(name, options) for name, options in _named(sources)]
    parts.append(_others({options.kind for options in sources}))
    return "\n".join(parts)


def _named(sources: Sequence[AnyOptions]) -> Iterator[tuple[str, AnyOptions]]:
    """Sources are called by their kind; a second one of a kind gets its number."""
    seen: dict[str, int] = {}
    for options in sources:
        kind = options.kind
        seen[kind] = seen.get(kind, 0) + 1
        yield (kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"), options


def _model() -> str:
    lines = ["# What a company decides about its own numbers.", "[model]"]
    said = _documented(ModelSettings)
    for one in fields(ModelSettings):
        default = one.default if one.default is not MISSING else None
        if one.name not in NOT_A_TABLE:
            lines += [f"# {said.get(one.name, '')}".rstrip(), f"# {one.name} = {_toml(default)}"]
    lines += ["", *RULES.splitlines(), ""]
    return "\n".join(lines)


RULES = """\
# What belongs to the inference estate; asked before the shipped rules (data/reference/estate_rules.csv), first match.
# Patterns are SQL LIKE. klass: machine, managed, storage, network, orchestration, support, commitment_fee or outside.
# [[model.rules]]
# priority = 1
# provider = "AWS"
# service = "%"
# category = "%"
# usage = "%p5%"
# klass = "machine"
# component = "compute\""""


def _documented(told: type) -> dict[str, str]:
    """Field → its sentence in the class's docstring, written as `name, name: sentence`."""
    found = re.findall(r"^([a-z_]+(?:, [a-z_]+)*): (.+(?:\n  .+)*)", inspect.getdoc(told) or "", re.MULTILINE)
    return {name: " ".join(text.split()) for names, text in found for name in names.split(", ")}


def _source(name: str, told: AnyOptions) -> str:
    options, tables = type(told), _tables(type(told))
    lines = [f"# {line}".rstrip() for line in (inspect.getdoc(options) or "").splitlines()]
    lines += [f"[sources.{name}]", f"kind = {_toml(told.kind)}"]
    lines += _settings(told, {field: i for field, i in _shown(options).items() if field not in tables})
    for field in tables:
        for row in getattr(told, field):
            lines += ["", f"[[sources.{name}.{field}]]", *_settings(row, type(row).model_fields)]
    return "\n".join([*lines, ""])


def _settings(told: BaseModel, shown: Mapping[str, FieldInfo]) -> Iterator[str]:
    """What was told as it is, all else as a comment: a default, or that it is unset and what it might be."""
    for field, info in shown.items():
        value = getattr(told, field)
        if field in told.model_fields_set:
            yield f"{field} = {_toml(value)}"
            continue
        yield f"# {info.description or ''}".rstrip()
        if value is None:
            (example, *_) = info.examples or [""]
            yield f"# {field}: unset. Example: {field} = {_toml(example)}"
        else:
            yield f"# {field} = {_toml(value)}"


def _others(chosen: set[str]) -> str:
    """One line a kind that was not chosen, so that a reader knows what else can be added."""
    rest = [(kind, options) for kind, options in OPTIONS.items() if kind not in chosen]
    lines = [f"#   {kind}: {(inspect.getdoc(options) or '').splitlines()[0]}" for kind, options in rest]
    return "\n".join(["# Other kinds of source, each a table [sources.NAME] with its kind:", *lines, ""])


def _toml(value: object) -> str:
    """A value as TOML spells it; texts as JSON, whose escapes TOML reads alike."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)  # a decimal, too: as a TOML float it would lose digits
