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
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, TypeAdapter, ValidationError

from data.model.settings import EstateRule, ModelSettings
from data.parquet import check_source_name

VARIABLE = "INFERLEDGER_CONFIG"
FILE = "inferledger.toml"


class SettingsError(Exception):
    """inferledger.toml cannot be used; the message names the file, the key and the remedy."""


class Options(BaseModel):
    """What any source is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FocusOptions(Options):
    kind: Literal["focus"] = "focus"
    location: str
    endpoint_url: str | None = None  # an S3-compatible server instead of AWS


class AwsCurOptions(Options):
    kind: Literal["aws-cur"] = "aws-cur"
    location: str
    endpoint_url: str | None = None


class GcpOptions(Options):
    kind: Literal["gcp"] = "gcp"
    location: str  # a file, a folder, or bigquery://project.dataset[.table]; what follows is about the last
    project: str | None = None  # the project that runs, and pays for, the queries; else the table's
    region: str | None = None  # where the dataset lies, such as EU; BigQuery mostly finds that by itself
    endpoint_url: str | None = None  # a server that speaks like BigQuery
    usd_per_tib: Decimal = Decimal("6.25")  # for estimates: Google's list price in the US since 2023-07-05


class GcpPricesOptions(Options):
    kind: Literal["prices-gcp"] = "prices-gcp"
    table: str | None = None  # bigquery://project.dataset.cloud_pricing_export instead of the catalogue
    project: str | None = None
    region: str | None = None
    endpoint_url: str | None = None  # a catalogue, or a BigQuery, other than Google's


class PrometheusOptions(Options):
    kind: Literal["prometheus"] = "prometheus"
    location: str
    matcher: str = ""  # more label matchers for a server, as in PromQL
    token_env: str = "INFERLEDGER_PROMETHEUS_TOKEN"  # the environment variable that holds a bearer token
    headers: dict[str, str] = Field(default_factory=dict)
    at: datetime | None = None  # the instant of exposition text that has no timestamps


class RequestsOptions(Options):
    kind: Literal["requests"] = "requests"
    location: str
    mapping: dict[str, str] = Field(default_factory=dict)  # our column → column of the file, or '=constant'


class ResourcesOptions(Options):
    kind: Literal["resources"] = "resources"
    location: str


class GcpAccountsOptions(Options):
    kind: Literal["accounts-gcp"] = "accounts-gcp"
    endpoint_url: str | None = None  # a Cloud Billing API other than Google's


AnyOptions = (
    FocusOptions
    | AwsCurOptions
    | GcpOptions
    | GcpPricesOptions
    | PrometheusOptions
    | RequestsOptions
    | ResourcesOptions
    | GcpAccountsOptions
)
_SOURCE: TypeAdapter[AnyOptions] = TypeAdapter(Annotated[AnyOptions, Discriminator("kind")])
_MODEL: TypeAdapter[ModelSettings] = TypeAdapter(ModelSettings)
_KINDS: Mapping[str, type[Options]] = {o.model_fields["kind"].default: o for o in Options.__subclasses__()}
KINDS = tuple(_KINDS)


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
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"There is no {path}. Create it, or leave out --config and {VARIABLE}."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    _refuse_unknown(path, "", content, ("model", "sources"))
    tables = _table(path, "sources", content.get("sources", {}))
    sources = {name: _source(path, name, table) for name, table in tables.items()}
    return Settings(sources, _model(path, content.get("model", {})), path)


def did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """' Did you mean 'x'?' where something known is close, else nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.4)
    return f" Did you mean '{close[0]}'?" if close else ""


def _find() -> Path | None:
    if named := os.environ.get(VARIABLE):
        return Path(named)
    path = Path(FILE)
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
    try:
        return _SOURCE.validate_python(table)
    except ValidationError as error:
        raise SettingsError(_explain(path, key, error, tuple(_KINDS[kind].model_fields))) from error


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
