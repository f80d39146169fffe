"""What each kind of source is told: one class per kind, of which the command line, `init` and `doctor` are made.

A field's title is its shape in words, its description its help; `location` is where a source reads. An option that may
stay unset has an example, which `init` shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.owned import OwnedMachine

CONFIG_FILE = "inferledger.toml"


class Options(BaseModel):
    """What any source is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    on_command_line: ClassVar[bool] = True  # whether a command of its own can tell all of it


CLUSTER = r"^[^/\s]*$"  # stands before a namespace, parted by a slash
# any: pydantic's Field() is typed as what it stands for
ENDPOINT: Any = Field(
    None,
    title="URL",
    description="Server to ask instead of the cloud's own.",
    examples=["http://localhost:9000"],
)
PROJECT: Any = Field(
    None,
    title="ID",
    description="Project that runs the queries, else the table's own.",
    examples=["my-project"],
)
REGION: Any = Field(None, title="NAME", description="Where the dataset lies, such as EU.", examples=["EU"])


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
        None,
        title="bigquery://…",
        description="A pricing export instead of the public catalogue.",
        examples=["bigquery://my-project.billing"],
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
    at: datetime | None = Field(
        None,
        description="Instant of exposition text that has no timestamps (UTC).",
        examples=[datetime(2026, 10, 1)],
    )
    params: dict[str, str] = Field(
        default_factory=dict,
        title="NAME=VALUE",
        description="Further parameters of each query, such as partial_response=false.",
        json_schema_extra={"flag": "--param"},
    )
    username: str | None = Field(
        None, title="NAME", description="For basic authentication.", examples=["inferledger"]
    )
    password_env: str = Field(
        "INFERLEDGER_PROMETHEUS_PASSWORD",
        title="NAME",
        description="Environment variable that holds its password.",
    )
    ca_file: str | None = Field(
        None,
        title="PEM",
        description="Certificates to trust instead of the system's.",
        examples=["/etc/ssl/our-ca.pem"],
    )
    client_cert: str | None = Field(
        None,
        title="PEM",
        description="Our certificate, for a server that asks for one.",
        examples=["client.pem"],
    )
    client_key: str | None = Field(None, title="PEM", description="Its key.", examples=["client.key"])
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
    accept_partial: bool = Field(
        False, description="Load also answers that the server calls incomplete (a store behind it is down)."
    )
    model_labels: tuple[str, ...] | None = Field(
        None,
        title="LABEL",
        description="Labels of a pod that say which model it runs, best first.",
        examples=[("app.kubernetes.io/name", "model")],
    )
    version_labels: tuple[str, ...] | None = Field(
        None,
        title="LABEL",
        description="Labels of a pod that say which version.",
        examples=[("app.kubernetes.io/version",)],
    )
    team_labels: tuple[str, ...] | None = Field(
        None, title="LABEL", description="Labels of a pod that say whose it is.", examples=[("team",)]
    )
    cluster: str | None = Field(
        None,
        title="NAME",
        pattern=CLUSTER,
        description="Cluster of all its pods, where several have pods of one name; the same in each source of it.",
        examples=["eu-west"],
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
        None,
        title="NAME",
        pattern=CLUSTER,
        description="Cluster whose requests alone the log tells.",
        examples=["eu-west"],
    )
    timezone: str | None = Field(
        None,
        title="ZONE",
        description="Zone of times that name none, such as Europe/Berlin; by default UTC, with a note.",
        examples=["Europe/Berlin"],
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
        None, description="What bare files hold whose names don't tell.", examples=["actual"]
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
    """Machines that the company owns: purchase price over its life, power, space. Only in inferledger.toml.

    One table [[sources.NAME.machine]] each; money is in the source's currency.
    """

    on_command_line: ClassVar[bool] = False
    kind: Literal["on-prem"] = "on-prem"
    currency: str = Field(pattern="^[A-Z]{3}$", description="Of every amount: USD, EUR …")
    account: str = Field("on-prem", description="One of its own for each such source.")
    # where this stands, which nobody says: the file that its charge lines are followed to
    config_file: Path = Field(Path(CONFIG_FILE), exclude=True)
    machine: tuple[OwnedMachine, ...] = Field(min_length=1)


class FxOptions(Options):
    """Exchange rates by day: the European Central Bank's as installed, or a CSV of date, from, to, rate."""

    kind: Literal["fx"] = "fx"
    location: str | None = Field(
        None,
        title="[FILE]",
        description="Rates of your own, instead of the European Central Bank's.",
        examples=["rates.csv"],
    )


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
        None,
        title="REGION",
        description="Region to read, by default the credentials' own.",
        examples=["eu-central-1"],
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
        examples=["Europe/Berlin"],
    )
    host: str | None = Field(
        None,
        title="NAME",
        description="Machine that wrote the log; each file of a folder is its own.",
        examples=["gpu-07"],
    )


class GcpMonitoringOptions(Options):
    """Accelerators of GKE in saved answers of Cloud Monitoring's timeSeries.list, a file or a folder."""

    kind: Literal["gcp-monitoring"] = "gcp-monitoring"
    location: str = Field(title="FILE|DIR")


class BusinessOptions(Options):
    """Daily counts of what the business got: a CSV of day, output, count, and team, model where they are told."""

    kind: Literal["business"] = "business"
    location: str = Field(title="FILE")


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
    | BusinessOptions
)
OPTIONS: Mapping[str, type[Options]] = {o.model_fields["kind"].default: o for o in Options.__subclasses__()}
KINDS = tuple(OPTIONS)
