"""`doctor` finds planted mistakes, says what to do, and changes nothing; a sound configuration has no complaint."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import boto3
import pytest
from click.testing import CliRunner
from cost_store import CUR_LINE, FOCUS_LINE, manifest, write_csv
from local_server import aws, listening
from prometheus_server import openmetrics, prometheus

from ingest.__main__ import main

THIS_MONTH = datetime.now(UTC).strftime("%Y-%m")
FRESH = {**FOCUS_LINE, "BillingPeriodStart": f"{THIS_MONTH}-01T00:00:00Z"}


@pytest.fixture
def s3(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with aws() as url:
        yield url


def export(folder, report="gpu", files=("gpu-00001.csv",), named=None, line=CUR_LINE, period=THIS_MONTH):
    """A CUR 2.0 delivery: the files that are there, and those that its manifest names."""
    place = folder / "data" / f"BILLING_PERIOD={period}"
    for name in files:
        write_csv(place / name, [{**line, "bill_billing_period_start_date": f"{period}-01T00:00:00Z"}])
    keys = [f"s3://b/{report}/data/BILLING_PERIOD={period}/{name}" for name in named or files]
    body = {"executionId": f"run-{period}", "dataFiles": keys}
    manifest(folder / "metadata" / f"BILLING_PERIOD={period}", report, body)
    return folder


def test_a_sound_configuration_has_nothing_to_mend(doctor, tmp_path):
    elsewhere = {**FRESH, "BillingAccountId": "0002"}  # else both would be the same bill
    said, code = doctor(
        aws={"kind": "aws-cur", "location": export(tmp_path / "gpu")},
        other={"kind": "focus", "location": write_csv(tmp_path / "bill.csv", [elsewhere])},
    )
    assert code == 0, said
    assert "mend" not in said
    assert "look" not in said
    assert "reads as an AWS Cost and Usage Report: 1 lines in USD" in said
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_a_bucket_that_is_not_there(doctor, s3):
    said, code = doctor(aws={"kind": "aws-cur", "location": "s3://no-such-bucket/gpu", "endpoint_url": s3})
    assert code == 1
    assert "s3://no-such-bucket/gpu cannot be read" in said


def test_a_prefix_under_which_nothing_lies(doctor, s3):
    boto3.client("s3", endpoint_url=s3).create_bucket(Bucket="bill")
    said, code = doctor(aws={"kind": "aws-cur", "location": "s3://bill/wrong", "endpoint_url": s3})
    assert code == 1
    assert "Nothing lies under s3://bill/wrong" in said


def test_a_folder_without_its_manifest(doctor, tmp_path):
    folder = export(tmp_path / "gpu")
    next(folder.rglob("*Manifest.json")).unlink()
    said, code = doctor(aws={"kind": "aws-cur", "location": folder})
    assert code == 1
    assert "but no manifest" in said


def test_a_manifest_that_names_a_file_that_is_not_there(doctor, tmp_path):
    folder = export(tmp_path / "gpu", named=("gpu-00001.csv", "gpu-00002.csv"))
    said, code = doctor(aws={"kind": "aws-cur", "location": folder})
    assert code == 1
    assert "gpu-00002.csv, which is not there. The delivery is incomplete" in said


def test_a_file_of_another_format(doctor, tmp_path):
    said, code = doctor(bill={"kind": "focus", "location": write_csv(tmp_path / "cur.csv", [CUR_LINE])})
    assert code == 1
    assert "is not a FOCUS export: it has no column BilledCost, ChargePeriodStart, BillingPeriodStart" in said
    assert "Next: Export it again with these columns, or say which kind of source it is." in said


def test_a_file_that_is_cut_off(doctor, tmp_path):
    path = write_csv(tmp_path / "bill.csv.gz", [FRESH] * 500)
    path.write_bytes(path.read_bytes()[:-20])
    said, code = doctor(bill={"kind": "focus", "location": path})
    assert code == 1
    assert "cut off" in said


def test_an_export_without_resource_ids(doctor, tmp_path):
    line = {**FRESH, "ResourceId": ""}
    said, code = doctor(bill={"kind": "focus", "location": write_csv(tmp_path / "bill.csv", [line])})
    assert code == 0
    assert "No line names a resource: machines cannot be told apart" in said
    assert "Next: Export it again with resource ids." in said


def test_an_export_that_stopped_months_ago(doctor, tmp_path):
    said, code = doctor(aws={"kind": "aws-cur", "location": export(tmp_path / "gpu", period="2024-03")})
    assert code == 0
    assert "The newest billing period is 2024-03" in said
    assert "Check that the export still runs" in said


def test_a_bare_bill_that_nobody_brought_for_months(doctor, tmp_path):
    """Its place tells no month; its lines do."""
    old = FRESH | {"BillingPeriodStart": "2024-03-01T00:00:00Z"}
    said, code = doctor(bill={"kind": "focus", "location": write_csv(tmp_path / "bill.csv", [old])})
    assert code == 0
    assert "The newest billing period is 2024-03" in said
    both = write_csv(tmp_path / "both.csv", [old, FRESH])
    assert "newest billing period" not in doctor(bill={"kind": "focus", "location": both})[0]


def test_a_download_with_translated_headers(doctor, tmp_path):
    path = tmp_path / "ActualCost.csv"
    path.write_text("Datum,Kosten,Verbrauchskategorie\n01.10.2026,5,VM\n")
    said, code = doctor(azure={"kind": "azure", "location": path})
    assert code == 1
    assert "is not an Azure cost export: it has no column" in said
    assert "say which kind of source it is. Exports of Cost Management have English headers" in said


def test_a_bill_of_the_wrong_cloud_is_named_as_what_it_is_not(doctor, tmp_path):
    told = {"kind": "oci", "location": write_csv(tmp_path / "oci/0001.csv", [FRESH])}
    said, code = doctor(bill=told)
    assert code == 1
    assert "is not an OCI cost report: it has no column cost/myCost" in said


def test_a_bill_that_another_source_states_already(doctor, tmp_path):
    path = write_csv(tmp_path / "bill.csv", [FRESH])
    assert CliRunner().invoke(main, ["focus", str(path), "--source", "main"]).exit_code == 0
    copy = write_csv(tmp_path / "copy.csv", [FRESH])
    said, code = doctor(second={"kind": "focus", "location": copy})
    assert code == 1
    assert (
        f"Source 'main' states the bill of AWS account 0001 already, for {FRESH['BillingPeriodStart'][:7]}."
        in said
    )
    assert "mend" not in doctor(main={"kind": "focus", "location": copy})[0]


def test_a_bill_that_another_source_spells_otherwise(doctor, tmp_path):
    path = write_csv(tmp_path / "bill.csv", [FRESH | {"ProviderName": "CoreWeave"}])
    assert CliRunner().invoke(main, ["focus", str(path), "--source", "main"]).exit_code == 0
    respelled = FRESH | {"ProviderName": "coreweave", "BillingAccountId": "1"}
    said, code = doctor(second={"kind": "focus", "location": write_csv(tmp_path / "copy.csv", [respelled])})
    assert code == 1
    assert "Source 'main' states the bill of CoreWeave account 0001 already" in said


def test_a_bill_that_changed_its_export_is_no_bill_twice(doctor, tmp_path):
    """CUR up to some month, FOCUS from then on: both are right, and nobody is told to forget one."""
    older = FRESH | {
        "BillingPeriodStart": "2024-01-01T00:00:00Z",
        "ChargePeriodStart": "2024-01-02T00:00:00Z",
    }
    path = write_csv(tmp_path / "older.csv", [older | {"ChargePeriodEnd": "2024-01-02T01:00:00Z"}])
    assert CliRunner().invoke(main, ["focus", str(path), "--source", "before"]).exit_code == 0
    said, code = doctor(since={"kind": "focus", "location": write_csv(tmp_path / "newer.csv", [FRESH])})
    assert code == 0
    assert "Source 'before' states the bill of AWS account 0001, too, for 2024-01." in said
    assert "forget" not in said


def test_a_month_that_both_hold_is_found_in_an_older_delivery(doctor, tmp_path):
    export(tmp_path / "gpu")
    export(tmp_path / "gpu", period="2024-01")
    older = FRESH | {"BillingPeriodStart": "2024-01-01T00:00:00Z", "BillingAccountId": "000000000001"}
    older |= {"ChargePeriodStart": "2024-01-02T00:00:00Z", "ChargePeriodEnd": "2024-01-02T01:00:00Z"}
    path = write_csv(tmp_path / "older.csv", [older])
    assert CliRunner().invoke(main, ["focus", str(path), "--source", "before"]).exit_code == 0
    said, code = doctor(aws={"kind": "aws-cur", "location": tmp_path / "gpu"})
    assert code == 1
    assert "Source 'before' states the bill of AWS account 000000000001 already, for 2024-01." in said


def test_two_sources_that_read_the_same_place(doctor, tmp_path):
    path = write_csv(tmp_path / "bill.csv", [FRESH])
    source = {"kind": "focus", "location": path}
    said, code = doctor(one=source, two=source)
    assert code == 1
    assert "as source 'one' does." in said
    assert said.count("as source") == 1


def test_two_sources_that_state_one_bill_and_neither_is_loaded_yet(doctor, tmp_path):
    focus = write_csv(tmp_path / "focus.csv", [{**FRESH, "BillingAccountId": "000000000001"}])
    said, code = doctor(
        aws={"kind": "aws-cur", "location": export(tmp_path / "gpu")},
        other={"kind": "focus", "location": focus},
    )
    assert code == 1
    assert "Source 'aws' states the bill of AWS account 000000000001 already" in said


def test_one_place_under_two_spellings(doctor, tmp_path):
    write_csv(tmp_path / "bill.csv", [FRESH])
    said, _ = doctor(
        one={"kind": "focus", "location": "bill.csv"}, two={"kind": "focus", "location": "./bill.csv"}
    )
    assert "as source 'one' does." in said


def test_bills_that_know_more_than_their_files_say(doctor, tmp_path, recordings):
    bill = tmp_path / "bill.csv"
    bill.write_text(
        f"date,resource,gpu_model,gpu_count,hours,cost,currency\n{THIS_MONTH}-01,n,H100 80GB,8,24,478.08,USD\n"
    )
    said, code = doctor(
        cloud={"kind": "gpu-csv", "location": bill, "provider": "CoreWeave"},
        azure={"kind": "azure", "location": recordings / "billing/azure-ea", "only": "*Actual*"},
    )
    assert code == 0, said
    assert "reads as a GPU bill: 1 lines in USD" in said


def test_a_log_whose_mapping_names_a_column_that_is_not_there(doctor, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("when,tokens\n2026-10-01T00:00:00Z,5\n")
    said, code = doctor(log={"kind": "requests", "location": log})
    assert code == 1
    assert "has no column" in said
    assert "for timestamp; there is when, tokens" in said


def test_a_log_without_a_model(doctor, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("timestamp,output_tokens\n2026-10-01T00:00:00Z,5\n")
    said, code = doctor(log={"kind": "requests", "location": log})
    assert code == 0
    assert "No column is known for model: traffic has no model." in said


def test_a_map_of_a_machine_that_no_bill_names(doctor, tmp_path):
    bill = write_csv(tmp_path / "bill.csv", [FRESH])
    assert CliRunner().invoke(main, ["focus", str(bill)]).exit_code == 0
    told = tmp_path / "estate.toml"
    told.write_text('[[machine]]\nresource_id = "i-1"\nnode = "a"\n[[machine]]\nresource_id = "i-typo"\n')
    said, code = doctor(estate={"kind": "resources", "location": told})
    assert code == 0
    assert "No bill names i-typo." in said


def test_a_map_that_cannot_be_read(doctor, tmp_path):
    told = tmp_path / "estate.toml"
    told.write_text("[[machine]\n")
    said, code = doctor(estate={"kind": "resources", "location": told})
    assert code == 1
    assert "estate.toml" in said


GPU = {"UUID": "GPU-1", "gpu": "0", "modelName": "NVIDIA H100 80GB HBM3", "Hostname": "node-a"}


def scraped(minutes_ago=1, labels=GPU, metric="DCGM_FI_DEV_GPU_UTIL"):
    """Two samples of one device, the newer one that many minutes old."""
    now = time.time()
    return openmetrics([(metric, labels, now - 60 * (minutes_ago + k), 5.0) for k in (0, 1)])


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("told", "said", "ends"),
    [
        ({"metric": "node_load1"}, "It has no metric that we know of the last 10 minutes", 1),
        ({"minutes_ago": 7}, "Its newest sample is 7 minutes old", 0),
        ({}, "It knows nothing of", 0),
        ({}, "1 devices on 1 hosts", 0),
        ({}, "1 of 1 hosts are on no bill: node-a. Their GPU-hours have no price.", 0),
    ],
)
def test_what_a_prometheus_lacks(doctor, tmp_path, told, said, ends):
    bill = write_csv(tmp_path / "bill.csv", [FRESH])
    assert CliRunner().invoke(main, ["focus", str(bill)]).exit_code == 0
    with prometheus(tmp_path, scraped(**told)) as url:
        output, code = doctor(gpus={"kind": "prometheus", "location": url})
    assert said in output
    assert code == ends
    assert "its clock is ours" in output


@pytest.mark.prometheus
def test_hosts_that_are_billed_machines_are_no_complaint(doctor, tmp_path):
    bill = write_csv(
        tmp_path / "bill.csv", [{**FRESH, "ServiceName": "AmazonEC2", "x_UsageType": "BoxUsage:p5.48xlarge"}]
    )
    told = tmp_path / "estate.toml"
    told.write_text('[[machine]]\nresource_id = "i-1"\nnode = "node-a"\n')
    for words in (["focus", str(bill)], ["resources", str(told)]):
        assert CliRunner().invoke(main, words).exit_code == 0
    with prometheus(tmp_path, scraped()) as url:
        output, code = doctor(gpus={"kind": "prometheus", "location": url})
    assert (code, "are on no bill" in output) == (0, False)


@contextmanager
def answering(status, body, nothing=None):
    """A server that answers everything alike; `nothing` to all questions but for the time."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            told = body if nothing is None or "time%28%29" in self.path else nothing
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_):
            pass

    with listening(Answer) as server:
        yield server.url


def test_a_server_that_refuses_us(doctor):
    with answering(401, {"status": "error", "error": "no"}) as url:
        output, code = doctor(gpus={"kind": "prometheus", "location": url})
    assert code == 1
    assert "refuses us (401)" in output


def test_a_clock_that_is_an_hour_ahead(doctor):
    body = {"status": "success", "data": {"resultType": "scalar", "result": [0, str(time.time() + 3600)]}}
    nothing = {"status": "success", "data": {"resultType": "matrix", "result": []}}
    with answering(200, body, nothing) as url:
        output, _ = doctor(gpus={"kind": "prometheus", "location": url})
    assert re.search(r"Its clock is 3,(600|599) s ahead of ours", output)


def test_a_log_of_nvidia_smi_without_a_zone(doctor, recordings):
    said, code = doctor(log={"kind": "nvidia-smi", "location": recordings / "telemetry/nvidia-smi"})
    assert code == 0, said
    assert "name no zone: taken as UTC" in said
    assert re.search(r"good  [\d,]+ samples of \d+ devices", said)


def test_a_cloudwatch_region_without_metrics(doctor, s3):
    said, code = doctor(watch={"kind": "cloudwatch", "region": "eu-central-1", "endpoint_url": s3})
    assert code == 0, said
    assert "It answers, and has no sample that we know." in said


def test_a_price_list_that_does_not_answer(doctor):
    with answering(403, {"error": {"code": 403, "message": "no"}}) as url:
        output, code = doctor(prices={"kind": "prices-gcp", "endpoint_url": url})
    assert code == 1
    assert "mend" in output


def test_a_bug_at_one_source_keeps_no_other_from_being_looked_at(doctor, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.diagnosis.logs.examine", lambda *_: 1 / 0)
    log = {"kind": "requests", "location": tmp_path}
    output, code = doctor(log=log, rates={"kind": "fx"})
    assert code == 1
    assert "mend  It could not be looked at: ZeroDivisionError: division by zero." in output
    assert "rates (fx)\n  good" in output


def test_without_sources_it_says_how_to_begin(doctor):
    said, code = doctor()
    assert code == 2
    assert "python -m ingest init" in said
