"""What the newest snapshot knows of the estate, to hold a source's labels and ids against. Empty without a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from data.excess import Excess, device_excess
from data.snapshot import NoSnapshot, open_latest

SQL = Path(__file__).parents[1] / "sql"


class Bill(NamedTuple):
    """One month (2026-10) of an account's bill, as a source states it."""

    source: str
    provider: str
    account: str
    month: str

    def is_same_account(self, other: Bill) -> bool:
        """As ingest/sql/other_source.sql, which would refuse the load, compares them."""
        short, long = sorted(
            (bill.account.lower().lstrip("0") for bill in (self, other)),
            key=len,
        )
        same = short == long or long.startswith(f"{short}/billingprofiles/")
        return same and self.provider.lower() == other.provider.lower()


@dataclass(frozen=True)
class Estate:
    """Ids and names as bill, telemetry and mapping files spell them."""

    billed: frozenset[str] = frozenset()  # resource ids of the bill
    hosts: frozenset[str] = frozenset()  # names by which a billed machine is known to telemetry
    nodes: frozenset[str] = frozenset()  # hosts that telemetry told of
    bills: frozenset[Bill] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)  # name → grain of what was loaded
    # what the sources told that were looked at, beside the snapshot
    examined: set[Bill] = field(default_factory=set, compare=False)
    billed_in: set[str] = field(default_factory=set, compare=False)  # currencies of bills
    rated: set[str] = field(default_factory=set, compare=False)  # currencies that exchange rates know
    excess: tuple[Excess, ...] = ()  # machines that show more devices than billed

    @property
    def has_bills(self) -> bool:
        return bool(self.bills)


def estate(home: Path) -> Estate:
    """Read from the newest snapshot of the store."""
    try:
        cursor = open_latest(home).cursor()
    except NoSnapshot:
        return Estate()

    def ask(name: str) -> list[tuple[Any, ...]]:
        return cursor.execute((SQL / f"{name}.sql").read_text(encoding="utf-8")).fetchall()

    def of(kind: str, rows: list[tuple[Any, ...]]) -> frozenset[str]:
        return frozenset(name for what, name in rows if what == kind)

    names, currencies = ask("doctor_names"), ask("doctor_currencies")
    return Estate(
        billed=of("billed", names),
        hosts=of("host", names),
        nodes=of("node", names),
        bills=frozenset(Bill(*told) for told in ask("doctor_bills")),
        sources=dict(ask("doctor_sources")),
        billed_in=set(of("billed", currencies)),
        rated=set(of("rated", currencies)),
        excess=device_excess(cursor),
    )
