"""Machines that a company owns, from inferledger.toml: their charges hour by hour, as if somebody billed them.

    [sources.rack-1]
    kind = "on-prem"
    currency = "EUR"
    account = "frankfurt"              # left out = on-prem; one of its own for each such source

    [[sources.rack-1.machine]]
    resource = "h100-rack1-07"
    gpu_model = "H100 80GB"
    gpu_count = 8
    purchase_price = "289000.00"
    purchase_date = 2026-01-15
    life_months = 48
    watts = 7200
    pue = "1.35"
    energy_price = "0.21"              # per kWh; or power_per_month = "1400.00"
    space_per_month = "350.00"

Straight line over the life, which starts at the purchase; billed = effective. Complete UTC days up to today.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from ingest.layout import Layout
from ingest.manifests import touches
from ingest.owned import HOUR, OwnedMachine, charges, later
from ingest.source import Delivery, SourceError, SourceFile, Window
from ingest.sources import gpu_csv

HEADER = (
    "start,end,provider,account,resource,node,region,team,gpu_model,gpu_count,hours,description,cost,currency"
)


@dataclass(frozen=True)
class OnPrem:
    """Each `machine` as `config_file` says; lines are followed to that file. `until` (exclusive): None = today."""

    config_file: Path
    machine: tuple[OwnedMachine, ...]
    currency: str
    account: str = "on-prem"
    until: date | None = None
    kind: ClassVar[str] = "on-prem"
    layout: ClassVar[Layout] = gpu_csv.LAYOUT

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """Yield one delivery per month that has a charge, from the first purchase on. Raises SourceError."""
        self._check_names()
        until = self.until or datetime.now(UTC).date()
        month = min(machine.purchase_date for machine in self.machine).replace(day=1)
        with TemporaryDirectory(prefix="inferledger-") as staging:
            while month < until:
                if touches(month, window) and next(self._lines(month, until), None):
                    yield self._delivery(month, until, Path(staging) / f"{month:%Y-%m}.csv")
                month = later(month, 1)

    def _delivery(self, month: date, until: date, path: Path) -> Delivery:
        config = self.config_file.read_bytes()
        with path.open("w", encoding="utf-8", newline="") as text:
            text.write(HEADER + "\n")
            csv.writer(text, lineterminator="\n").writerows(self._lines(month, until))
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        file = SourceFile(
            str(self.config_file),
            path,
            lambda: hashlib.sha256(config).hexdigest(),
            len(config),
            facts={"billed_by": "On-premises"},
        )
        return Delivery(content, (file,), month)

    def _lines(self, month: date, until: date) -> Iterator[tuple[object, ...]]:
        for m in self.machine:
            for charge in charges(m, month, until):
                # the machine's hour is said once, beside its purchase
                hours = 1 if charge.component == "purchase" else None
                times = (charge.start.isoformat(), (charge.start + HOUR).isoformat())
                who = ("On-premises", self.account, m.resource, m.node, m.region, m.team)
                gpus = (m.gpu_model, m.gpu_count, hours, charge.component)
                yield (*times, *who, *gpus, f"{charge.cost:f}", self.currency)

    def _check_names(self) -> None:
        names = [machine.resource for machine in self.machine]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise SourceError(
                f"{self.config_file} names the machine {twice[0]} twice: it would cost twice. Keep one of them."
            )
