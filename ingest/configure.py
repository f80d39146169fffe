"""A first inferledger.toml: the sources that somebody named, every setting beside them as a comment with its default.

python -m ingest init                                       # asks
python -m ingest init --aws-cur s3://billing/gpu --prometheus http://prometheus:9090
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from data.model.settings import ModelSettings
from ingest.options import OPTIONS, Options
from ingest.settings import SettingsError, read_settings

HEAD = """\
# What `python -m ingest run` loads. Test it with `python -m ingest doctor`.
# A line that begins with # shows a setting with its default. Secrets never stand here: tokens and keys come from the
# environment, or from where the cloud's own tools keep them.
"""
NOT_A_TABLE = ("rules",)  # an array of tables: its form is shown as text


def write_config(path: Path, sources: Sequence[tuple[str, str]], *, force: bool) -> None:
    """Writes the file with (kind, location) in order. Raises SettingsError where one is there, or it would not load."""
    if path.exists() and not force:
        raise SettingsError(
            f"{path} exists already; nothing was changed. Add to it by hand, name another file, or say --force."
        )
    path.write_text(_text(sources), encoding="utf-8")
    read_settings(path)


def askable() -> Mapping[str, type[Options]]:
    """The kinds that one location is enough for."""
    where = {kind: options.model_fields.get("location") for kind, options in OPTIONS.items()}
    return {kind: OPTIONS[kind] for kind, field in where.items() if field is not None and field.is_required()}


def _text(sources: Sequence[tuple[str, str]]) -> str:
    parts = [HEAD, _model()]
    parts += [_source(name, kind, location) for name, (kind, location) in _named(sources)]
    parts.append(_others({kind for kind, _ in sources}))
    return "\n".join(parts)


def _named(sources: Sequence[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Sources are called by their kind; a second one of a kind gets its number."""
    seen: dict[str, int] = {}
    for kind, location in sources:
        seen[kind] = seen.get(kind, 0) + 1
        yield (kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"), (kind, location)


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


def _source(name: str, kind: str, location: str) -> str:
    options = OPTIONS[kind]
    lines = [f"# {line}".rstrip() for line in (inspect.getdoc(options) or "").splitlines()]
    lines += [f"[sources.{name}]", f"kind = {_toml(kind)}", f"location = {_toml(location)}"]
    for field, info in options.model_fields.items():
        if field not in ("kind", "location"):
            lines += [f"# {info.description or ''}".rstrip(), f"# {field} = {_default(info)}"]
    return "\n".join([*lines, ""])


def _others(chosen: set[str]) -> str:
    """One line a kind that was not chosen, so that a reader knows what else can be added."""
    rest = [(kind, options) for kind, options in OPTIONS.items() if kind not in chosen]
    lines = [f"#   {kind}: {(inspect.getdoc(options) or '').splitlines()[0]}" for kind, options in rest]
    return "\n".join(["# Other kinds of source, each a table [sources.NAME] with its kind:", *lines, ""])


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True)
    if value is None:
        shape = str(info.annotation)
        if choice := next((one for one in get_args(info.annotation) if get_origin(one) is Literal), None):
            return _toml(get_args(choice)[0])
        return "2026-10-01T00:00:00Z" if "datetime" in shape else "[]" if "tuple" in shape else '""'
    return _toml(value)


def _toml(value: object) -> str:
    """A value as TOML spells it; texts as JSON, whose escapes TOML reads alike."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
