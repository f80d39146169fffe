"""Every parser of bills, damaged and with hostile cells: an error in words, or each record stored or refused."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from bills import AZURE_LINE, GPU_LINE, OCI_LINE
from cost_store import CUR_LINE, FOCUS_LINE, load, store_state
from fuzz import damage, fuzz, texts, values
from hostile_bills import load_hostile, told
from hypothesis import given
from hypothesis import strategies as st

from data.warehouse import Warehouse
from ingest.options import OPTIONS
from ingest.registry import REGISTRY
from ingest.source import SourceError
from ingest.sources.aws_cur import AwsCur
from ingest.sources.azure import Azure
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport
from ingest.sources.gpu_csv import GpuCsv
from ingest.sources.oci import Oci

# what somebody's pandas wrote: records in a cell are Python's words for them
GCP_CELLS = {
    "billing_account_id": "01AAAA-BBBBBB-CCCCCC",
    "service.id": "6F81-5844-456A",
    "service.description": "Compute Engine",
    "sku.id": "S-1",
    "sku.description": "A2 Instance Core",
    "usage_start_time": "2026-10-02 00:00:00+00:00",
    "usage_end_time": "2026-10-02 01:00:00+00:00",
    "project.id": "p",
    "labels": "[{'key': 'team', 'value': \"today's\"}]",
    "system_labels": "[]",
    "credits": "[]",
    "cost": "1",
    "currency": "USD",
    "invoice.month": "202610",
    "cost_type": "regular",
}


@dataclass(frozen=True)
class Kind:
    """How a kind of bill is opened, a valid line of it, and its column of what is charged, squashed."""

    source: Any
    line: dict[str, str]
    cost: str
    name: str = "bill.csv"

    @property
    def column(self) -> str:
        return next(name for name in self.line if squash(name) == self.cost)

    @property
    def lines(self) -> list[dict[str, str]]:
        return [self.line | {self.column: f"{place}.25"} for place in range(150)]


def squash(name):
    return "".join(c for c in name.lower() if c.isalnum() or c == ".")


KINDS = {
    "aws-cur": Kind(AwsCur, CUR_LINE, "lineitemunblendedcost"),
    "focus": Kind(Focus, FOCUS_LINE, "billedcost"),
    "gcp": Kind(GcpExport, GCP_CELLS, "cost"),
    "azure": Kind(Azure, AZURE_LINE, "cost", "ActualCost.csv"),
    "oci": Kind(Oci, OCI_LINE, "costmycost"),
    "gpu-csv": Kind(GpuCsv, GPU_LINE, "cost"),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Warehouse.open(tmp_path_factory.mktemp("every") / "store") as warehouse:
        yield warehouse


def as_csv(lines):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for line in lines for name in line)))
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode("utf-8", "replace")


def check(store, kind, content):
    """Every record is stored or refused, and no amount is stored that does not stand in the file."""
    found, expected = load_hostile(store, kind.source, content, kind.name), told(content, kind.cost)
    if found and expected:
        stored, rejected = found
        assert sum(stored.values()) + rejected == expected[0]
        assert not stored - expected[1]
    return found


def test_every_kind_of_bill_is_tried():
    """Owned machines stand in the settings, which have a target of their own."""
    assert set(KINDS) | {"on-prem"} == {kind for kind in OPTIONS if REGISTRY[kind].grain == "cost"}


@pytest.mark.parametrize("name", KINDS)
def test_a_sound_bill_is_stored_whole(store, name):
    """Else the others prove nothing."""
    kind = KINDS[name]
    stored, rejected = check(store, kind, as_csv(kind.lines))
    assert (sum(stored.values()), len(stored), rejected) == (150, 150, 0)


@pytest.mark.parametrize("name", KINDS)
@fuzz()
@given(data=st.data())
def test_a_damaged_bill(store, name, data):
    check(store, KINDS[name], data.draw(damage(as_csv(KINDS[name].lines))))


@pytest.mark.parametrize("name", KINDS)
@fuzz()
@given(data=st.data())
def test_hostile_cells(store, name, data):
    kind = KINDS[name]
    cells = st.dictionaries(
        st.sampled_from([*kind.line, "=cmd()", "'; DROP TABLE cost; --"]), texts, max_size=3
    )
    check(store, kind, as_csv([*kind.lines, kind.lines[7] | data.draw(cells)]))


@pytest.mark.parametrize(
    "name", ["focus", "azure"]
)  # Azure's headers are spelled anew first; the others read alike
def test_ten_thousand_columns(store, name):
    kind = KINDS[name]
    wide = kind.lines[3] | dict.fromkeys((f"x{place}" for place in range(10_000)), "")
    stored, rejected = check(store, kind, as_csv([wide]))
    assert (stored, rejected) == (Counter([Decimal("3.25")]), 0)


@pytest.mark.parametrize("closed", [False, True], ids=["never closed", "closed lines later"])
@pytest.mark.parametrize("name", KINDS)
def test_a_stray_quote_takes_no_lines_away(store, name, closed):
    """What it swallows would be one refused line of hundreds, and the rest would be missing in silence."""
    kind = KINDS[name]
    plain = [{key: "" if '"' in cell else cell for key, cell in line.items()} for line in kind.lines]
    later = kind.line | {kind.column: "7", next(iter(kind.line)): "a,b"} if closed else plain[0]
    content = as_csv([*plain, *plain[:20], later])
    at = content.index(b"\r\n", content.index(b"140.25")) + 2
    path = store.home.parent / f"quote-{name}-{closed}" / kind.name
    path.parent.mkdir()
    path.write_bytes(content[:at] + b'"' + content[at:])
    before = store_state(store)
    with pytest.raises(SourceError, match=r"a quote (is )?opened"):
        load(store, kind.source(str(path)), f"quote-{name}")
    assert store_state(store) == before


RUNPOD = [
    {"amount": place + 0.25, "podId": f"pod-{place}", "time": "2026-10-01T00:00:00Z", "timeBilledMs": 3600000}
    for place in range(150)
]


def check_runpod(store, content):
    found = load_hostile(store, GpuCsv, content, "runpod.json")
    try:
        records = json.loads(content)
    except (ValueError, RecursionError):
        return
    if found and isinstance(records, list) and all(isinstance(one, dict) for one in records):
        assert sum(found[0].values()) + found[1] == len(records)


@fuzz()
@given(data=st.data())
def test_a_damaged_answer_of_runpod(store, data):
    check_runpod(store, data.draw(damage(json.dumps(RUNPOD).encode())))


@fuzz()
@given(fields=st.dictionaries(st.sampled_from(list(RUNPOD[0])), values, min_size=1, max_size=3))
def test_an_answer_of_runpod_of_other_types(store, fields):
    check_runpod(store, json.dumps([*RUNPOD, RUNPOD[3] | fields]).encode())


@pytest.mark.parametrize(
    "cell",
    [
        "[" * 100_000,
        "[" * 5_000 + "]" * 5_000,
        "-" * 100_000 + "1",
        "{'a': b'\\xff'}",
        "{1, 2}",
        "\0",
        "__import__('os')",
    ],
)
def test_words_of_python_that_are_no_records_are_told_in_words(store, cell):
    path = store.home.parent / "pull.csv"
    path.write_bytes(as_csv([GCP_CELLS | {"credits": cell}]))
    with pytest.raises(SourceError, match=r"pull\.csv"):
        load(store, GcpExport(str(path)), "pull")
