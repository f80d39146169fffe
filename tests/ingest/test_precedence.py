"""Which delivery and which billing periods count: newer before older, and of a bare bill what was asked for."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from cost_store import (
    CUR_LINE,
    FOCUS_LINE,
    GCP_LINE,
    invoiced,
    load,
    rows,
    store_state,
    sums,
    write_csv,
    write_ndjson,
)

from data.check import check
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from data.warehouse import Mode, Warehouse
from ingest.load_cost import load_deliveries
from ingest.manifests import touches
from ingest.source import SourceError, Window
from ingest.sources.aws_cur import AwsCur
from ingest.sources.azure import Azure
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport
from ingest.sources.gpu_csv import GpuCsv
from ingest.sources.oci import Oci

SEPTEMBER, OCTOBER = datetime(2026, 9, 1), datetime(2026, 10, 1)


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        yield warehouse


def of_month(month, cost, **told):
    dates = {
        "BillingPeriodStart": f"2026-{month:02}-01T00:00:00Z",
        "ChargePeriodStart": f"2026-{month:02}-02T00:00:00Z",
        "ChargePeriodEnd": f"2026-{month:02}-02T01:00:00Z",
    }
    return FOCUS_LINE | dates | {"BilledCost": str(cost), "EffectiveCost": str(cost)} | told


# --- since and until of a bill without a manifest ---------------------------------------------------------------------


def focus(folder, costs):
    return Focus(str(write_csv(folder / "bill.csv", [of_month(month, cost) for month, cost in costs])))


def cur(folder, costs):
    told = [
        CUR_LINE
        | {
            "bill_billing_period_start_date": f"2026-{month:02}-01T00:00:00Z",
            "line_item_usage_start_date": f"2026-{month:02}-02T00:00:00Z",
            "line_item_usage_end_date": f"2026-{month:02}-02T01:00:00Z",
            "line_item_unblended_cost": str(cost),
        }
        for month, cost in costs
    ]
    return AwsCur(str(write_csv(folder / "bill.csv", told)))


def gcp(folder, costs):
    told = [
        GCP_LINE
        | {
            "invoice": {"month": f"2026{month:02}"},
            "usage_start_time": f"2026-{month:02}-02T00:00:00Z",
            "usage_end_time": f"2026-{month:02}-02T01:00:00Z",
            "cost": cost,
        }
        for month, cost in costs
    ]
    return GcpExport(str(write_ndjson(folder / "bill.ndjson", told)))


def gpu(folder, costs):
    head = {"resource": "n", "gpu_model": "H100 80GB", "gpu_count": "8", "hours": "1", "currency": "USD"}
    told = [head | {"date": f"2026-{month:02}-02", "cost": str(cost)} for month, cost in costs]
    return GpuCsv(str(write_csv(folder / "bill.csv", told)))


@pytest.mark.parametrize("bill", [focus, cur, gcp, gpu])
def test_of_a_bare_bill_the_periods_that_touch_the_window_are_loaded(wh, tmp_path, bill):
    """August 1, September 2, October 4 and 8: from 20 September on that is 14; August stays as it was."""
    load(wh, bill(tmp_path / "old", [(8, 100)]), "bill")
    whole = bill(tmp_path / "new", [(8, 1), (9, 2), (10, 4), (10, 8)])
    (result,) = load_deliveries(wh, "bill", whole, Window(start=datetime(2026, 9, 20)))
    assert (result.rows, "1 lines of 2026-08 were left alone" in result.message) == (3, True)
    assert [(period, lines, billed) for period, lines, billed, _ in sums(wh)] == [
        ("2026-08", 1, 100),
        ("2026-09", 1, 2),
        ("2026-10", 2, 12),
    ]
    assert invoiced(wh) == {"2026-08": 100, "2026-09": 2, "2026-10": 12}
    wh.publish(ModelSettings())
    assert not [finding for finding in check(open_latest(wh.home)) if finding.violations]
    (again,) = load_deliveries(wh, "bill", whole, Window(start=SEPTEMBER))
    assert again.status == "unchanged"  # the same months
    (everything,) = load(wh, whole, "bill")
    assert (everything.status, everything.rows) == ("loaded", 4)
    assert invoiced(wh) == {"2026-08": 1, "2026-09": 2, "2026-10": 12}


def test_until_takes_the_periods_that_begin_before_it(wh, tmp_path):
    bill = focus(tmp_path, [(8, 1), (9, 2), (10, 4)])
    (result,) = load_deliveries(wh, "bill", bill, Window(end=OCTOBER))
    assert result.rows == 2
    (result,) = load_deliveries(wh, "bill", bill, Window(SEPTEMBER, datetime(2026, 10, 1, 6)))
    assert result.rows == 2
    assert invoiced(wh) == {"2026-08": 1, "2026-09": 2, "2026-10": 4}
    assert touches(OCTOBER.date(), Window(end=datetime(2026, 10, 1, 6)))  # as periods of manifests are chosen
    assert not touches(OCTOBER.date(), Window(end=OCTOBER))


def test_a_bill_without_a_line_of_the_months_asked_for_changes_nothing(wh, tmp_path):
    bill = focus(tmp_path, [(8, 1), (9, 2)])
    load(wh, bill, "bill")
    once = store_state(wh)
    with pytest.raises(
        SourceError, match="no line is of a billing period that was asked for; there are 2026-08, 2026-09"
    ):
        load_deliveries(wh, "bill", bill, Window(start=OCTOBER))
    assert store_state(wh) == once


# --- an older delivery after a newer one ------------------------------------------------------------------------------


def aws_export(folder, cost, day):
    execution = f"2026-10-{day:02}T06:00:00.000Z-6b62"
    root = folder / "cur"
    line = CUR_LINE | {"line_item_unblended_cost": str(cost)}
    file = write_csv(root / f"data/BILLING_PERIOD=2026-10/{execution}/cur-00001.csv", [line])
    path = root / "metadata/BILLING_PERIOD=2026-10/cur-Manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(
        json.dumps({"executionId": execution, "dataFiles": [f"s3://b/{file.relative_to(folder)}"]})
    )
    return AwsCur(str(root))


def azure_export(folder, cost, day):
    run = folder / "actual/20261001-20261031/run/a1"
    line = {
        "BillingAccountId": "1", "SubscriptionId": "s", "BillingCurrency": "EUR", "Cost": str(cost),
        "Date": "10/02/2026", "MeterCategory": "Virtual Machines", "ChargeType": "Usage", "Quantity": "1",
        "PricingModel": "OnDemand", "BillingPeriodStartDate": "10/01/2026",
    }  # fmt: skip
    write_csv(run / "part_0_0001.csv", [line])
    info = {"submittedTime": f"2026-10-{day:02}T06:00:00.1234567Z", "startDate": "2026-10-01T00:00:00"}
    body = {
        "blobs": [{"blobName": "part_0_0001.csv"}],
        "exportConfig": {"type": "ActualCost"},
        "runInfo": info,
    }
    (run / "manifest.json").write_text(json.dumps(body))
    return Azure(str(folder))


def focus_export(folder, cost, day):
    line = of_month(10, cost, x_ExportTime=f"2026-10-{day:02}T06:00:00Z")
    return Focus(str(write_csv(folder / "bill.csv", [line])))


def gcp_export(folder, cost, day):
    line = GCP_LINE | {"cost": cost, "export_time": f"2026-10-{day:02}T06:00:00Z"}
    return GcpExport(str(write_ndjson(folder / "bill.ndjson", [line])))


def oci_bill(folder, cost, day):  # noqa: ARG001 - it tells no time
    line = {
        "lineItem/referenceNo": "V2.1", "lineItem/tenantId": "t", "lineItem/intervalUsageStart": "2026-10-02T05:00Z",
        "lineItem/intervalUsageEnd": "2026-10-02T06:00Z", "product/service": "COMPUTE", "usage/billedQuantity": "8",
        "cost/subscriptionId": "2", "cost/productSku": "B98415", "cost/myCost": str(cost), "cost/currencyCode": "USD",
        "product/resourceId": "ocid1.instance.oc1.iad.h", "product/Description": "Compute - GPU - H100",
    }  # fmt: skip
    return Oci(str(write_csv(folder / "reports/cost-csv/0001.csv.gz", [line]).parents[2]))


def gpu_bill(folder, cost, day):  # noqa: ARG001 - it tells no time
    return gpu(folder, [(10, cost)])


@pytest.mark.parametrize("export", [aws_export, azure_export, focus_export, gcp_export])
def test_an_older_delivery_is_refused_unless_it_is_to_replace_the_newer_one(home, tmp_path, export):
    newer, older, newest = (export(tmp_path / str(day), day, day) for day in (20, 10, 25))
    with Warehouse.open(home) as wh:
        load(wh, newer, "bill")
        once = store_state(wh)
        with pytest.raises(SourceError) as refused:
            load(wh, older, "bill")
        assert store_state(wh) == once
        assert "This delivery of 2026-10 was made on 2026-10-10 06:00:00 UTC" in str(refused.value)
        assert "'bill' holds a newer one, of 2026-10-20 06:00:00 UTC" in str(refused.value)
        assert "--replace" in str(refused.value)
    with Warehouse.open(home, mode=Mode(again=True)) as wh:
        assert load(wh, older, "bill")[0].status == "loaded"
        assert invoiced(wh) == {"2026-10": 10}
    with Warehouse.open(home) as wh:
        load(wh, newest, "bill")  # 25 October comes after the 10th that is live now
        assert invoiced(wh) == {"2026-10": 25}


@pytest.mark.parametrize("export", [aws_export, azure_export, focus_export, gcp_export, oci_bill, gpu_bill])
def test_the_first_delivery_and_then_the_second_are_the_second_alone(tmp_path, export):
    first, second = (export(tmp_path / str(day), day, day) for day in (10, 20))
    lines = []
    for name, deliveries in (("both", (first, second, second)), ("alone", (second,))):
        with Warehouse.open(tmp_path / name) as wh:
            for delivery in deliveries:
                load(wh, delivery, "bill")
            lines.append(rows(wh, "SELECT * EXCLUDE (load_id, file_id) FROM cost ORDER BY ALL"))
            assert invoiced(wh) == {"2026-10": 20}
    assert lines[0] == lines[1]


def test_each_period_has_a_time_of_its_own(wh, tmp_path):
    """Export times stand on lines: September's last one is older than October's, and still its newest."""
    september = of_month(9, 1, x_ExportTime="2026-10-03T00:00:00Z")
    october = of_month(10, 2, x_ExportTime="2026-10-20T00:00:00Z")
    load(wh, Focus(str(write_csv(tmp_path / "both.csv", [september, october]))))
    load(wh, Focus(str(write_csv(tmp_path / "september.csv", [september | {"BilledCost": "3"}]))))
    assert invoiced(wh) == {"2026-09": 3, "2026-10": 2}
    late = Focus(
        str(write_csv(tmp_path / "older.csv", [september | {"x_ExportTime": "2026-10-02T00:00:00Z"}]))
    )
    with pytest.raises(SourceError, match="delivery of 2026-09 was made on 2026-10-02"):
        load(wh, late)


# --- no time is known -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "cost", "said"),
    [
        (
            90,
            "10",
            "ATTENTION: 2026-10 has 90 lines now after 100, 900.00 USD after 1,000.00, and nothing tells whether",
        ),
        (100, "9", "ATTENTION: 2026-10 has 100 lines now after 100, 900.00 USD after 1,000.00"),
        (98, "10", None),  # corrections and late credits do as much
        (120, "10", None),
    ],
)
def test_a_bill_that_lost_lines_or_money_is_told_aloud(wh, tmp_path, lines, cost, said):
    load(wh, Focus(str(write_csv(tmp_path / "bill.csv", [of_month(10, "10")] * 100))))
    (result,) = load(wh, Focus(str(write_csv(tmp_path / "new.csv", [of_month(10, cost)] * lines))))
    assert ("ATTENTION" in result.message) == (said is not None)
    assert said is None or said in result.message
    assert rows(wh, "SELECT sum(billed_cost) FROM cost") == [(Decimal(cost) * lines,)]


def test_a_newer_delivery_that_states_less_is_a_correction(wh, tmp_path):
    for day, count in ((10, 2), (20, 1)):
        line = of_month(10, "10", x_ExportTime=f"2026-10-{day}T00:00:00Z")
        (result,) = load(wh, Focus(str(write_csv(tmp_path / f"{day}.csv", [line] * count))))
    assert "replaced 2 lines by 1" in result.message
    assert "ATTENTION" not in result.message


def test_a_time_on_one_side_alone_tells_nothing(wh, tmp_path):
    load(wh, Focus(str(write_csv(tmp_path / "old.csv", [of_month(10, "10")] * 2))))
    told = of_month(10, "10", x_ExportTime="2026-10-20T00:00:00Z")
    (result,) = load(wh, Focus(str(write_csv(tmp_path / "new.csv", [told]))))
    assert "ATTENTION: 2026-10 has 1 lines now after 2" in result.message
