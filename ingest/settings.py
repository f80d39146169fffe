"""inferledger.toml: which sources there are, and what a company decided about its own numbers.

Looked for in this order: --config, INFERLEDGER_CONFIG, ./inferledger.toml. Without one, every setting has its
default and `run` has no sources. Secrets never stand in it: tokens come from the environment.

    [model]
    device_share = 1.0
    team_tags = ["team", "owner"]

    [sources.aws-main]
    kind = "aws-cur"
    location = "s3://billing/exports/gpu"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from os.path import commonprefix
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, TypeAdapter, ValidationError

from data.model.settings import EstateRule, ModelSettings
from data.parquet import check_source_name
from ingest.options import CONFIG_FILE, KINDS, OPTIONS, AnyOptions

VARIABLE = "INFERLEDGER_CONFIG"


class SettingsError(Exception):
    """inferledger.toml cannot be used; the message names the file, the key and the remedy."""


_SOURCE: TypeAdapter[AnyOptions] = TypeAdapter(Annotated[AnyOptions, Discriminator("kind")])
_MODEL: TypeAdapter[ModelSettings] = TypeAdapter(ModelSettings)


@dataclass(frozen=True)
class Settings:
    """Everything that inferledger.toml says, read once."""

    sources: Mapping[str, AnyOptions] = field(default_factory=dict)
    model: ModelSettings = field(default_factory=ModelSettings)
    file: Path | None = None


def read_settings(config: Path | None = None) -> Settings:
    """The settings of `config`, else of the first place that has a file. Raises SettingsError."""
    path = config or _find()
    if path is None:
        return Settings()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"There is no {path}. Create it, or leave out --config and {VARIABLE}."
        ) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Give a TOML file.") from error
    except (ValueError, RecursionError) as error:  # ValueError: wrong syntax, bytes, or a number without end
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    _refuse_unknown(path, "", content, ("model", "sources"))
    tables = _table(path, "sources", content.get("sources", {}))
    sources = {name: _source(path, name, table) for name, table in tables.items()}
    return Settings(sources, _model(path, content.get("model", {})), path)


def did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """' Did you mean 'x'?' where something known is close, else nothing."""
    close = get_close_matches(word, list(known), n=3, cutoff=0.4)
    # people slip at the end of a word: of several that are close, the one that begins alike
    return f" Did you mean '{max(close, key=lambda one: len(commonprefix((one, word))))}'?" if close else ""  # noqa: RUF071


def _find() -> Path | None:
    if named := os.environ.get(VARIABLE):
        return Path(named)
    path = Path(CONFIG_FILE)
    return path if path.exists() else None


def _table(path: Path, key: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(
            f"{path}: '{key}' is {value!r}, where a table is expected: [{key}] and its keys below."
        )
    return value


def _source(path: Path, name: str, value: object) -> AnyOptions:
    key = f"sources.{name}"
    try:
        check_source_name(name)
    except ValueError as error:
        raise SettingsError(f"{path}: [{key}]: {error}") from error
    table = _table(path, key, value)
    kind = table.get("kind")
    if kind not in KINDS:
        stated = "has no kind" if kind is None else f"has kind '{kind}', which is not known"
        known = ", ".join(sorted(KINDS))
        raise SettingsError(
            f"{path}: [{key}] {stated}.{did_you_mean(str(kind), KINDS)} Known kinds: {known}."
        )
    if "config_file" in OPTIONS[kind].model_fields:
        table = {**table, "config_file": path}
    try:
        return _SOURCE.validate_python(table)
    except ValidationError as error:
        raise SettingsError(_explain(path, key, error, tuple(OPTIONS[kind].model_fields))) from error


def _model(path: Path, value: object) -> ModelSettings:
    table = _table(path, "model", value)
    known = tuple(f.name for f in fields(ModelSettings))
    _refuse_unknown(path, "model.", table, known)
    rules = table.get("rules", [])
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        key = f"model.rules[{number}]"
        _refuse_unknown(path, f"{key}.", _table(path, key, rule), tuple(f.name for f in fields(EstateRule)))
    try:
        return _MODEL.validate_python(table)
    except ValidationError as error:
        raise SettingsError(_explain(path, "model", error, known)) from error


def _refuse_unknown(path: Path, prefix: str, table: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise SettingsError(
                f"{path}: there is no setting '{prefix}{key}'.{did_you_mean(key, known)} "
                f"Known: {', '.join(known)}."
            )


def _explain(path: Path, table: str, error: ValidationError, known: tuple[str, ...]) -> str:
    """The first thing that pydantic found, in our words: file, key, value, remedy."""
    first = error.errors()[0]
    where = [str(part) for part in first["loc"] if part not in KINDS]
    key = ".".join([table, *where])
    if first["type"] == "missing":
        return f"{path}: '{key}' is missing. Add it under [{table}]."
    if first["type"] == "extra_forbidden":
        return (
            f"{path}: there is no setting '{key}'.{did_you_mean(where[-1], known)} Known: {', '.join(known)}."
        )
    reason = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{path}: '{key}' is {first['input']!r}: {reason}."
