"""What the newest snapshot knows of the estate, to hold a source's labels and ids against. Empty without a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from data.excess import Excess, device_excess
from data.snapshot import NoSnapshot, open_latest

SQL = Path(__file__).parents[1] / "sql"


@dataclass(frozen=True)
class Estate:
    """Ids and names as bill, telemetry and mapping files spell them."""

    billed: frozenset[str] = frozenset()  # resource ids of the bill
    hosts: frozenset[str] = frozenset()  # names by which a billed machine is known to telemetry
    nodes: frozenset[str] = frozenset()  # hosts that telemetry told of
    bills: frozenset[tuple[str, str, str]] = frozenset()  # source, provider, billing account
    excess: tuple[Excess, ...] = ()  # machines that show more devices than billed
    examined: set[tuple[str, str, str]] = field(
        default_factory=set, compare=False
    )  # the same, of sources looked at

    @property
    def has_bills(self) -> bool:
        return bool(self.bills)


def estate(home: Path) -> Estate:
    """Read from the newest snapshot of the store."""
    try:
        cursor = open_latest(home).cursor()
    except NoSnapshot:
        return Estate()
    names = cursor.execute((SQL / "doctor_names.sql").read_text(encoding="utf-8")).fetchall()
    bills = cursor.execute((SQL / "doctor_bills.sql").read_text(encoding="utf-8")).fetchall()

    def of(kind: str) -> frozenset[str]:
        return frozenset(name for what, name in names if what == kind)

    return Estate(of("billed"), of("host"), of("node"), frozenset(bills), device_excess(cursor))
