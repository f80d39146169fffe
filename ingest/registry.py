"""Every source there is, by its kind.

Each module is named here and imported when it is asked for: a command that needs no cloud does without every
cloud's SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from data.warehouse import Grain, Warehouse
from ingest.options import AnyOptions
from ingest.progress import Progress
from ingest.source import LoadResult, Window


@dataclass(frozen=True)
class Kind:
    """What a kind of source brings, and where its parts are: 'module:name'.

    The source, or the function that makes one, takes every option by its name, `kind` aside.
    """

    grain: Grain
    source: str
    loader: str

    def open(self, options: AnyOptions) -> Any:  # noqa: ANN401 - the loader knows its protocol
        """The source that the options describe; nothing is read yet."""
        return resolve_name(self.source)(**{name: told for name, told in options if name != "kind"})

    def load(
        self, wh: Warehouse, name: str, options: AnyOptions, window: Window, progress: Progress
    ) -> list[LoadResult]:
        """Loads the window of the source that the options describe. Raises SourceError."""
        results: list[LoadResult] = resolve_name(self.loader)(wh, name, self.open(options), window, progress)
        return results


REGISTRY: Mapping[str, Kind] = {
    "focus": Kind("cost", "ingest.sources.focus:Focus", "ingest.load_cost:load_deliveries"),
    "aws-cur": Kind("cost", "ingest.sources.aws_cur:AwsCur", "ingest.load_cost:load_deliveries"),
    # files, or a BigQuery table, whose loader asks the store first what is new
    "gcp": Kind("cost", "ingest.options:GcpOptions", "ingest.load_gcp:load_gcp"),
    "prices-gcp": Kind(
        "reference", "ingest.sources.gcp_prices:open_prices", "ingest.load_prices:load_prices"
    ),
    "prometheus": Kind(
        "telemetry", "ingest.sources.prometheus:from_options", "ingest.load_telemetry:load_telemetry"
    ),
    "requests": Kind("traffic", "ingest.sources.requests:RequestLog", "ingest.load_requests:load_requests"),
    "resources": Kind(
        "reference", "ingest.sources.resources:Resources", "ingest.load_reference:load_resources"
    ),
    "azure": Kind("cost", "ingest.sources.azure:Azure", "ingest.load_cost:load_deliveries"),
    "oci": Kind("cost", "ingest.sources.oci:Oci", "ingest.load_cost:load_deliveries"),
    "gpu-csv": Kind("cost", "ingest.sources.gpu_csv:GpuCsv", "ingest.load_cost:load_deliveries"),
    "on-prem": Kind("cost", "ingest.sources.on_prem:OnPrem", "ingest.load_on_prem:load_on_prem"),
    "fx": Kind("reference", "ingest.sources.fx:Rates", "ingest.load_fx:load_fx"),
    "accounts-gcp": Kind(
        "reference", "ingest.sources.gcp_accounts:GcpAccounts", "ingest.load_accounts:load_accounts"
    ),
    "prices-aws": Kind("reference", "ingest.sources.aws_prices:AwsPrices", "ingest.load_prices:load_prices"),
    "cloudwatch": Kind(
        "telemetry", "ingest.sources.cloudwatch:CloudWatch", "ingest.load_telemetry:load_telemetry"
    ),
    "nvidia-smi": Kind(
        "telemetry", "ingest.sources.nvidia_smi:NvidiaSmi", "ingest.load_telemetry:load_telemetry"
    ),
    "gcp-monitoring": Kind(
        "telemetry", "ingest.sources.gcp_monitoring:GcpMonitoring", "ingest.load_telemetry:load_telemetry"
    ),
    "business": Kind(
        "reference", "ingest.sources.business:BusinessOutputs", "ingest.load_business:load_business"
    ),
}
