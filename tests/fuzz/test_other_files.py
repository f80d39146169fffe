"""Telemetry, request logs, mappings, manifests and settings: whatever stands in them, an error in words or a load."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import count

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cost_store import CUR_LINE, load, rows, write_csv, write_parquet
from fuzz import CHEAP, damage, fuzz, texts, values
from hypothesis import given
from hypothesis import strategies as st

from data.warehouse import Warehouse
from ingest.load_requests import load_requests
from ingest.load_telemetry import load_telemetry
from ingest.settings import Settings, SettingsError, read_settings
from ingest.source import SourceError, Window
from ingest.sources.aws_cur import AwsCur
from ingest.sources.prometheus import Prometheus
from ingest.sources.requests import RequestLog
from ingest.sources.resources import Estate, Resources
from ingest.telemetry.files import file_batches
from ingest.telemetry.staging import Staging

NUMBERS = count(1)
UTIL = "DCGM_FI_DEV_GPU_UTIL"
MOMENT = 1_790_812_800_000
TEXT = "".join(
    f'{UTIL}{{UUID="GPU-1",pod="p"}} {n % 100} {MOMENT + n * 10_000}\n' for n in range(200)
).encode()
WHOLE = re.compile(UTIL + r'\{UUID="GPU-1",pod="p"\} \d{1,2} \d{13}')
ANSWER = {
    "status": "success",
    "data": {"result": [{"metric": {"__name__": UTIL, "UUID": "g"}, "value": [1790812800, "1"]}]},
}
LOG = "timestamp,model,input_tokens,latency\n" + "".join(
    f"2026-10-01T00:00:{n % 60:02}Z,m,{n},0.5\n" for n in range(200)
)
ESTATE = b"""[[machine]]
resource_id = "i-1"
device_count = 8
[[deployment]]
model = "m"
pod = "m-*"
valid_from = 2026-08-03T02:00:00+02:00
"""
SETTINGS = b"""[model]
device_share = 0.9
team_tags = ["team"]
[sources.gpus]
kind = "prometheus"
location = "x"
[sources.gpus.headers]
a = "b"
"""
DEEP = b"[" * 100_000


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        yield warehouse


def written(folder, name, content):
    path = folder / str(next(NUMBERS)) / name
    path.parent.mkdir()
    path.write_bytes(content)
    return path


def named(error, *names):
    """The error's words, which name the file."""
    assert all(str(name) in str(error) for name in names)
    return str(error)


def staged(path):
    """Samples of a telemetry file that were staged, and lines refused; None where it was an error in words."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        staging = Staging(con)
        (batch,) = file_batches(str(path), Window(), datetime(2026, 10, 1, tzinfo=UTC).replace(tzinfo=None))
        try:
            batch.stage(staging)
            list(staging.series())
        except SourceError as error:
            named(error, path.name)
            return None
        ((samples,),) = con.execute("SELECT count(*) FROM sample").fetchall()
        return samples, len(staging.refused)


@fuzz(CHEAP)
@given(data=st.data())
def test_damaged_exposition_text(tmp_path, data):
    """Lines that were not hurt are samples all the same."""
    content = data.draw(damage(TEXT))
    found = staged(written(tmp_path, "a.prom", content))
    lines = re.split(r"\r\n|\r|\n", content.decode("utf-8", "replace"))
    if found:
        assert sum(bool(WHOLE.fullmatch(line)) for line in lines) <= found[0] <= len(lines) - found[1]


@fuzz(CHEAP)
@given(labels=st.dictionaries(st.from_regex("[a-z_]{1,8}", fullmatch=True), texts, max_size=4), value=texts)
def test_hostile_labels_and_values(tmp_path, labels, value):
    """A line is a sample, a refused line or NaN; the lines around it stay what they are."""
    told = {
        name: text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for name, text in labels.items()
    }
    inside = ",".join(
        f'{name}="{text}"' for name, text in told.items() if not set(text) & set("\r\x0b\x0c\x1c\x1d\x1e\x85")
    )
    line = f"{UTIL}{{{inside}}} {value} {MOMENT}\n".encode("utf-8", "replace")
    found = staged(written(tmp_path, "a.prom", TEXT + line))
    assert found is None or found[0] >= 200


@fuzz(CHEAP)
@given(data=st.data())
def test_a_damaged_answer(tmp_path, data):
    """One that is no JSON any more is an error, and no value comes from nowhere."""
    content = data.draw(damage(json.dumps(ANSWER).encode()))
    found = staged(written(tmp_path, "a.json", content))
    try:
        told = json.dumps(json.loads(content))
    except (ValueError, RecursionError):
        told = ""
    assert found is None or found[0] <= told.count('"value')


@fuzz(CHEAP)
@given(
    result=st.lists(
        st.fixed_dictionaries(
            {"metric": st.just({"__name__": UTIL}) | values, "value": st.tuples(values, values) | values}
        )
    )
    | values
)
def test_an_answer_of_other_types(tmp_path, result):
    found = staged(written(tmp_path, "a.json", json.dumps({"data": {"result": result}}).encode()))
    assert found is None or found == (sum(map(is_sample, result)), 0)


def is_sample(entry):
    """Whether the metric is one that we know, and the value a finite number; its time may be before 1970 here."""
    try:
        return entry["metric"].get("__name__") == UTIL and math.isfinite(float(entry["value"][1]))
    except (TypeError, ValueError, OverflowError):
        return False


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    query = f"""SELECT '{UTIL}' AS metric, '{{"UUID": "g"}}' AS labels,
        TIMESTAMP '2026-10-01' + i * INTERVAL 1 MINUTE AS ts, i::DOUBLE AS value FROM range(50) AS r(i)"""
    return write_parquet(tmp_path_factory.mktemp("dump") / "d.parquet", query).read_bytes()


@fuzz()
@given(data=st.data())
def test_a_damaged_dump(tmp_path, dump, data):
    """Of the rows that Arrow reads in it, none counts twice."""
    content = data.draw(damage(dump))
    found = staged(written(tmp_path, "a.parquet", content))
    try:
        there = pq.read_table(io.BytesIO(content)).num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        return
    assert found is None or sum(found) <= there


@pytest.mark.parametrize("column", ["metric", "labels", "ts", "value"])
@pytest.mark.parametrize(
    "kind",
    ["TIME '01:00'", "true", "['x']", "'x'::BLOB", "NULL", "7", "'infinity'::TIMESTAMP", "1e300::DOUBLE"],
)
def test_a_dump_of_other_types(wh, tmp_path, column, kind):
    plain = {"metric": f"'{UTIL}'", "labels": "'{}'", "ts": "TIMESTAMP '2026-10-01'", "value": "1.0::DOUBLE"}
    told = ", ".join(f"{value} AS {name}" for name, value in (plain | {column: kind}).items())
    path = write_parquet(tmp_path / "a.parquet", f"SELECT {told}")
    try:
        load_telemetry(wh, "dump", Prometheus(str(path)), Window())
    except SourceError as error:
        named(error, "a.parquet")


@pytest.mark.parametrize("moment", ["1e300", "-5", "1e13", "nan"])
def test_a_sample_of_no_possible_time_is_refused(tmp_path, moment):
    line = f'{UTIL}{{UUID="g"}} 1 {moment}\n'.encode()
    assert staged(written(tmp_path, "a.prom", TEXT + line)) == (200, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.prom", b"\xff\xfe"), ("a.prom.gz", b"\x1f\x8b\x08"), ("a.json", DEEP), ("a.parquet", b"PAR1")],
)
def test_telemetry_that_is_none_is_an_error(tmp_path, name, content):
    assert staged(written(tmp_path, name, content)) is None


def records(content):
    """Of a CSV, after its header, by Python's csv; None where it cannot read it."""
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return sum(1 for row in rows if row) - 1
    except (ValueError, csv.Error):
        return None


def requests(wh, path):
    """(requests, tokens, refused), or None where it was an error in words."""
    name = f"log-{next(NUMBERS)}"
    try:
        (result,) = load_requests(wh, name, RequestLog(str(path)), Window())
    except SourceError:
        return None
    query = (
        "SELECT sum(requests_ok) + sum(requests_failed), sum(input_tokens) FROM traffic WHERE source = $name"
    )
    return *wh.con.execute(query, {"name": name}).fetchall()[0], result.rejected


@fuzz()
@given(data=st.data())
def test_a_damaged_request_log(wh, tmp_path, data):
    """Each record of the CSV is a request or refused."""
    content = data.draw(damage(LOG.encode()))
    found, there = requests(wh, written(tmp_path, "log.csv", content)), records(content)
    assert found is None or there is None or found[0] + found[2] == there


@pytest.mark.parametrize(
    "row",
    ["2026-10-01T00:00:00Z,m,1e300,1", "2026-10-01T00:00:00Z,m,1,inf", "1e400,m,1,1", "0000-10-01,m,1,1",
     "2026-10-01T00:00:00Z,m", "2026-10-01T00:00:00Z,m,1,1,more", "nan,m,nan,1"],
)  # fmt: skip
def test_a_request_that_cannot_be_counted_is_kept_as_a_reject(wh, tmp_path, row):
    """A line that cannot be taken apart is one, too."""
    path = written(tmp_path, "log.csv", f"{LOG}{row}\n".encode())
    assert requests(wh, path) == (200, sum(range(200)), 1)
    assert wh.con.execute("SELECT count(*) FROM reject").fetchall() == [(1,)]


@pytest.mark.parametrize("content", [b"\xff\xfe", LOG.replace("m,150", '"m,150').encode()])
def test_a_log_that_cannot_be_read_whole_is_an_error(wh, tmp_path, content):
    assert requests(wh, written(tmp_path, "log.csv", content)) is None


def estate(path):
    try:
        assert isinstance(Resources(str(path)).read(), Estate)
    except SourceError as error:
        return named(error, path.name)
    return None


@fuzz(CHEAP)
@given(data=st.data(), form=st.sampled_from(["toml", "csv", "json"]))
def test_a_damaged_mapping(tmp_path, data, form):
    content = {
        "toml": ESTATE,
        "csv": b"kind,resource_id,model,pod\nmachine,i-1,,\ndeployment,,m,p\n",
        "json": b'{"machine": [{"resource_id": "i-1"}], "deployment": [{"model": "m", "pod": "p"}]}',
    }[form]
    estate(written(tmp_path, f"estate.{form}", data.draw(damage(content))))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("e.toml", b"\xff"), ("e.csv", b"\xffkind"), ("e.json", b"\xff"), ("e.json", DEEP), ("e.toml", b"a = " + DEEP),
        ("e.json", b'{"machine": [{"resource_id": "a", "device_count": ' + b"9" * 5000 + b"}]}"),
        ("e.json", b'{"machine": [{"resource_id": "a", "device_count": 99999999999}]}'),
        ("e.toml", b'[[deployment]]\nmodel = "m"\npod = "p"\nvalid_from = 0001-01-01T00:00:00+14:00\n'),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_read_is_an_error(tmp_path, name, content):
    assert estate(written(tmp_path, name, content))


def settings_error(path):
    try:
        assert isinstance(read_settings(path), Settings)
    except SettingsError as error:
        return named(error, path)
    return None


@fuzz(CHEAP)
@given(data=st.data())
def test_damaged_settings(tmp_path, data):
    settings_error(written(tmp_path, "inferledger.toml", data.draw(damage(SETTINGS))))


@pytest.mark.parametrize(
    "content", [b"\xff", b"sources = " + DEEP, b"[model]\ndevice_share = 1" + b"0" * 5000]
)
def test_settings_that_cannot_be_read_are_an_error(tmp_path, content):
    assert settings_error(written(tmp_path, "inferledger.toml", content))


def test_settings_may_begin_with_a_byte_order_mark_and_are_no_folder(tmp_path):
    assert settings_error(written(tmp_path, "inferledger.toml", b"\xef\xbb\xbf" + SETTINGS)) is None
    assert "cannot be read" in settings_error(tmp_path)


# manifests

BODY = {
    "assemblyId": "a",
    "reportKeys": ["p/r/20261001-20261101/r-1.csv"],
    "billingPeriod": {"start": "20261001T000000.000Z"},
}


def bucket(tmp_path, manifest, period="20261001-20261101"):
    folder = tmp_path / str(next(NUMBERS)) / "bucket"
    write_csv(folder / period / "r-1.csv", [CUR_LINE])
    (folder / period / "r-Manifest.json").write_bytes(manifest)
    write_csv(folder.parent / "secret.csv", [CUR_LINE])
    return folder


def fetched(folder):
    """The files that a manifest leads to; None where it was an error in words."""
    try:
        files = [file for delivery in AwsCur(str(folder)).fetch(Window()) for file in delivery.files]
    except SourceError as error:
        named(error, folder)
        return None
    assert all(file.path.resolve().is_relative_to(folder.resolve()) for file in files)
    assert max(Counter(file.uri for file in files).values(), default=0) <= 1
    return files


@fuzz(CHEAP)
@given(told=st.dictionaries(st.sampled_from([*BODY, "dataFiles"]), values, min_size=1))
def test_a_manifest_of_other_types(tmp_path, told):
    fetched(bucket(tmp_path, json.dumps(BODY | told).encode()))


@fuzz(CHEAP)
@given(data=st.data())
def test_a_damaged_manifest(tmp_path, data):
    fetched(bucket(tmp_path, data.draw(damage(json.dumps(BODY).encode()))))


@pytest.mark.parametrize(
    "key",
    ["../../secret.csv", "p/../../secret.csv", "/etc/passwd", "secret.csv", "r-1.csv\0", "\u202er-1.csv"],
)
def test_a_manifest_leads_to_no_file_outside_its_folder(tmp_path, key):
    assert fetched(bucket(tmp_path, json.dumps(BODY | {"reportKeys": [key]}).encode())) is None


def test_a_file_that_a_manifest_names_a_thousand_times_counts_once(tmp_path):
    folder = bucket(tmp_path, json.dumps(BODY | {"reportKeys": BODY["reportKeys"] * 1000}).encode())
    assert len(fetched(folder)) == 1


def test_two_names_of_a_manifest_are_not_the_same_file(tmp_path):
    assert (
        fetched(bucket(tmp_path, json.dumps(BODY | {"reportKeys": ["x/r-1.csv", "y/r-1.csv"]}).encode()))
        is None
    )


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"null", DEEP, b"\xff"])
def test_a_manifest_that_is_none_is_an_error(tmp_path, content):
    assert fetched(bucket(tmp_path, content)) is None


def test_a_delivery_may_be_called_anything(wh, tmp_path):
    load(wh, AwsCur(str(bucket(tmp_path, b'{"assemblyId": "\\ud800", "reportKeys": ["r-1.csv"]}'))))
    assert rows(wh, "SELECT count(*) FROM cost") == [(1,)]
