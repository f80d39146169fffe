"""Names of accounts into the store: a source's rows are replaced whole, and the same names twice change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar, Protocol

from data.warehouse import Warehouse
from ingest.progress import Progress, silent
from ingest.rejects import Unusable, check, keep
from ingest.source import LoadResult, SourceError, Window
from ingest.sources.gcp_accounts import Account


class AccountSource(Protocol):
    """A list of accounts."""

    kind: ClassVar[str]
    provider: ClassVar[str]

    @property
    def uri(self) -> str:
        """Where the accounts stand."""
        ...

    def accounts(self) -> Iterator[Account]: ...


def load_accounts(
    wh: Warehouse,
    source_name: str,
    source: AccountSource,
    window: Window,  # noqa: ARG001 - names hold for all time; every loader is called alike
    progress: Progress = silent,
) -> list[LoadResult]:
    """Replaces the source's rows of `account`. Raises SourceError: more than a stray row without an id, too."""
    progress(f"{source_name}: fetch accounts")
    told = sorted(set(source.accounts()), key=lambda account: (account.account_id, account.kind))
    accounts = [account for account in told if account.account_id]
    unusable = [
        Unusable(None, f"a {one.kind} without an id", repr(one)) for one in told if not one.account_id
    ]
    check(source.uri, len(told), unusable)
    if not accounts:
        raise SourceError(
            f"'{source_name}': these credentials see no billing account. Grant Billing Account Viewer on it; "
            "nothing was changed."
        )
    delivery_id = hashlib.sha256("\n".join(map(repr, told)).encode()).hexdigest()
    last = wh.con.execute(_sql("last_delivery"), {"source": source_name}).fetchall()
    with wh.load(source_name, source.kind, "reference") as load:
        if last == [(delivery_id,)] and not load.again:
            load.finish(rows=0, delivery_id=delivery_id, status="unchanged")
            return [LoadResult(source_name, source.kind, "unchanged", len(accounts))]
        keep(load, load.add_file(source.uri, delivery_id, None, len(accounts)), unusable)
        load.replace_reference()
        load.con.execute("DELETE FROM account WHERE source = $source", {"source": source_name})
        provenance = {"source": source_name, "load_id": load.load_id, "provider": source.provider}
        load.con.executemany(_sql("insert_account"), [provenance | asdict(account) for account in accounts])
        load.finish(rows=len(accounts), delivery_id=delivery_id)
    return [LoadResult(source_name, source.kind, "loaded", len(accounts), len(unusable))]


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
