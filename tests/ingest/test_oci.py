"""OCI cost reports: many files of a few hours each, one bill; and which shape a GPU machine has."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from bills import OCI_LINE as LINE
from cost_store import FOCUS_LINE, invoiced, load, rows, store_state, sums, write_csv

from data.model.settings import ModelSettings
from ingest.source import SourceError
from ingest.sources.focus import Focus
from ingest.sources.oci import Oci

REPOSITORY = Path(__file__).resolve().parents[2]
HOUR_LATER = {
    "lineItem/intervalUsageStart": "2026-10-01T06:00Z",
    "lineItem/intervalUsageEnd": "2026-10-01T07:00Z",
}


def bucket(tmp_path, *files):
    for number, lines in enumerate(files):
        write_csv(tmp_path / f"oci/reports/cost-csv/00010000000{number}.csv.gz", lines)
    return Oci(str(tmp_path / "oci"))


def published(wh, query):
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        return con.execute(query).fetchall()


def test_all_files_of_a_folder_are_one_bill_and_times_have_no_seconds(wh, tmp_path):
    november = {
        "lineItem/intervalUsageStart": "2026-11-01T00:00Z",
        "lineItem/intervalUsageEnd": "2026-11-01T01:00Z",
    }
    source = bucket(tmp_path, [LINE, LINE | {"cost/myCost": "1.81E-8"}], [LINE | HOUR_LATER, LINE | november])
    (first,) = load(wh, source)
    assert (first.status, first.rows, first.rejected) == ("loaded", 4, 0)
    assert sums(wh) == [
        ("2026-10", 3, Decimal("160.0000000181"), Decimal("160.0000000181")),
        ("2026-11", 1, Decimal(80), Decimal(80)),
    ]
    assert invoiced(wh) == {"2026-10": Decimal("160.0000000181"), "2026-11": Decimal(80)}
    assert rows(wh, "SELECT min(charge_period_start), min(charge_period_end) FROM cost") == [
        (datetime(2026, 10, 1, 5), datetime(2026, 10, 1, 6))
    ]
    once = store_state(wh)
    assert load(wh, source)[0].status == "unchanged"
    assert store_state(wh) == once


def test_a_folder_with_more_files_replaces_its_months(wh, tmp_path):
    load(wh, bucket(tmp_path, [LINE]))
    load(wh, bucket(tmp_path, [LINE], [LINE | HOUR_LATER]))
    assert sums(wh) == [("2026-10", 2, Decimal(160), Decimal(160))]


def test_equal_lines_and_corrections_are_all_charges(wh, tmp_path):
    correction = LINE | {
        "lineItem/isCorrection": "true",
        "cost/myCost": "-80",
        "lineItem/backreferenceNo": "V2.1",
    }
    load(wh, bucket(tmp_path, [LINE, LINE, correction]))
    assert sums(wh)[0][2] == Decimal(80)
    assert rows(wh, "SELECT count(*) FROM cost WHERE charge_class = 'Correction'") == [(1,)]


def test_tags_stand_in_columns_of_their_own(wh, tmp_path):
    load(wh, bucket(tmp_path, [LINE]))
    assert rows(wh, "SELECT tags FROM cost") == [
        ({"Oracle-Tags.CreatedBy": "ops", "team": "search", "oci:compartment": "inference"},)
    ]


def test_a_report_and_a_focus_report_of_one_subscription_are_one_bill(wh, tmp_path):
    load(wh, bucket(tmp_path, [LINE]))
    assert rows(wh, "SELECT billing_account_id, sub_account_id FROM cost") == [
        ("20209880", "ocid1.tenancy.oc1..t")
    ]
    line = FOCUS_LINE | {"ProviderName": "Oracle", "BillingAccountId": "20209880"}
    with pytest.raises(SourceError, match="Source 'oci' holds Oracle billing account 20209880"):
        load(wh, Focus(str(write_csv(tmp_path / "focus.csv", [line]))))


def test_usage_reports_and_focus_reports_in_the_same_bucket_are_passed_over(wh, tmp_path):
    source = bucket(tmp_path, [LINE])
    write_csv(
        tmp_path / "oci/reports/usage-csv/1.csv.gz", [{"lineItem/tenantId": "t", "usage/billedQuantity": "1"}]
    )
    write_csv(tmp_path / "oci/FOCUS Reports/2026/10/01/1.csv.gz", [FOCUS_LINE])
    load(wh, source)
    assert sums(wh)[0][1] == 1


def test_focus_reports_alone_are_told_to_be_loaded_as_focus(wh, tmp_path):
    line = FOCUS_LINE | {
        "ProviderName": "Oracle",
        "ChargePeriodStart": "2026-10-02T00:00Z",
        "ChargePeriodEnd": "2026-10-02T01:00Z",
    }
    write_csv(tmp_path / "oci/FOCUS Reports/2026/10/01/1.csv.gz", [line])
    with pytest.raises(SourceError, match="python -m ingest focus"):
        load(wh, Oci(str(tmp_path / "oci")))
    load(wh, Focus(str(tmp_path / "oci")))
    assert rows(wh, "SELECT provider, billed_cost FROM cost") == [("Oracle", Decimal(10))]


@pytest.mark.parametrize(
    ("sku", "gpus", "shape"),
    [
        ("B98415", "8", "BM.GPU.H100.8"),
        ("B95909", "1", "VM.GPU.A10.1"),
        ("B95909", "2", "VM.GPU.A10.2"),
        ("B95909", "4", "BM.GPU.A10.4"),
        ("B95907", "8", "BM.GPU.A100-v2.8"),
        ("B93544", "8", "BM.GPU4.8"),
        ("B98415", "3", None),
        ("B00000", "8", None),
    ],
)
def test_the_gpu_hours_of_an_hour_tell_the_shape(wh, tmp_path, sku, gpus, shape):
    (result,) = load(wh, bucket(tmp_path, [LINE | {"cost/productSku": sku, "usage/billedQuantity": gpus}]))
    assert rows(wh, "SELECT instance_type FROM cost") == [(shape,)]
    assert ("a shape that the bill does not tell" in (result.message or "")) == (shape is None)


def test_every_shape_is_in_the_reference():
    text = (REPOSITORY / "ingest/sources/oci_complete.sql").read_text()
    shapes = set(re.findall(r"'((?:BM|VM)\.GPU[^']*)'", text))
    table = REPOSITORY / "data/reference/accelerators.csv"
    known = duckdb.sql(f"SELECT instance_type FROM read_csv('{table}')").fetchall()
    assert shapes <= {name for (name,) in known}


def test_a_machine_that_stops_within_the_hour_is_billed_for_its_part(wh, tmp_path):
    part = LINE | HOUR_LATER | {"usage/billedQuantity": "2", "cost/myCost": "20"}
    load(wh, bucket(tmp_path, [LINE, part]))
    query = "SELECT gpu_model, sum(billed_seconds) / 3600, sum(cost) FROM gpu_hour GROUP BY 1"
    # 8 GPUs for 75 minutes at 10 a GPU-hour
    assert published(wh, query) == [("H100 80GB", 10, Decimal(100))]


@pytest.mark.parametrize(
    ("service", "description", "rung"),
    [
        ("BLOCK_STORAGE", "Block Volume - Performance Units", "shared"),
        ("COMPUTE", "Compute - Standard - E5 - OCPU", "shared"),
        ("NETWORK", "Outbound Data Transfer", "shared"),
        ("GENERATIVE_AI", "OCI Generative AI - Large Meta", "managed"),
        ("ANALYTICS", "Analytics Cloud", "outside"),
    ],
)
def test_where_oracles_services_stand_in_the_ladder(wh, tmp_path, service, description, rung):
    other = {"product/service": service, "product/Description": description, "cost/productSku": "B1"}
    load(wh, bucket(tmp_path, [LINE, LINE | other | {"product/resourceId": "x", "cost/myCost": "5"}]))
    query = (
        "SELECT rung, sum(billed_cost) FROM ladder WHERE billed_cost <> 0 AND rung <> 'unobserved' GROUP BY 1"
    )
    assert published(wh, query) == [(rung, Decimal(5))]
