"""Every source there is, by its kind.

Each loader is imported when it is asked for: a command that needs no cloud does without every cloud's SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data.warehouse import Grain, Warehouse
from ingest import settings
from ingest.progress import Progress
from ingest.source import LoadResult, Window

Loader = Callable[[Warehouse, str, Any, Window, Progress], list[LoadResult]]


@dataclass(frozen=True)
class Kind:
    """What a kind of source brings, and the function that loads one."""

    grain: Grain
    load: Loader


def _focus(
    wh: Warehouse, name: str, options: settings.FocusOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.load_cost import load_deliveries
    from ingest.sources.focus import Focus

    return load_deliveries(wh, name, Focus(options.location, options.endpoint_url), window, progress)


def _aws_cur(
    wh: Warehouse, name: str, options: settings.AwsCurOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.load_cost import load_deliveries
    from ingest.sources.aws_cur import AwsCur

    return load_deliveries(wh, name, AwsCur(options.location, options.endpoint_url), window, progress)


def _gcp(
    wh: Warehouse, name: str, options: settings.GcpOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.bigquery import is_bigquery

    if is_bigquery(options.location):
        from ingest.load_bigquery import load_bigquery

        return load_bigquery(wh, name, options, window, progress)
    from ingest.load_cost import load_deliveries
    from ingest.sources.gcp import GcpExport

    return load_deliveries(wh, name, GcpExport(options.location), window, progress)


def _gcp_prices(
    wh: Warehouse, name: str, options: settings.GcpPricesOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.load_prices import load_prices

    if options.table:
        from ingest.sources.gcp_price_export import GcpPriceExport

        export = GcpPriceExport(options.table, options.project, options.region, options.endpoint_url)
        return load_prices(wh, name, export, window, progress)
    from ingest.sources.gcp_prices import GcpPrices

    return load_prices(wh, name, GcpPrices(options.endpoint_url), window, progress)


def _prometheus(
    wh: Warehouse, name: str, options: settings.PrometheusOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.load_telemetry import load_telemetry
    from ingest.sources.prometheus import Prometheus

    headers = tuple(options.headers.items())
    source = Prometheus(options.location, options.at, options.matcher, options.token_env, headers)
    return load_telemetry(wh, name, source, window, progress)


def _requests(
    wh: Warehouse, name: str, options: settings.RequestsOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.load_requests import load_requests
    from ingest.sources.requests import RequestLog

    return load_requests(wh, name, RequestLog(options.location, options.mapping), window, progress)


def _resources(
    wh: Warehouse, name: str, options: settings.ResourcesOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.load_reference import load_resources
    from ingest.sources.resources import Resources

    return load_resources(wh, name, Resources(options.location), window, progress)


def _gcp_accounts(
    wh: Warehouse, name: str, options: settings.GcpAccountsOptions, window: Window, progress: Progress
) -> list[LoadResult]:
    from ingest.load_accounts import load_accounts
    from ingest.sources.gcp_accounts import GcpAccounts

    return load_accounts(wh, name, GcpAccounts(options.endpoint_url), window, progress)


REGISTRY: Mapping[str, Kind] = {
    "focus": Kind("cost", _focus),
    "aws-cur": Kind("cost", _aws_cur),
    "gcp": Kind("cost", _gcp),
    "prices-gcp": Kind("reference", _gcp_prices),
    "prometheus": Kind("telemetry", _prometheus),
    "requests": Kind("traffic", _requests),
    "resources": Kind("reference", _resources),
    "accounts-gcp": Kind("reference", _gcp_accounts),
}
