"""The bill of any GPU cloud: what a spreadsheet writes, what RunPod answers, and what its machines hold."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest
from bills import GPU_LINE as LINE
from cost_store import invoiced, load, rows, store_state, sums, write_csv

from data.model.settings import ModelSettings
from ingest.source import SourceError
from ingest.sources.gpu_csv import GpuCsv


def some(wh, tmp_path, *lines, name="bill.csv", **options):
    return load(wh, GpuCsv(str(write_csv(tmp_path / name, lines)), **options))


def published(wh, query):
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        return con.execute(query).fetchall()


def test_the_documented_columns_are_enough_for_a_price_per_gpu_hour(wh, tmp_path):
    half = LINE | {"date": "2026-10-02", "hours": "12", "cost": "239.04"}
    some(wh, tmp_path, LINE, half)
    query = "SELECT gpu_model, sum(billed_seconds) / 3600, sum(cost) FROM gpu_hour GROUP BY 1"
    # 8 GPUs × 36 hours at 2.49 a GPU-hour
    assert published(wh, query) == [("H100 80GB", 288, Decimal("717.12"))]
    assert invoiced(wh) == {"2026-10": Decimal("717.12")}


def test_the_same_bill_twice_is_loaded_once_and_a_newer_one_replaces_it(wh, tmp_path):
    assert some(wh, tmp_path, LINE)[0].status == "loaded"
    once = store_state(wh)
    assert some(wh, tmp_path, LINE)[0].status == "unchanged"
    assert store_state(wh) == once
    some(wh, tmp_path, LINE | {"cost": "5"}, LINE | {"resource": "node-8", "gpu_count": "4", "cost": "1"})
    assert sums(wh) == [("2026-10", 2, Decimal(6), Decimal(6))]
    assert wh.con.execute("SELECT resource_id, device_count FROM resource_map ORDER BY 1").fetchall() == [
        ("node-7", 8),
        ("node-8", 4),
    ]


def test_equal_lines_are_two_charges(wh, tmp_path):
    some(wh, tmp_path, LINE, LINE)
    assert sums(wh) == [("2026-10", 2, Decimal("956.16"), Decimal("956.16"))]


def test_one_currency_in_two_cases_is_one_currency(wh, tmp_path):
    some(wh, tmp_path, LINE, LINE | {"currency": " usd "})
    assert published(wh, "SELECT DISTINCT billing_currency FROM ladder") == [("USD",)]
    assert invoiced(wh) == {"2026-10": Decimal("956.16")}


@pytest.mark.parametrize("currency", ["", "US$", "dollars"])
def test_what_is_no_currency_is_refused(wh, tmp_path, currency):
    with pytest.raises(SourceError, match=r"bill\.csv line 1: no currency of three letters, such as USD"):
        some(wh, tmp_path, LINE | {"currency": currency})


def test_negative_hours_are_a_correction_only_with_a_negative_cost(wh, tmp_path):
    with pytest.raises(SourceError, match=r"bill\.csv line 2: negative hours, but no negative cost"):
        some(wh, tmp_path, LINE, LINE | {"hours": "-24"})
    some(wh, tmp_path, LINE, LINE | {"hours": "-12", "cost": "-239.04"})
    assert sums(wh) == [("2026-10", 2, Decimal("239.04"), Decimal("239.04"))]


def test_optional_columns(wh, tmp_path):
    line = LINE | {
        "provider": "CoreWeave",
        "account": "acme",
        "project": "chat",
        "region": "US-EAST-04",
        "team": "assistants",
        "node": "gpu-host-7",
        "start": "2026-10-31T23:00:00Z",
        "end": "2026-11-01T00:00:00Z",
        "billing_period": "2026-11-01",
        "hours": "1",
    }
    some(wh, tmp_path, line)
    query = """SELECT provider, billing_account_id, sub_account_id, region_id, team, resource_name, charge_period_start,
        charge_period_end, strftime(billing_period, '%Y-%m') FROM cost"""
    assert rows(wh, query) == [
        (
            "CoreWeave",
            "acme",
            "chat",
            "US-EAST-04",
            "assistants",
            "gpu-host-7",
            datetime(2026, 10, 31, 23),
            datetime(2026, 11, 1),
            "2026-11",
        )
    ]
    assert invoiced(wh) == {"2026-11": Decimal("478.08")}


def test_the_provider_of_lines_that_name_none_is_told_once(wh, tmp_path):
    some(wh, tmp_path, LINE, provider="Lambda")
    assert rows(wh, "SELECT provider, billing_account_id FROM cost") == [("Lambda", "Lambda")]
    assert some(wh, tmp_path, LINE, provider="Lambda")[0].status == "unchanged"


def test_charges_that_are_no_machine(wh, tmp_path):
    other = LINE | {"gpu_model": "", "gpu_count": "", "hours": ""}
    some(
        wh,
        tmp_path,
        LINE,
        other | {"resource": "vol-1", "cost": "3.5", "description": "Block storage"},
        other | {"resource": "", "cost": "-20", "category": "Credit", "description": "Welcome"},
        other | {"resource": "", "cost": "4", "category": "Tax"},
    )
    query = """SELECT rung, component, sum(billed_cost) FROM ladder WHERE billed_cost <> 0 GROUP BY ALL ORDER BY 1"""
    assert published(wh, query) == [
        ("credit", None, Decimal(-20)),
        ("shared", "storage", Decimal("3.5")),
        ("tax", None, Decimal(4)),
        ("unobserved", "compute", Decimal("478.08")),
    ]


def test_a_machine_without_a_count_is_one_gpu_and_that_is_said(wh, tmp_path):
    (result,) = some(wh, tmp_path, LINE | {"gpu_count": ""})
    assert "1 machines say no number of GPUs" in result.message
    assert published(wh, "SELECT sum(billed_seconds) / 3600 FROM gpu_hour") == [(24,)]


def test_a_machine_that_changes_its_gpus_inside_a_bill_is_told(wh, tmp_path):
    (result,) = some(wh, tmp_path, LINE, LINE | {"date": "2026-10-02", "gpu_count": "4"})
    assert "node-7 has different GPUs on different lines" in result.message
    assert wh.con.execute("SELECT device_count FROM resource_map").fetchall() == [(4,)]


def test_runpods_answer_is_a_bill(wh, tmp_path):
    records = [
        {"amount": 1.23, "podId": "pod-1", "time": "2026-10-01T00:00:00Z", "timeBilledMs": 3600000},
        {"amount": 0.000000018, "podId": "pod-1", "time": "2026-10-02T05:00:00Z", "timeBilledMs": 120000},
        {
            "amount": 50,
            "gpuTypeId": "NVIDIA RTX 4090",
            "time": "2026-10-01T00:00:00Z",
            "timeBilledMs": 172800000,
        },
    ]
    path = tmp_path / "pods.json"
    path.write_text(json.dumps(records))
    (result,) = load(wh, GpuCsv(str(path)))
    assert (result.rows, result.rejected) == (3, 0)
    query = """SELECT provider, resource_id, billing_currency, billed_cost, round(consumed_quantity, 6),
        charge_period_end FROM cost ORDER BY line_no"""
    assert rows(wh, query) == [
        ("RunPod", "pod-1", "USD", Decimal("1.23"), Decimal(1), datetime(2026, 10, 2)),
        ("RunPod", "pod-1", "USD", Decimal("0.000000018"), Decimal("0.033333"), datetime(2026, 10, 2, 6)),
        ("RunPod", "NVIDIA RTX 4090", "USD", Decimal(50), Decimal(48), datetime(2026, 10, 3)),
    ]
    assert invoiced(wh) == {"2026-10": Decimal("51.230000018")}


def test_a_column_that_is_missing_is_named(wh, tmp_path):
    with pytest.raises(SourceError, match=r"is not a GPU bill: it has no column hours"):
        some(wh, tmp_path, {k: v for k, v in LINE.items() if k != "hours"})


def test_charges_without_a_machine_may_name_different_gpus(wh, tmp_path):
    reserved = LINE | {"resource": "", "hours": "", "category": "Purchase"}
    (result,) = some(wh, tmp_path, reserved, reserved | {"gpu_count": "4"})
    assert (result.status, result.rows, result.message) == ("loaded", 2, None)
