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
from os.path import commonprefix
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, TypeAdapter, ValidationError

from data.model.settings import EstateRule, ModelSettings
from data.parquet import check_source_name
from ingest.owned import OwnedMachine

VARIABLE = "INFERLEDGER_CONFIG"
FILE = "inferledger.toml"


class SettingsError(Exception):
    """inferledger.toml cannot be used; the message names the file, the key and the remedy."""


class Options(BaseModel):
    """What any source is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    on_command_line: ClassVar[bool] = True  # whether a command of its own can tell all of it


CLUSTER = r"^[^/\s]*$"  # stands before a namespace, parted by a slash
# any: pydantic's Field() is typed as what it stands for
ENDPOINT: Any = Field(None, title="URL", description="Server to ask instead of the cloud's own.")
PROJECT: Any = Field(None, title="ID", description="Project that runs the queries, else the table's own.")
REGION: Any = Field(None, title="NAME", description="Where the dataset lies, such as EU.")


class FocusOptions(Options):
    """FOCUS 1.0 to 1.4 of any provider: CSV, CSV.gz or Parquet, a file or a folder."""

    kind: Literal["focus"] = "focus"
    location: str = Field(title="PATH|s3://…")
    endpoint_url: str | None = ENDPOINT


class AwsCurOptions(Options):
    """AWS Cost and Usage Report, legacy or 2.0, by its manifests."""

    kind: Literal["aws-cur"] = "aws-cur"
    location: str = Field(title="s3://bucket/prefix/report|DIR")
    endpoint_url: str | None = ENDPOINT


class GcpOptions(Options):
    """GCP billing export: detailed, standard or FOCUS, from BigQuery, or nested as NDJSON or Parquet files.

    BigQuery is asked with Application Default Credentials.
    """

    kind: Literal["gcp"] = "gcp"
    location: str = Field(title="bigquery://PROJECT.DATASET[.TABLE]|FILE|DIR")
    project: str | None = PROJECT
    region: str | None = REGION
    endpoint_url: str | None = ENDPOINT
    usd_per_tib: Decimal = Field(
        Decimal("6.25"),
        title="USD",
        description="Price of scanning a TiB, for estimates (Google's, 2023-07-05).",
    )


class GcpPricesOptions(Options):
    """List prices of GPU machines, from the Cloud Catalog or from a pricing export."""

    kind: Literal["prices-gcp"] = "prices-gcp"
    table: str | None = Field(
        None, title="bigquery://…", description="A pricing export instead of the public catalogue."
    )
    project: str | None = PROJECT
    region: str | None = REGION
    endpoint_url: str | None = ENDPOINT


class PrometheusOptions(Options):
    """Metrics of devices, pods and model servers: a Prometheus server, OpenMetrics text, or a Parquet dump.

    A server's bearer token is read from INFERLEDGER_PROMETHEUS_TOKEN, a password from INFERLEDGER_PROMETHEUS_PASSWORD.
    """

    kind: Literal["prometheus"] = "prometheus"
    location: str = Field(title="URL|FILE|DIR")
    matcher: str = Field(
        "", title="LABELS", description="More label matchers, as in PromQL: 'cluster=\"prod\"'."
    )
    token_env: str = Field(
        "INFERLEDGER_PROMETHEUS_TOKEN",
        title="NAME",
        description="Environment variable that holds a bearer token.",
    )
    headers: dict[str, str] = Field(
        default_factory=dict,
        title="NAME=VALUE",
        description="Sent with each request, such as X-Scope-OrgID=ml.",
        json_schema_extra={"flag": "--header"},
    )
    at: datetime | None = Field(None, description="Instant of exposition text that has no timestamps (UTC).")
    params: dict[str, str] = Field(
        default_factory=dict,
        title="NAME=VALUE",
        description="Further parameters of each query, such as partial_response=false.",
        json_schema_extra={"flag": "--param"},
    )
    username: str | None = Field(None, title="NAME", description="For basic authentication.")
    password_env: str = Field(
        "INFERLEDGER_PROMETHEUS_PASSWORD",
        title="NAME",
        description="Environment variable that holds its password.",
    )
    ca_file: str | None = Field(
        None, title="PEM", description="Certificates to trust instead of the system's."
    )
    client_cert: str | None = Field(
        None, title="PEM", description="Our certificate, for a server that asks for one."
    )
    client_key: str | None = Field(None, title="PEM", description="Its key.")
    key_password_env: str = Field(
        "INFERLEDGER_PROMETHEUS_KEY_PASSWORD",
        title="NAME",
        description="Environment variable that holds the key's password.",
    )
    export: Literal["query", "victoriametrics"] = Field(
        "query", description="Where raw samples are taken from: the query API, or VictoriaMetrics' export."
    )
    exact_names: bool = Field(
        False, description="Ask for metrics one by one, as Google's Managed Prometheus wants it."
    )
    model_labels: tuple[str, ...] | None = Field(
        None, title="LABEL", description="Labels of a pod that say which model it runs, best first."
    )
    version_labels: tuple[str, ...] | None = Field(
        None, title="LABEL", description="Labels of a pod that say which version."
    )
    team_labels: tuple[str, ...] | None = Field(
        None, title="LABEL", description="Labels of a pod that say whose it is."
    )
    cluster: str | None = Field(
        None,
        title="NAME",
        pattern=CLUSTER,
        description="Cluster of all its pods, where several have pods of one name; the same in each source of it.",
    )


class RequestsOptions(Options):
    """Request logs as CSV, JSONL or Parquet, with a column mapping.

    Columns, each optional but timestamp: timestamp, model, version, endpoint, mode ('batch', else real time), team,
    input_tokens, output_tokens, cached_tokens, status (a code below 400, ok, success, stop, length: answered),
    latency and time_to_first_token (seconds), latency_ms, finished_at, first_token_at, path, request_id. Common
    other names are known.
    """

    kind: Literal["requests"] = "requests"
    location: str = Field(title="FILE|DIR|s3://…")
    shape: Literal["auto", "plain", "litellm", "access-log"] = Field(
        "auto", description="What wrote the log, where its columns do not tell; plain = none of these."
    )
    mapping: dict[str, str] = Field(
        default_factory=dict,
        title="OURS=THEIRS",
        description="Which column of the file is which; OURS==VALUE for a constant.",
        json_schema_extra={"flag": "--map"},
    )
    cluster: str | None = Field(
        None, title="NAME", pattern=CLUSTER, description="Cluster whose requests alone the log tells."
    )


class ResourcesOptions(Options):
    """Which node is which billed machine, which deployment runs which model version.

    TOML or JSON with [[machine]] and [[deployment]], or CSV with a column kind: machine or deployment. A machine
    has resource_id (as on the bill; required), node, provider_id, instance_type, device_model, device_count. A
    deployment has model (required), one of pod (* stands for any text), served_name or resource_id, and version,
    namespace, endpoint, mode ('real time' or 'batch'), team, valid_from, valid_to.
    """

    kind: Literal["resources"] = "resources"
    location: str = Field(title="FILE")


class AzureOptions(Options):
    """Azure cost exports (actual with amortised, or FOCUS) by their manifests, copied from their container."""

    kind: Literal["azure"] = "azure"
    location: str = Field(title="DIR|s3://…")
    only: str = Field("*", title="PATTERN", description="Paths to take: 'subscription-a/*'.")
    dataset: Literal["actual", "amortised"] | None = Field(
        None, description="What bare files hold whose names don't tell."
    )
    endpoint_url: str | None = ENDPOINT


class OciOptions(Options):
    """OCI cost reports: every CSV.gz of the months to load, in one folder or bucket."""

    kind: Literal["oci"] = "oci"
    location: str = Field(title="DIR|s3://…")
    endpoint_url: str | None = ENDPOINT


class GpuCsvOptions(Options):
    """The bill of any GPU cloud: CSV (date,resource,gpu_model,gpu_count,hours,cost,currency) or RunPod's JSON."""

    kind: Literal["gpu-csv"] = "gpu-csv"
    location: str = Field(title="FILE|DIR")
    provider: str = Field("GPU cloud", title="NAME", description="Provider of lines that name none.")


class OnPremOptions(Options):
    """Machines that the company owns: purchase price over its life, power, space. Only in inferledger.toml."""

    on_command_line: ClassVar[bool] = False
    kind: Literal["on-prem"] = "on-prem"
    currency: str
    account: str = "on-prem"
    machine: tuple[OwnedMachine, ...] = Field(min_length=1)
    config_file: Path = Path(FILE)  # where this stands: the file that its charge lines are followed to


class FxOptions(Options):
    """Exchange rates by day: the European Central Bank's as installed, or a CSV of date, from, to, rate."""

    kind: Literal["fx"] = "fx"
    location: str | None = Field(None, title="[FILE]")


class GcpAccountsOptions(Options):
    """Names of billing accounts, and which projects they pay for."""

    kind: Literal["accounts-gcp"] = "accounts-gcp"
    endpoint_url: str | None = ENDPOINT


class AwsPricesOptions(Options):
    """On-demand prices of machines with accelerators, from the AWS Price List or the shipped table."""

    kind: Literal["prices-aws"] = "prices-aws"
    region: str = Field("us-east-1", title="REGION", description="Region whose prices are wanted.")
    shipped: bool = Field(False, description="Ask nobody: take the dated table that comes with this program.")
    endpoint_url: str | None = ENDPOINT


class CloudWatchOptions(Options):
    """SageMaker endpoints, Bedrock models and the CloudWatch agent's GPUs, from CloudWatch."""

    kind: Literal["cloudwatch"] = "cloudwatch"
    region: str | None = Field(
        None, title="REGION", description="Region to read, by default the credentials' own."
    )
    endpoint_url: str | None = ENDPOINT


class NvidiaSmiOptions(Options):
    """CSV logs of nvidia-smi --query-gpu, a file or a folder."""

    kind: Literal["nvidia-smi"] = "nvidia-smi"
    location: str = Field(title="FILE|DIR")
    timezone: str | None = Field(
        None,
        title="ZONE",
        description="Zone of the log's times, such as Europe/Berlin; by default UTC, with a note.",
    )
    host: str | None = Field(
        None, title="NAME", description="Machine that wrote the log; each file of a folder is its own."
    )


class GcpMonitoringOptions(Options):
    """Accelerators of GKE in saved answers of Cloud Monitoring's timeSeries.list, a file or a folder."""

    kind: Literal["gcp-monitoring"] = "gcp-monitoring"
    location: str = Field(title="FILE|DIR")


AnyOptions = (
    FocusOptions
    | AwsCurOptions
    | GcpOptions
    | GcpPricesOptions
    | PrometheusOptions
    | RequestsOptions
    | ResourcesOptions
    | AzureOptions
    | OciOptions
    | GpuCsvOptions
    | OnPremOptions
    | FxOptions
    | GcpAccountsOptions
    | AwsPricesOptions
    | CloudWatchOptions
    | NvidiaSmiOptions
    | GcpMonitoringOptions
)
_SOURCE: TypeAdapter[AnyOptions] = TypeAdapter(Annotated[AnyOptions, Discriminator("kind")])
_MODEL: TypeAdapter[ModelSettings] = TypeAdapter(ModelSettings)
OPTIONS: Mapping[str, type[Options]] = {o.model_fields["kind"].default: o for o in Options.__subclasses__()}
KINDS = tuple(OPTIONS)


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
