"""GCP's billing accounts and the projects that they pay for, from the Cloud Billing API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from ingest.source import SourceError
from ingest.sources.gcp_answers import each


@dataclass(frozen=True)
class Account:
    """One row of the relation `account` without its provenance."""

    account_id: str
    kind: str
    name: str | None
    parent_id: str | None
    open: bool


@dataclass(frozen=True)
class GcpAccounts:
    """Every billing account that these credentials may view, or a server that speaks like the API at `endpoint_url`."""

    endpoint_url: str | None = None
    kind: ClassVar[str] = "accounts-gcp"
    provider: ClassVar[str] = "GCP"

    @property
    def uri(self) -> str:
        return f"{self.endpoint_url or 'https://cloudbilling.googleapis.com'}/v1/billingAccounts"

    def accounts(self) -> Iterator[Account]:
        """Yield the billing accounts, each before its projects. Raises SourceError."""
        from google.api_core.exceptions import GoogleAPIError  # here: the SDK takes a second to import
        from google.auth.exceptions import GoogleAuthError

        try:
            client = self._client()
            for account in each(client.list_billing_accounts, self.uri):
                yield _billing_account(account)
                if not _id(account.name):  # the API cannot be asked for the projects of nobody
                    continue
                projects = partial(client.list_project_billing_info, name=account.name)
                for project in each(projects, f"{self.uri}/{_id(account.name)}/projects"):
                    # a project's display name stands on the bill; this API has only its id
                    yield Account(
                        project.project_id, "project", None, _id(account.name), project.billing_enabled
                    )
        except GoogleAuthError as error:
            raise SourceError(
                f"The Cloud Billing API wants credentials: {error} Run: gcloud auth application-default login"
            ) from error
        except (GoogleAPIError, OSError) as error:
            raise SourceError(
                f"The Cloud Billing API at {self.endpoint_url or 'cloudbilling.googleapis.com'} did not answer: "
                f"{error} The role Billing Account Viewer on the billing account is enough."
            ) from error

    def _client(self) -> Any:  # noqa: ANN401 - the SDK ships no types
        from google.api_core.client_options import ClientOptions
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import billing_v1

        if not self.endpoint_url:
            return billing_v1.CloudBillingClient(transport="rest")
        local = AnonymousCredentials() if self.endpoint_url.startswith("http://") else None  # type: ignore[no-untyped-call]
        options = ClientOptions(api_endpoint=self.endpoint_url)
        return billing_v1.CloudBillingClient(transport="rest", credentials=local, client_options=options)


def _billing_account(account: Any) -> Account:  # noqa: ANN401
    parent = _id(account.master_billing_account) or None  # a reseller's, for a subaccount
    return Account(_id(account.name), "billing account", account.display_name or None, parent, account.open_)


def _id(name: str) -> str:
    """billingAccounts/012345-567890-ABCDEF is on the bill as 012345-567890-ABCDEF."""
    return name.rpartition("/")[2]
