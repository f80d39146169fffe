"""Every kind of bill: two deliveries, repeated, shuffled and interrupted loads leave what one load of the last does."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from bills import AZURE_LINE, GPU_LINE, OCI_LINE, ON_PREM, PURCHASE, RESERVED, UNUSED
from cost_store import CUR_LINE, FOCUS_LINE, GCP_LINE, manifest, rows, write_csv, write_ndjson

from data.warehouse import Warehouse
from ingest.load_cost import load_deliveries
from ingest.options import OPTIONS
from ingest.registry import REGISTRY
from ingest.settings import read_settings
from ingest.source import Window
from ingest.sources.aws_cur import AwsCur
from ingest.sources.azure import Azure
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport
from ingest.sources.gpu_csv import GpuCsv
from ingest.sources.oci import Oci
from ingest.sources.on_prem import OnPrem

PARTS = range(1, 4)
FIRST, SECOND = 1, 2
LINES = "SELECT * EXCLUDE (load_id, file_id) FROM cost ORDER BY ALL"
# where files change their names, a line keeps its place in its file but not among all
RENAMED = "SELECT * EXCLUDE (load_id, file_id, line_id) FROM cost ORDER BY ALL"


def amounts(delivery, part):
    """What a part of a delivery charges: the second restates lines of the first, and has one more."""
    return [f"{part}.{delivery}{place}" for place in range(part + delivery)] + ["0.000000018"]


def aws(folder, delivery, names):
    data = f"data/BILLING_PERIOD=2026-10/{delivery}"
    for part, name in zip(PARTS, names, strict=True):
        lines = [CUR_LINE | {"line_item_unblended_cost": amount} for amount in amounts(delivery, part)]
        write_csv(folder / f"cur/{data}/{name}.csv.gz", lines)
    body = {
        "executionId": f"run-{delivery}",
        "dataFiles": [f"s3://b/cur/{data}/{name}.csv.gz" for name in names],
    }
    manifest(folder / "cur/metadata/BILLING_PERIOD=2026-10", "cur", body)
    return AwsCur(str(folder / "cur"))


def tables(source: Callable[[str], Any], line, cost, ending=".csv"):
    def write(folder, delivery, names):
        shutil.rmtree(folder / "bill", ignore_errors=True)
        for part, name in zip(PARTS, names, strict=True):
            lines = [line | {cost: amount} for amount in amounts(delivery, part)]
            write_csv(folder / f"bill/{name}{ending}", lines)
        return source(str(folder / "bill"))

    return write


def gcp(folder, delivery, names):
    shutil.rmtree(folder / "bill", ignore_errors=True)
    for part, name in zip(PARTS, names, strict=True):
        lines = [GCP_LINE | {"cost": float(amount)} for amount in amounts(delivery, part)]
        write_ndjson(folder / f"bill/{name}.ndjson", lines)
    return GcpExport(str(folder / "bill"))


def runpod(folder, delivery, names):
    shutil.rmtree(folder / "bill", ignore_errors=True)
    for part, name in zip(PARTS, names, strict=True):
        told = {"podId": f"pod-{part}", "time": "2026-10-01T00:00:00Z", "timeBilledMs": 3600000}
        (folder / "bill").mkdir(parents=True, exist_ok=True)
        (folder / f"bill/{name}.json").write_text(
            json.dumps([told | {"amount": float(amount)} for amount in amounts(delivery, part)])
        )
    return GpuCsv(str(folder / "bill"))


def azure(folder, delivery, names):
    """Both datasets, which are one bill."""
    shutil.rmtree(folder / "bill", ignore_errors=True)
    for part, name in zip(PARTS, names, strict=True):
        priced = [AZURE_LINE | {"Cost": amount} for amount in amounts(delivery, part)]
        bought = PURCHASE | {"Cost": f"120{part}"}
        write_csv(folder / f"bill/ActualCost-{name}.csv", [*priced, RESERVED | {"Cost": "0"}, bought])
        spread = [RESERVED | {"Cost": f"3{part}"}, UNUSED | {"Cost": f"1{delivery}"}]
        write_csv(folder / f"bill/AmortizedCost-{name}.csv", [*priced, *spread])
    return Azure(str(folder / "bill"))


def on_prem(folder, delivery, _):
    folder.mkdir(parents=True, exist_ok=True)
    told = ON_PREM.replace("289000.00", "289000.10") if delivery == SECOND else ON_PREM
    (folder / "inferledger.toml").write_text(told)
    options: Any = read_settings(folder / "inferledger.toml").sources["rack-1"]
    until = date(2026, 2, 10)  # in the second month: two deliveries, each in a transaction of its own
    return OnPrem(options.config_file, options.machine, options.currency, options.account, until)


@dataclass(frozen=True)
class Kind:
    """How a delivery is written with its three parts under these names, and answered as a source."""

    write: Callable[[Path, int, list[str]], Any]
    files: bool = True

    def deliver(self, folder, delivery, order=PARTS):
        return self.write(folder, delivery, [f"part-{place}" for place in order])


KINDS = {
    "aws-cur": Kind(aws),
    "focus": Kind(tables(Focus, FOCUS_LINE, "BilledCost")),
    "gcp": Kind(gcp),
    "azure": Kind(azure),
    "oci": Kind(tables(Oci, OCI_LINE, "cost/myCost", ".csv.gz")),
    "gpu-csv": Kind(tables(GpuCsv, GPU_LINE, "cost")),
    "gpu-csv of RunPod": Kind(runpod),
    "on-prem": Kind(on_prem, files=False),
}
OF_FILES = [name for name, kind in KINDS.items() if kind.files]


def load(home, source, progress=lambda *_: None):
    with Warehouse.open(home) as wh:
        return load_deliveries(wh, "bill", source, Window(), progress)


def lines(home, query=LINES):
    with Warehouse.open(home) as wh:
        return held(wh, query)


def held(wh, query=LINES):
    totals = "SELECT * EXCLUDE (load_id) FROM invoice_total ORDER BY ALL"
    return rows(wh, query), wh.con.execute(totals).fetchall()


@pytest.fixture
def alone(tmp_path):
    """What one load of the second delivery leaves."""

    def loaded(name, query=LINES):
        load(tmp_path / "alone", KINDS[name].deliver(tmp_path / "up", SECOND))
        found = lines(tmp_path / "alone", query)
        assert len(found[0]) > len(PARTS) * SECOND
        return found

    return loaded


def test_every_kind_of_bill_is_tried():
    """A table of BigQuery grows and is never delivered anew: tests/ingest/test_bigquery.py."""
    assert {name.partition(" ")[0] for name in KINDS} == {k for k in OPTIONS if REGISTRY[k].grain == "cost"}


@pytest.mark.parametrize("name", KINDS)
def test_first_then_second_is_second_alone_however_often(tmp_path, alone, name):
    home = tmp_path / "both"
    load(home, KINDS[name].deliver(tmp_path / "up", FIRST))
    first = lines(home)
    expected = alone(name)
    source = KINDS[name].deliver(tmp_path / "up", SECOND)
    load(home, source)
    assert lines(home) == expected != first
    assert {result.status for result in load(home, source)} == {"unchanged"}
    assert lines(home) == expected


@pytest.mark.parametrize("name", OF_FILES)
def test_the_order_in_which_files_are_listed_does_not_show(tmp_path, alone, name, monkeypatch):
    expected = alone(name)
    listed, shuffled = Path.rglob, random.Random(name)
    monkeypatch.setattr(
        Path, "rglob", lambda self, pattern: shuffled.sample(found := list(listed(self, pattern)), len(found))
    )
    source = KINDS[name].deliver(tmp_path / "up", SECOND)
    for turn in range(2):
        load(tmp_path / f"{turn}", source)
        assert lines(tmp_path / f"{turn}") == expected


@pytest.mark.parametrize("name", OF_FILES)
def test_files_that_swap_their_names_are_the_same_lines(tmp_path, alone, name):
    expected = alone(name, RENAMED)
    load(tmp_path / "swapped", KINDS[name].deliver(tmp_path / "other", SECOND, (3, 1, 2)))
    assert lines(tmp_path / "swapped", RENAMED) == expected


class Steps:
    """What a load tells, and what it does to the store after its last word; it breaks off after so many of them."""

    WRITES = ("staged.write", "control.keep", "precedence.keep", "staged.drop")

    def __init__(self, monkeypatch):
        self.left, self.writing = 0, False
        for name in self.WRITES:
            self._count(monkeypatch, f"ingest.{name}")

    def _count(self, monkeypatch, name):
        real = resolve_name(name)

        def counted(*words, **more):
            self.writing = True  # the old lines are gone by now
            self()
            return real(*words, **more)

        monkeypatch.setattr(name, counted)

    def __call__(self, *_):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("name", KINDS)
def test_a_run_that_is_interrupted_at_any_step_goes_on_to_the_same_lines(tmp_path, alone, name, monkeypatch):
    """Each step of the load is the last one once; what was there before stays until the whole second is there."""
    expected, home = alone(name), tmp_path / "broken"
    load(home, KINDS[name].deliver(tmp_path / "up", FIRST))
    source, before = KINDS[name].deliver(tmp_path / "up", SECOND), lines(home)
    steps, allowed, written, done = Steps(monkeypatch), 0, 0, False
    while not done:
        steps.left, steps.writing = allowed, False
        with Warehouse.open(home) as wh:
            if KINDS[name].files:  # months of owned machines are loads of their own, and stay
                assert held(wh) == before
            try:
                load_deliveries(wh, "bill", source, Window(), steps)
                done = True
            except KeyboardInterrupt:
                allowed, written = allowed + 1, written + steps.writing
    assert allowed >= len(PARTS)
    assert written >= len(Steps.WRITES)
    assert lines(home) == expected
