"""What files and folders are called, and how a file is packed, say nothing about its lines."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from itertools import pairwise

import pytest
from cost_store import FOCUS_LINE, GCP_LINE, load, rows, write_parquet
from samples import answer

from ingest.load_requests import load_requests
from ingest.source import Window
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport
from ingest.sources.requests import RequestLog

FOCUS_CSV = [",".join(FOCUS_LINE), *[",".join(FOCUS_LINE.values())] * 5999]
GCP_JSON = [json.dumps(GCP_LINE)] * 6000
ACCESS_LOG = [
    f'1.2.3.4 - - [01/Oct/2026:12:{n // 100:02}:{n % 60:02} +0000] "POST /v1/chat HTTP/1.1" 200 {n} "-" "x"'
    for n in range(6000)
]


def in_members(path, lines):
    """The lines as a gzip of three members, the first of which ends within a line, as appending to one makes it."""
    text = "".join(f"{line}\n" for line in lines).encode()
    cuts = (0, len(text) // 2 + 3, len(text) - 20, len(text))
    path.write_bytes(b"".join(gzip.compress(text[a:b], mtime=0) for a, b in pairwise(cuts)))
    return str(path)


@pytest.mark.parametrize(
    ("source", "name", "lines", "count", "total"),
    [
        (Focus, "2026-10-01T00:00:00 focus.csv.gz", FOCUS_CSV, 5999, Decimal(59990)),
        (GcpExport, "2026-10-01T00:00:00 gcp.ndjson.gz", GCP_JSON, 6000, Decimal(21000)),
    ],
)
def test_all_members_of_a_gzip_are_read_and_a_name_may_hold_colons(
    wh, tmp_path, source, name, lines, count, total
):
    load(wh, source(in_members(tmp_path / name, lines)))
    assert rows(wh, "SELECT count(*), sum(billed_cost) FROM cost") == [(count, total)]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("a:b.log.gz", ACCESS_LOG),
        ("a:b.jsonl.gz", [json.dumps({"timestamp": "2026-10-01T12:00:00Z", "n": n}) for n in range(6000)]),
    ],
)
def test_and_of_a_request_log(wh, tmp_path, name, lines):
    load_requests(wh, "log", RequestLog(in_members(tmp_path / name, lines)), Window())
    assert answer(wh, "SELECT sum(requests_ok) AS n FROM traffic") == [{"n": 6000}]


def test_a_folder_called_like_a_partition_is_no_column(wh, tmp_path):
    """Whoever copies a bill into billedcost=99/ has not changed what it costs."""
    values = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items())
    load(wh, Focus(str(write_parquet(tmp_path / "BilledCost=99/focus.parquet", f"SELECT {values}"))))
    assert rows(wh, "SELECT billed_cost FROM cost") == [(Decimal(10),)]


def test_tags_as_a_list_of_keys_and_values(wh, tmp_path):
    """Google's FOCUS view says key and value, its native FOCUS export Key and Value."""
    values = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items())
    for key, value in (("key", "value"), ("Key", "Value")):
        tags = f"[{{'{key}': 'team', '{value}': 'search'}}, {{'{key}': 'on', '{value}': 'true'}}] AS Tags"
        load(wh, Focus(str(write_parquet(tmp_path / "focus.parquet", f"SELECT {values}, {tags}"))))
        assert rows(wh, "SELECT tags FROM cost") == [({"team": "search", "on": "true"},)]
