"""Azure exports: the recordings to the last digit, one bill out of two datasets, and which run of an export counts."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from bills import ACTUAL, AMORTISED, PURCHASE, RESERVED, UNUSED, VM
from bills import AZURE_LINE as LINE
from click.testing import CliRunner
from cost_store import FOCUS_LINE, invoiced, load, rows, store_state, sums, write_csv, write_parquet

from data.model.settings import ModelSettings
from ingest.__main__ import main
from ingest.source import SourceError, Window
from ingest.sources.azure import Azure
from ingest.sources.focus import Focus

REPOSITORY = Path(__file__).resolve().parents[2]


def one(wh, tmp_path, *lines, name="actual.csv", **options):
    return load(wh, Azure(str(write_csv(tmp_path / name, lines)), **options))


def pair(tmp_path, actual=ACTUAL, amortised=AMORTISED):
    write_csv(tmp_path / "bill/ActualCost.csv", actual)
    write_csv(tmp_path / "bill/AmortizedCost.csv", amortised)
    return Azure(str(tmp_path / "bill"))


def run(root, export, lines, run="", guid="a1", month="20261001-20261031", kind=None, submitted=None):
    """Writes one run of an export as Azure lays it out, its manifest last; returns its folder."""
    folder = root / export / month / run / guid
    write_csv(folder / "part_0_0001.csv", lines)
    body = {"manifestVersion": "2024-04-01", "blobCount": 1}
    body["blobs"] = [
        {"blobName": f"exports/{folder.relative_to(root)}/part_0_0001.csv", "dataRowCount": len(lines)}
    ]
    if kind:
        body["exportConfig"] = {"exportName": export, "type": kind}
        body["runInfo"] = {
            "runId": guid,
            "submittedTime": submitted,
            "startDate": f"{month[:4]}-{month[4:6]}-01T00:00:00",
        }
    (folder / "manifest.json").write_text(json.dumps(body))
    return folder


def told(path):
    """Costs of a recording by plain csv, as the file spells them."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return [Decimal(line["Cost"]) for line in csv.DictReader(text)]


# --- the recordings ------------------------------------------------------------------------------------------------


def test_the_recorded_bill_counts_actual_as_billed_and_amortised_as_effective(wh, recordings):
    folder = recordings / "billing/azure-ea"
    (first,) = load(wh, Azure(str(folder)))
    assert (first.status, first.rows, first.rejected, first.message) == ("loaded", 39, 0, None)
    billed, effective = Decimal("8.545007786742"), Decimal("16.296932136637")
    assert sums(wh) == [("2023-09", 39, billed, effective)]
    assert wh.con.execute("SELECT sum(billed_cost) FROM invoice_total").fetchall() == [
        (Decimal("8.5450077867419368"),)
    ]
    assert sum(told(folder / "EA_ActualCost_Small.csv")) == Decimal("8.5450077867419368")
    assert sum(told(folder / "EA_AmortizedCost_Small.csv")) == Decimal("16.296932136636644627485419")
    assert invoiced(wh) == {"2023-09": billed}
    once = store_state(wh)
    (second,) = load(wh, Azure(str(folder)))
    assert (second.status, store_state(wh)) == ("unchanged", once)


def test_every_recorded_amount_stands_once_on_the_line_of_its_own_file(wh, recordings):
    folder = recordings / "billing/azure-ea"
    load(wh, Azure(str(folder)))
    query = "SELECT billed_cost, effective_cost FROM cost WHERE x_dataset = '{}' ORDER BY line_no"
    twelve = Decimal("1e-12")
    actual = [cost.quantize(twelve, ROUND_HALF_UP) for cost in told(folder / "EA_ActualCost_Small.csv")]
    amortised = [cost.quantize(twelve, ROUND_HALF_UP) for cost in told(folder / "EA_AmortizedCost_Small.csv")]
    assert rows(wh, query.format("ActualCost")) == [(cost, 0) for cost in actual]
    assert rows(wh, query.format("AmortizedCost")) == [(0, cost) for cost in amortised]


def test_a_recorded_file_without_rows_is_a_bill_without_lines(wh, recordings):
    (result,) = load(wh, Azure(str(recordings / "billing/azure-ea/EA_NoRows.csv")))
    assert (result.status, result.rows, result.rejected) == ("loaded", 0, 0)


# --- one bill out of two datasets ----------------------------------------------------------------------------------


def published(wh, query):
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        return con.execute(query).fetchall()


def test_the_ladder_of_both_datasets_is_the_invoice_and_timing_is_the_difference(wh, tmp_path):
    load(wh, pair(tmp_path))
    ladder = """SELECT rung, sub_rung, sum(effective_cost), sum(billed_cost) FROM ladder
        GROUP BY ALL HAVING sum(effective_cost) <> 0 OR sum(billed_cost) <> 0 ORDER BY 1, 2"""
    assert published(wh, ladder) == [
        ("commitment_unused", None, Decimal(10), Decimal(1200)),
        ("timing", "/reservations/r-1", Decimal(1160), Decimal(0)),
        ("unobserved", None, Decimal("118.152"), Decimal("88.152")),
    ]
    assert published(wh, "SELECT sum(effective_cost), sum(billed_cost) FROM ladder") == [
        (Decimal("1288.152"), Decimal("1288.152"))
    ]
    assert published(
        wh, "SELECT count(*) FROM ladder WHERE rung = 'unexplained' AND effective_cost <> 0"
    ) == [(0,)]


def test_a_machine_that_both_datasets_name_runs_its_hours_once(wh, tmp_path):
    half = [[line | {"Quantity": "12"} for line in lines] for lines in (ACTUAL, AMORTISED)]
    load(wh, pair(tmp_path, *half))
    query = """SELECT resource_id[-4:], gpu_model, sum(billed_seconds) / 3600, sum(cost) FROM gpu_hour
        GROUP BY ALL ORDER BY 1"""
    assert published(wh, query) == [
        ("vm-1", "A100 80GB", 12, Decimal("88.152")),
        ("vm-2", "A100 80GB", 12, Decimal(30)),
    ]


def test_actual_cost_alone_knows_what_no_commitment_touches(wh, tmp_path):
    (result,) = one(wh, tmp_path, *ACTUAL)
    assert "1 lines of usage under a commitment are unpriced" in result.message
    assert rows(wh, "SELECT billed_cost, effective_cost FROM cost ORDER BY line_no") == [
        (Decimal("88.152"), Decimal("88.152")),
        (Decimal(0), None),
        (Decimal(1200), Decimal(0)),
    ]
    assert wh.con.execute("FROM unusable_effective").fetchall() == []


def test_amortised_cost_alone_states_no_invoice_and_says_so(wh, tmp_path):
    (result,) = one(wh, tmp_path, *AMORTISED, name="amortised.csv")
    assert "does not state the invoice" in result.message
    assert sums(wh) == [("2026-10", 3, None, Decimal("128.152"))]
    assert published(
        wh, "SELECT sum(billed_cost), sum(effective_cost) FROM ladder WHERE rung = 'unexplained'"
    ) == [(None, None)]


def on(day, *lines):
    return [line | {"Date": f"10/{day}/2026"} for line in lines]


BY_DAY = """SELECT day(day), rung, sum(billed_cost), sum(effective_cost) FROM ladder
    GROUP BY ALL HAVING sum(billed_cost) <> 0 OR sum(effective_cost) <> 0 ORDER BY 1, 2"""
UNEXPLAINED = (
    "SELECT DISTINCT day(day), billed_cost, effective_cost FROM ladder WHERE rung = 'unexplained' ORDER BY 1"
)


def test_days_after_the_last_amortised_one_cost_what_they_are_billed(wh, tmp_path):
    later = [LINE, RESERVED | {"Cost": "0"}, PURCHASE | {"Cost": "900"}]
    run(tmp_path, "a", on("02", LINE) + on("20", *later), kind="ActualCost", submitted="2026-10-21T04:00:00Z")
    run(tmp_path, "b", on("02", LINE), kind="AmortizedCost", submitted="2026-10-03T04:00:00Z")
    (result,) = load(wh, Azure(str(tmp_path)))
    assert result.message == (
        "the amortised dataset ends on 2026-10-02 (that day may be incomplete), later days cost what they are "
        "billed: 1 lines of usage under a commitment are unpriced"
    )
    lines = """SELECT day(charge_period_start), x_dataset, billed_cost, effective_cost, pricing_quantity,
        consumed_quantity FROM cost ORDER BY 1, 2, 3"""
    cost, day = Decimal("88.152"), Decimal(24)
    assert rows(wh, lines) == [
        (2, "ActualCost", cost, 0, None, None),
        (2, "AmortizedCost", 0, cost, day, day),
        (20, "ActualCost", 0, None, day, day),
        (20, "ActualCost", cost, cost, day, day),
        (20, "ActualCost", 900, 0, day, None),
    ]
    assert invoiced(wh) == {"2026-10": Decimal("1076.304")}  # 2 × 88.152 + 900
    hours = """SELECT day(hour), resource_id[-4:], sum(cost), sum(billed_seconds) / 3600 FROM gpu_hour
        GROUP BY ALL ORDER BY 1, 2"""
    assert published(wh, hours) == [(2, "vm-1", cost, 24), (20, "vm-1", cost, 24), (20, "vm-2", None, 24)]
    assert published(wh, UNEXPLAINED) == [(2, 0, 0), (20, 0, 0)]


def test_days_after_the_last_actual_one_are_not_billed_yet(wh, tmp_path):
    run(tmp_path, "a", on("02", LINE), kind="ActualCost")
    run(tmp_path, "b", on("02", LINE) + on("20", LINE, RESERVED | {"Cost": "30"}), kind="AmortizedCost")
    (result,) = load(wh, Azure(str(tmp_path)))
    assert result.message == (
        "the actual dataset ends on 2026-10-02: billed cost is unknown on 2 amortised lines of later days"
    )
    cost = Decimal("88.152")
    assert rows(wh, "SELECT billed_cost, effective_cost FROM cost WHERE day(charge_period_start) = 20") == [
        (None, cost),
        (None, Decimal(30)),
    ]
    assert invoiced(wh) == {"2026-10": cost}
    assert published(wh, BY_DAY) == [
        (2, "unobserved", cost, cost),
        (20, "unobserved", None, Decimal("118.152")),
    ]
    assert published(wh, UNEXPLAINED) == [(2, 0, 0), (20, None, None)]


def test_use_under_a_commitment_alone_is_billed_nothing(wh, tmp_path):
    run(tmp_path, "a", on("02", LINE), kind="ActualCost")
    run(tmp_path, "b", on("02", LINE) + on("20", UNUSED), kind="AmortizedCost")
    (result,) = load(wh, Azure(str(tmp_path)))
    assert result.message is None
    assert sums(wh) == [("2026-10", 3, Decimal("88.152"), Decimal("98.152"))]
    assert published(wh, UNEXPLAINED) == [(2, 0, 0), (20, 0, 0)]


def test_a_month_of_one_dataset_stands_alone_beside_a_month_of_both(wh, tmp_path):
    def of(month, *lines):
        told = {"BillingPeriodStartDate": f"{month}/01/2026", "Date": f"{month}/02/2026"}
        return [line | told for line in lines]

    load(wh, pair(tmp_path, of("08", LINE) + of("09", LINE), of("09", LINE) + of("10", LINE)))
    cost = Decimal("88.152")
    assert sums(wh) == [("2026-08", 1, cost, cost), ("2026-09", 2, cost, cost), ("2026-10", 1, None, cost)]
    assert invoiced(wh) == {"2026-08": cost, "2026-09": cost, "2026-10": None}


def test_both_datasets_may_say_the_same_where_nothing_was_committed(wh, tmp_path):
    load(wh, pair(tmp_path, [LINE], [LINE]))
    assert sums(wh) == [("2026-10", 2, Decimal("88.152"), Decimal("88.152"))]


def test_unused_commitments_in_the_actual_dataset_are_told(wh, tmp_path):
    (result,) = one(wh, tmp_path, LINE, UNUSED)
    assert "see which file is which" in result.message


def test_bare_files_must_tell_their_dataset(wh, tmp_path):
    with pytest.raises(SourceError, match=r"Say --dataset actual or --dataset amortised"):
        one(wh, tmp_path, LINE, name="part_0_0001.csv")
    one(wh, tmp_path, LINE, name="part_0_0001.csv", dataset="amortised")
    assert sums(wh) == [("2026-10", 1, None, Decimal("88.152"))]
    one(wh, tmp_path, LINE, name="part_0_0001.csv", dataset="actual")
    assert sums(wh) == [("2026-10", 1, Decimal("88.152"), Decimal("88.152"))]


# --- which run counts ----------------------------------------------------------------------------------------------


def test_the_newest_run_counts_and_files_that_no_manifest_names_do_not(wh, tmp_path):
    for time, cost in (("202610020400", "1"), ("202610030400", "7"), ("202610010400", "5")):
        run(tmp_path, "gpu-actual", [LINE | {"Cost": cost}], run=time)
    write_csv(tmp_path / "gpu-actual/20261001-20261031/202610030400/a1/part_9_9999.csv", [LINE])
    write_csv(tmp_path / "gpu-actual/20261001-20261031/202610040400/a1/part_0_0001.csv", [LINE])
    load(wh, Azure(str(tmp_path)))
    assert sums(wh) == [("2026-10", 1, Decimal(7), Decimal(7))]


def test_the_time_of_submission_counts_before_the_folders_name(wh, tmp_path):
    run(
        tmp_path,
        "daily",
        [LINE | {"Cost": "1"}],
        guid="zz",
        kind="ActualCost",
        submitted="2026-10-03T04:00:00Z",
    )
    run(
        tmp_path,
        "daily",
        [LINE | {"Cost": "2"}],
        guid="aa",
        kind="ActualCost",
        submitted="2026-10-04T04:00:00Z",
    )
    load(wh, Azure(str(tmp_path)))
    assert sums(wh)[0][2] == Decimal(2)


def test_an_overwritten_run_is_loaded_once_and_its_successor_replaces_it(wh, tmp_path):
    run(tmp_path, "gpu-actual", [LINE])
    assert [result.status for result in load(wh, Azure(str(tmp_path)))] == ["loaded"]
    assert [result.status for result in load(wh, Azure(str(tmp_path)))] == ["unchanged"]
    (tmp_path / "gpu-actual/20261001-20261031/a1/manifest.json").unlink()
    run(tmp_path, "gpu-actual", [LINE, LINE | {"Cost": "1"}], guid="b2")
    load(wh, Azure(str(tmp_path)))
    assert sums(wh) == [("2026-10", 2, Decimal("89.152"), Decimal("89.152"))]


def test_both_datasets_by_their_manifests_are_one_delivery_per_period(wh, tmp_path):
    run(tmp_path, "a", ACTUAL, kind="ActualCost")
    run(tmp_path, "b", AMORTISED, kind="AmortizedCost")
    september = LINE | {
        "Date": "09/02/2026",
        "BillingPeriodStartDate": "09/01/2026",
        "BillingPeriodEndDate": "09/30/2026",
    }
    run(tmp_path, "a", [september], month="20260901-20260930", kind="ActualCost")
    results = load(wh, Azure(str(tmp_path)))
    assert [(r.billing_period, r.rows) for r in results] == [(date(2026, 9, 1), 1), (date(2026, 10, 1), 6)]
    assert sums(wh) == [
        ("2026-09", 1, Decimal("88.152"), Decimal("88.152")),
        ("2026-10", 6, Decimal("1288.152"), Decimal("128.152")),
    ]
    later = Window(datetime(2026, 10, 1), datetime(2026, 11, 1))
    assert [d.billing_period for d in Azure(str(tmp_path)).fetch(later)] == [date(2026, 10, 1)]


def test_a_focus_export_is_read_as_focus(wh, tmp_path):
    line = FOCUS_LINE | {
        "ProviderName": "Microsoft",
        "ChargePeriodEnd": "2026-10-02T00:00:00Z",
        "x_SkuDetails": '{"ServiceType": "Standard_ND96isr_H100_v5"}',
    }
    run(tmp_path, "focus-cost", [line], kind="FocusCost", submitted="2026-10-04T04:00:00Z")
    load(wh, Azure(str(tmp_path)))
    assert rows(wh, "SELECT provider, billed_cost, instance_type, charge_period_end FROM cost") == [
        ("Microsoft", Decimal(10), "Standard_ND96isr_H100_v5", datetime(2026, 10, 3))
    ]


def test_the_same_bill_from_a_focus_export_is_refused(wh, tmp_path):
    one(wh, tmp_path, LINE)
    account = "/providers/Microsoft.Billing/billingAccounts/8611537"
    line = FOCUS_LINE | {"ProviderName": "Microsoft", "BillingAccountId": account}
    with pytest.raises(SourceError, match="Source 'azure' holds Microsoft billing account"):
        load(wh, Focus(str(write_csv(tmp_path / "focus.csv", [line]))))


@pytest.mark.parametrize(
    "account",
    [
        "/PROVIDERS/microsoft.billing/BillingAccounts/8611537",
        "/providers/Microsoft.Billing/billingAccounts/8611537/billingProfiles/ABCD-1",
    ],
)
def test_the_same_bill_under_another_spelling_of_its_account_is_refused(wh, tmp_path, account):
    one(wh, tmp_path, LINE)
    line = FOCUS_LINE | {"ProviderName": "Microsoft", "BillingAccountId": account}
    with pytest.raises(SourceError, match="would count it a second time"):
        load(wh, Focus(str(write_csv(tmp_path / "focus.csv", [line]))))


@pytest.mark.parametrize(("second", "kind"), [("other-actual", "ActualCost"), ("focus", "FocusCost")])
def test_two_exports_of_one_bill_are_refused_unless_one_is_chosen(wh, tmp_path, second, kind):
    run(tmp_path, "my-actual", [LINE], kind="ActualCost")
    run(tmp_path, second, [LINE], kind=kind)
    with pytest.raises(SourceError, match=f"several exports of one bill: .*{second}"):
        load(wh, Azure(str(tmp_path)))
    load(wh, Azure(str(tmp_path), only="my-*"))
    assert sums(wh)[0][1] == 1


def test_a_blob_that_is_not_there_is_an_incomplete_delivery(wh, tmp_path):
    run(tmp_path, "gpu-actual", [LINE], run="202610020400")
    (run(tmp_path, "gpu-actual", [LINE], run="202610030400") / "part_0_0001.csv").unlink()
    with pytest.raises(SourceError, match=r"202610030400/a1/part_0_0001.csv, which is not there"):
        load(wh, Azure(str(tmp_path)))


def test_a_month_in_pieces_is_refused(wh, tmp_path):
    run(tmp_path, "gpu-actual", [LINE], month="20261001-20261007")
    run(tmp_path, "gpu-actual", [LINE], month="20261008-20261014")
    with pytest.raises(SourceError, match="states 2026-10 in pieces"):
        load(wh, Azure(str(tmp_path)))


def test_laid_out_files_without_a_manifest_are_refused(wh, tmp_path):
    (run(tmp_path, "gpu-actual", [LINE]) / "manifest.json").unlink()
    with pytest.raises(SourceError, match=r"no manifest\.json"):
        load(wh, Azure(str(tmp_path)))


def test_a_manifest_that_tells_no_dataset_needs_a_name_that_does(wh, tmp_path):
    run(tmp_path, "costs", [LINE])
    with pytest.raises(SourceError, match="an older manifest does not say it"):
        load(wh, Azure(str(tmp_path)))


# --- spellings -----------------------------------------------------------------------------------------------------

CUSTOMER_AGREEMENT = {
    "billingAccountId": "8611537",
    "billingPeriodStartDate": "10/1/2026",
    "billingPeriodEndDate": "10/31/2026",
    "SubscriptionId": "s-1",
    "date": "10/2/2026",
    "meterCategory": "Virtual Machines",
    "quantity": "24",
    "unitOfMeasure": "1 Hour",
    "costInBillingCurrency": "88.152",
    "costInPricingCurrency": "99",
    "billingCurrency": "USD",
    "chargeType": "Usage",
    "pricingModel": "OnDemand",
}
PAY_AS_YOU_GO = {
    "SubscriptionGuid": "s-1",
    "BillingPeriodStartDate": "2026-10-01",
    "UsageDateTime": "2026-10-02",
    "MeterCategory": "Virtual Machines",
    "UsageQuantity": "24",
    "PreTaxCost": "88.152",
    "Currency": "USD",
}


@pytest.mark.parametrize("line", [LINE, CUSTOMER_AGREEMENT, PAY_AS_YOU_GO], ids=["EA", "MCA", "PAYG"])
def test_headers_are_found_under_every_agreements_spelling(wh, tmp_path, line):
    one(wh, tmp_path, line)
    query = """SELECT billed_cost, charge_period_start, sub_account_id, pricing_quantity, billing_currency,
        billing_period FROM cost"""
    assert rows(wh, query) == [
        (
            Decimal("88.152"),
            datetime(2026, 10, 2),
            "/subscriptions/s-1",
            Decimal(24),
            "USD",
            date(2026, 10, 1),
        )
    ]
    assert invoiced(wh) == {"2026-10": Decimal("88.152")}


def test_parquet_says_what_csv_says(wh, tmp_path):
    one(wh, tmp_path, *ACTUAL)
    compared = "SELECT * EXCLUDE (source, load_id, file_id) FROM cost ORDER BY line_no"
    told, totals = rows(wh, compared), invoiced(wh)
    typed = f"""SELECT * REPLACE (Cost::DECIMAL(38,18) AS Cost, Quantity::DOUBLE AS Quantity,
        strptime(Date, '%m/%d/%Y')::DATE AS Date,
        strptime(BillingPeriodStartDate, '%m/%d/%Y') AS BillingPeriodStartDate)
        FROM read_csv('{tmp_path}/actual.csv', all_varchar = true)"""
    load(wh, Azure(str(write_parquet(tmp_path / "actual.parquet", typed))))
    assert rows(wh, compared) == told
    assert invoiced(wh) == totals


def test_a_translated_header_is_refused_with_what_to_do(wh, tmp_path):
    with pytest.raises(
        SourceError, match=r"no column Cost.*portal page may have translated|translated.*no column Cost"
    ):
        one(wh, tmp_path, {"Datum": "02.10.2026", "Kosten": "1,5", "Verbrauchseinheitenkategorie": "x"})


@pytest.mark.parametrize("month", [9, 10])
def test_early_days_of_a_month_are_told_by_the_period_that_starts_on_a_first(wh, tmp_path, month):
    """9/2/2026 is what a CSV sniffer takes for the ninth of February."""
    line = {k: v for k, v in LINE.items() if k != "BillingPeriodEndDate"}
    one(wh, tmp_path, line | {"Date": f"{month}/2/2026", "BillingPeriodStartDate": f"{month}/1/2026"})
    assert rows(wh, "SELECT charge_period_start, charge_period_end FROM cost") == [
        (datetime(2026, month, 2), datetime(2026, month, 3))
    ]


def test_a_byte_order_mark_and_tags_without_braces(wh, tmp_path):
    path = write_csv(tmp_path / "actual.csv", [LINE, LINE | {"Tags": '{"team": "ads"}'}, LINE | {"Tags": ""}])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    load(wh, Azure(str(path)))
    assert rows(wh, "SELECT tags FROM cost ORDER BY line_no") == [
        ({"team": "search", "model": "llama"},),
        ({"team": "ads"},),
        (None,),
    ]


def test_a_machine_keeps_one_id_in_whatever_case_azure_writes_it(wh, tmp_path):
    one(wh, tmp_path, LINE, LINE | {"ResourceId": VM.upper()}, LINE | {"ResourceId": VM.lower()})
    assert rows(wh, "SELECT DISTINCT resource_id FROM cost") == [(VM.lower(),)]


def test_room_that_a_capacity_reservation_holds_for_no_machine_is_unused_and_no_machine(wh, tmp_path):
    """By ARM's resource type: used room is billed on the machine's own line. No sample of it is public."""
    room = VM.replace("virtualMachines/vm-1", "capacityReservationGroups/Pool/capacityReservations/A100")
    kind = '{"ServiceType":"Standard_NC24ads_A100_v4"}'
    one(
        wh, tmp_path, LINE | {"Cost": "80"}, LINE | {"Cost": "20", "ResourceId": room, "AdditionalInfo": kind}
    )
    status = "SELECT capacity_reservation_id, capacity_reservation_status FROM cost ORDER BY line_no"
    assert rows(wh, status) == [(None, None), (room.lower(), "Unused")]
    con = duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True)
    rungs = "SELECT rung, effective_cost FROM ladder WHERE effective_cost <> 0 ORDER BY 1"
    assert con.execute(rungs).fetchall() == [("commitment_unused", Decimal(20)), ("unobserved", Decimal(80))]
    assert con.execute("SELECT resource_id FROM resource").fetchall() == [(VM.lower(),)]


def test_machines_of_a_scale_set_are_machines_of_their_own(wh, tmp_path):
    pool = VM.replace("virtualMachines/vm-1", "virtualMachineScaleSets/aks-gpu-1-vmss")
    lines = [
        LINE
        | {"ResourceId": pool, "AdditionalInfo": f'{{"ServiceType":"{size}","VMName":"aks-gpu-1-vmss_{n}"}}'}
        for n, size in ((0, "Standard_NC6s_v3"), (11, "Standard_NC6s_v3"))
    ]
    one(wh, tmp_path, *lines)
    assert rows(wh, "SELECT resource_id, resource_name, instance_type FROM cost ORDER BY line_no") == [
        (f"{pool.lower()}/virtualmachines/0", "aks-gpu-1-vmss_0", "Standard_NC6s_v3"),
        (f"{pool.lower()}/virtualmachines/11", "aks-gpu-1-vmss_11", "Standard_NC6s_v3"),
    ]


@pytest.mark.parametrize(
    ("unit", "quantity", "used", "of"),
    [
        ("1 Hour", "24", "24", "Hour"),
        ("100 Hours", "0.24", "24", "Hours"),
        ("10K", "0.0004", "4", "Units"),
        ("1M", "0.5", "500000", "Units"),
        ("1/Month", "0.033336", "0.033336", "Month"),
        ("1 GB/Month", "24.80634996", "24.80634996", "GB/Month"),
    ],
)
def test_quantities_come_in_blocks(wh, tmp_path, unit, quantity, used, of):
    one(wh, tmp_path, LINE | {"UnitOfMeasure": unit, "Quantity": quantity})
    assert rows(wh, "SELECT consumed_quantity, consumed_unit FROM cost") == [(Decimal(used), of)]


@pytest.mark.parametrize(
    ("charge", "category"),
    [
        ("Usage", "Usage"),
        ("Purchase", "Purchase"),
        ("Refund", "Adjustment"),
        ("RoundingAdjustment", "Adjustment"),
        ("Tax", "Tax"),
    ],
)
def test_charge_types_and_negative_amounts(wh, tmp_path, charge, category):
    one(wh, tmp_path, LINE | {"ChargeType": charge, "Cost": "-3.5"})
    assert rows(wh, "SELECT charge_category, billed_cost, x_line_item_type FROM cost") == [
        (category, Decimal("-3.5"), charge)
    ]


def test_an_amount_that_cannot_be_read_is_refused_in_both_datasets(wh, tmp_path):
    for name in ("actual.csv", "amortized.csv"):
        with pytest.raises(SourceError, match="no billed cost that can be read"):
            one(wh, tmp_path, LINE | {"Cost": "1,5"}, name=name)


def test_every_gpu_size_that_is_known_of_azure_is_in_the_reference(recordings):
    query = f"""SELECT vm_size, gpu_count FROM read_csv('{recordings}/tables/azure_gpu_vm_sizes.csv')
        EXCEPT SELECT instance_type, device_count FROM read_csv('{REPOSITORY}/data/reference/accelerators.csv')"""
    assert duckdb.sql(query).fetchall() == []


@pytest.mark.parametrize(
    ("meter", "rung"),
    [
        ("Azure OpenAI", "managed"),
        ("Cognitive Services", "managed"),
        ("Foundry Models", "managed"),
        ("Storage", "shared"),
        ("Bandwidth", "shared"),
        ("Azure Kubernetes Service", "shared"),
        ("Azure Databricks", "outside"),
    ],
)
def test_where_azures_services_stand_in_the_ladder(wh, tmp_path, meter, rung):
    one(
        wh,
        tmp_path,
        LINE,
        LINE | {"MeterCategory": meter, "ResourceId": "x", "AdditionalInfo": "", "Cost": "5"},
    )
    query = (
        "SELECT rung, sum(billed_cost) FROM ladder WHERE billed_cost <> 0 AND rung <> 'unobserved' GROUP BY 1"
    )
    assert published(wh, query) == [(rung, Decimal(5))]


def test_the_command_says_what_it_loaded(home, tmp_path):  # noqa: ARG001
    write_csv(tmp_path / "part.csv", ACTUAL)
    result = CliRunner().invoke(
        main, ["azure", str(tmp_path / "part.csv"), "--dataset", "actual", "--only", "*"]
    )
    assert result.exit_code == 0, result.output
    assert "2026-10" in result.output
