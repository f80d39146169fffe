"""Asking BigQuery: which table, as whom, what a question costs, and what went wrong in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ingest.source import SourceError

SCHEME = "bigquery://"
LOCATION = re.compile(r"bigquery://([a-z0-9.:-]+?)\.(\w+)(?:\.([\w-]+))?/?")
TIB = 2**40
PATIENCE = 60.0  # seconds for the first question; the SDK would try a wrong address for ten minutes


@dataclass(frozen=True)
class Estimate:
    """What BigQuery says that a question will scan; asking it for that costs nothing."""

    bytes: int
    usd_per_tib: Decimal

    @property
    def usd(self) -> Decimal:
        return Decimal(self.bytes) / TIB * self.usd_per_tib

    def __str__(self) -> str:
        return f"{_spelled(self.bytes)}, about {self.usd:.4f} USD at {self.usd_per_tib} USD per TiB"


def is_bigquery(location: str) -> bool:
    return location.startswith(SCHEME)


def parse(location: str) -> tuple[str, str, str | None]:
    """Project, dataset and table, if one is named. Raises SourceError."""
    named = LOCATION.fullmatch(location)
    if not named:
        raise SourceError(
            f"'{location}' names no BigQuery table. "
            "Write bigquery://project.dataset or bigquery://project.dataset.table."
        )
    return named[1], named[2], named[3]


def connect(project: str, region: str | None, endpoint_url: str | None) -> Any:  # noqa: ANN401
    """A google.cloud.bigquery client, which ships no types; as nobody where the endpoint is http://."""
    from google.api_core.client_options import ClientOptions
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery  # here: the SDK takes a second to import

    with asking(f"project {project}"):
        if not endpoint_url:
            return bigquery.Client(project=project, location=region)
        nobody = AnonymousCredentials() if endpoint_url.startswith("http://") else None  # type: ignore[no-untyped-call]
        options = ClientOptions(api_endpoint=endpoint_url)
        return bigquery.Client(project=project, location=region, credentials=nobody, client_options=options)


def connect_storage(endpoint_url: str | None) -> Any:  # noqa: ANN401
    """A client that hands rows over as Arrow, which is much faster than REST; None where only an endpoint is named."""
    from google.cloud import bigquery_storage

    if endpoint_url:
        return None
    with asking("BigQuery"):
        return bigquery_storage.BigQueryReadClient()  # type: ignore[no-untyped-call]


def batches(answer: Callable[[], Any], storage: Any, told: Callable[[str], None]) -> Iterator[Any]:  # noqa: ANN401
    """The rows of an answer as Arrow batches; by REST where these credentials may not use the faster way.

    Then `answer` is called a second time, which BigQuery answers from its cache: an answer is read only once.
    """
    from google.api_core.exceptions import Forbidden

    if storage is not None:
        arrow = answer().to_arrow_iterable(bqstorage_client=storage)
        try:
            first = next(arrow, None)
        except Forbidden as error:
            told(f"reading slowly, by REST: grant BigQuery Read Session User ({error.message})")
        else:
            yield from () if first is None else (first,)
            yield from arrow
            return
    yield from answer().to_arrow_iterable()


def find(client: Any, project: str, dataset: str, table: str) -> Any:  # noqa: ANN401
    """The table as BigQuery describes it. Raises SourceError."""
    from google.cloud.bigquery import DEFAULT_RETRY

    with asking(f"{SCHEME}{project}.{dataset}.{table}"):
        return client.get_table(f"{project}.{dataset}.{table}", retry=DEFAULT_RETRY.with_timeout(PATIENCE))


def tables_of(client: Any, project: str, dataset: str) -> list[str]:  # noqa: ANN401
    """The names of a dataset's tables. Raises SourceError."""
    from google.cloud.bigquery import DEFAULT_RETRY

    with asking(f"{SCHEME}{project}.{dataset}"):
        retry = DEFAULT_RETRY.with_timeout(PATIENCE)
        return sorted(table.table_id for table in client.list_tables(f"{project}.{dataset}", retry=retry))


def ask(client: Any, query: str, told: Mapping[str, Any], *, dry_run: bool = False) -> Any:  # noqa: ANN401
    """A job that answers a query, or only says what it would scan. `told` may know more than the query asks for."""
    from google.cloud import bigquery

    config = bigquery.QueryJobConfig(
        query_parameters=[_parameter(name, value) for name, value in told.items() if f"@{name}" in query],
        dry_run=dry_run,
        use_query_cache=not dry_run,  # else a repeated question is estimated at nothing
        labels={"application": "inferledger"},
    )
    return client.query(query, job_config=config)


def uri_of(table: Any) -> str:  # noqa: ANN401 - the SDK ships no types
    return SCHEME + name_of(table)


def name_of(table: Any) -> str:  # noqa: ANN401
    return f"{table.project}.{table.dataset_id}.{table.table_id}"


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Raises SourceError, in our words, where BigQuery refuses or does not answer."""
    from google.api_core.exceptions import Forbidden, GoogleAPIError, NotFound
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    try:
        yield
    except NotFound as error:
        why = f"there is no such table or dataset ({error.message})"
        then = "Check project, dataset, table and --region"
    except Forbidden as error:
        why = f"these credentials may not ({error.message})"
        then = "Grant BigQuery Data Viewer on the dataset, and BigQuery Job User on the project that runs the queries"
    except GoogleAuthError as error:
        why, then = f"BigQuery wants credentials ({error})", "Run: gcloud auth application-default login"
    except (GoogleAPIError, RequestException) as error:
        why, then = f"BigQuery did not answer as expected ({error})", "Check --endpoint-url and --region"
    else:
        return
    raise SourceError(f"{what} cannot be read: {why}. {then}, then run it again.")


def _parameter(name: str, value: datetime | str | list[str]) -> Any:  # noqa: ANN401
    from google.cloud import bigquery

    if isinstance(value, list):
        return bigquery.ArrayQueryParameter(name, "STRING", value)
    kind = "TIMESTAMP" if isinstance(value, datetime) else "STRING"
    return bigquery.ScalarQueryParameter(name, kind, value)


def _spelled(size: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
