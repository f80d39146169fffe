"""Files that people and small tools write: rates, GPU bills, logs of nvidia-smi and of proxies, saved answers."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from itertools import count

import pytest
from fuzz import CHEAP, damage, fuzz, texts, values
from hypothesis import given
from hypothesis import strategies as st

from data.warehouse import Warehouse
from ingest.load_business import load_business
from ingest.load_cost import load_deliveries
from ingest.load_fx import load_fx
from ingest.load_requests import load_requests
from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, Window
from ingest.sources.business import BusinessOutputs
from ingest.sources.fx import Rates
from ingest.sources.gcp_monitoring import GcpMonitoring
from ingest.sources.gpu_csv import GpuCsv
from ingest.sources.nvidia_smi import NvidiaSmi
from ingest.sources.requests import RequestLog

NUMBERS = count(1)
RATES = "date,from,to,rate\n" + "".join(
    f"{date(2026, 1, 1) + timedelta(days=n)},EUR,USD,1.{n}\n" for n in range(150)
)
OUTPUTS = "day,output,count,team,model\n" + "".join(
    f"{date(2026, 1, 1) + timedelta(days=n)},contact,{100 + n},support,\n" for n in range(150)
)
BILL = "date,resource,gpu_model,gpu_count,hours,cost,currency\n" + "".join(
    f"2026-10-{1 + n % 28:02},n{n},H100 80GB,8,24,{n}.25,USD\n" for n in range(150)
)
SMI = "timestamp, uuid, utilization.gpu [%]\n" + "".join(
    f"2026/10/01 12:{n // 60:02}:{n % 60:02}.000, GPU-a, {n % 100} %\n" for n in range(150)
)
ACCESS = "".join(
    f'10.0.0.1 - - [01/Oct/2026:12:{n // 60:02}:{n % 60:02} +0000] "POST /v1/chat HTTP/1.1" 200 {n}\n'
    for n in range(150)
)
POINT = {"interval": {"endTime": "2026-10-01T12:00:00Z"}, "value": {"int64Value": "5"}}
SERIES = {
    "metric": {"type": "kubernetes.io/container/accelerator/duty_cycle", "labels": {"accelerator_id": "a"}},
    "resource": {"labels": {"node_name": "n", "pod_name": "p"}},
    "points": [POINT],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Warehouse.open(tmp_path_factory.mktemp("small") / "store") as warehouse:
        yield warehouse


def loaded(store, load, source, name, content):
    """What one load brought, under a name of its own; None where it was an error in words that changed nothing."""
    number = next(NUMBERS)
    path = store.home.parent / f"{number}" / name
    path.parent.mkdir()
    path.write_bytes(content)
    before = held(store)
    try:
        (result,) = load(store, f"s{number}", source(str(path)), Window())
        return result
    except SourceError as error:
        said = str(error)
    finally:
        path.unlink()
    assert held(store) == before
    assert f"s{number}" in said or name in said
    return None


def held(store):
    tables = (
        "fx_rate",
        "business_output",
        "invoice_total",
        "parquet_file",
        "device_hour",
        "traffic",
        "reject",
    )
    return [store.con.execute(f"SELECT count(*) FROM {table}").fetchall() for table in tables]


def records(content):
    """Of a CSV, after its header, by Python's csv; None where it cannot read it."""
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return sum(1 for row in rows if row) - 1
    except (ValueError, csv.Error):
        return None


def intact(text, content):
    """How many of the text's lines stand in the content as they were."""
    return len({line for line in text.encode().split(b"\n") if line} & set(content.split(b"\n")))


def check_rates(store, content):
    """A line is a rate, refused, or says again what another line says."""
    found, there = loaded(store, load_fx, Rates, "rates.csv", content), records(content)
    if found:
        rates = store.con.execute("SELECT count(*) FROM fx_rate WHERE rate > 0").fetchall()
        assert rates == store.con.execute("SELECT count(*) FROM fx_rate").fetchall()
        assert there is None or found.rows + found.rejected <= there
        distinct = len(set(content.split(b"\n"))) - 2
        assert b"\r" in content or b'"' in content or found.rows + found.rejected >= distinct
    store.con.execute("DELETE FROM fx_rate")  # a rate has one witness


@fuzz()
@given(data=st.data())
def test_damaged_rates(store, data):
    check_rates(store, data.draw(damage(RATES.encode())))


@fuzz()
@given(cells=st.tuples(texts, texts, texts, texts))
def test_hostile_rates(store, cells):
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    check_rates(store, (RATES.replace("\n", "\r\n") + text.getvalue()).encode("utf-8", "replace"))


def check_outputs(store, content):
    """A line is a count, refused, or says again what another line says."""
    found = loaded(store, load_business, BusinessOutputs, "counts.csv", content)
    there = records(content)
    if found:
        query = "SELECT count(*) FROM business_output WHERE source = $name AND outputs >= 0"
        assert store.con.execute(query, {"name": found.source}).fetchall() == [(found.rows,)]
        assert there is None or found.rows + found.rejected <= there
        distinct = len(set(content.split(b"\n"))) - 2
        assert b"\r" in content or b'"' in content or found.rows + found.rejected >= distinct
    store.con.execute("DELETE FROM business_output")  # a count has one witness


@fuzz()
@given(data=st.data())
def test_damaged_counts(store, data):
    check_outputs(store, data.draw(damage(OUTPUTS.encode())))


@fuzz()
@given(cells=st.tuples(texts, texts, texts, texts, texts))
def test_hostile_counts(store, cells):
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    check_outputs(store, (OUTPUTS.replace("\n", "\r\n") + text.getvalue()).encode("utf-8", "replace"))


@fuzz()
@given(data=st.data())
def test_a_damaged_gpu_bill(store, data):
    content = data.draw(damage(BILL.encode()))
    found, there = loaded(store, load_deliveries, GpuCsv, "bill.csv", content), records(content)
    assert found is None or there is None or found.rows + found.rejected == there
    store.con.execute(
        "DELETE FROM invoice_total"
    )  # so that the next one is no second source of the same bill


@fuzz()
@given(data=st.data())
def test_a_damaged_log_of_nvidia_smi(store, data):
    content = data.draw(damage(SMI.encode()))
    found = loaded(store, load_telemetry, NvidiaSmi, "smi.csv", content)
    if found:
        query = "SELECT sum(samples) FROM device_hour WHERE source = $name"
        ((samples,),) = store.con.execute(query, {"name": found.source}).fetchall()
        assert intact(SMI, content) - 1 <= samples  # without the header


@pytest.mark.parametrize(
    ("name", "content"),
    [("smi.csv", SMI.encode("utf-16")), ("smi.csv.gz", b"\x1f\x8b\x08"), ("smi.csv", b"")],
)
def test_a_log_of_nvidia_smi_that_is_none_is_an_error(store, name, content):
    """UTF-16 is what PowerShell's > writes."""
    assert loaded(store, load_telemetry, NvidiaSmi, name, content) is None


@fuzz()
@given(data=st.data())
def test_a_damaged_access_log(store, data):
    content = data.draw(damage(ACCESS.encode()))
    found = loaded(store, load_requests, RequestLog, "access.log", content)
    if found:
        query = "SELECT sum(coalesce(requests_ok, 0) + coalesce(requests_failed, 0)) FROM traffic WHERE source = $name"
        ((counted,),) = store.con.execute(query, {"name": found.source}).fetchall()
        assert intact(ACCESS, content) <= counted


@fuzz(CHEAP)
@given(data=st.data())
def test_a_damaged_answer_of_cloud_monitoring(store, data):
    content = data.draw(damage(json.dumps({"timeSeries": [SERIES]}).encode()))
    found = loaded(store, load_telemetry, GcpMonitoring, "a.json", content)
    assert found is None or json.loads(content)


@fuzz(CHEAP)
@given(
    entry=st.fixed_dictionaries(
        {
            "metric": st.just(SERIES["metric"]) | values,
            "resource": st.just(SERIES["resource"]) | values,
            "points": st.lists(
                st.fixed_dictionaries(
                    {
                        "interval": st.just(POINT["interval"]) | values,
                        "value": st.just(POINT["value"]) | values,
                    }
                )
            )
            | values,
        }
    )
    | values
)
def test_an_answer_of_cloud_monitoring_of_other_types(store, entry):
    content = json.dumps({"timeSeries": [SERIES, entry]}).encode()
    found = loaded(store, load_telemetry, GcpMonitoring, "a.json", content)
    assert found is None or (found.status, found.rejected) == ("loaded", 0)
