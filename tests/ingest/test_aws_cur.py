"""AWS Cost and Usage Reports: recorded deliveries to the last digit, cash and amortised cost, manifests, spellings."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal

import pytest
from cost_store import (
    CUR_LINE,
    invoiced,
    load,
    manifest,
    rows,
    store_state,
    sums,
    write_csv,
    write_parquet,
)

from ingest.source import SourceError, Window
from ingest.sources.aws_cur import AwsCur

FIRST = [
    ("2026-08", 5208, Decimal("75882.559999968"), Decimal("75882.559999968")),
    ("2026-09", 5040, Decimal("73434.000000024"), Decimal("73434.000000024")),
    ("2026-10", 1512, Decimal("22030.3045161216"), Decimal("22030.3045161216")),
]
SECOND = [FIRST[0], ("2026-09", 5040, Decimal("73434.800000016"), Decimal("73434.800000016")), FIRST[2]]


def bare(wh, tmp_path, *lines, name="cur.csv"):
    return load(wh, AwsCur(str(write_csv(tmp_path / name, lines))))


# recordings


def test_a_real_legacy_report_twice(wh, recordings):
    source = AwsCur(str(recordings / "billing/aws-cur-legacy-real"))
    (first,) = load(wh, source)
    assert (first.status, first.rows, first.billing_period) == ("loaded", 1281, date(2023, 11, 1))
    once = store_state(wh)
    assert [result.status for result in load(wh, source)] == ["unchanged"]
    assert store_state(wh) == once
    assert sums(wh) == [("2023-11", 1281, Decimal("1.6823086974"), Decimal("1.6823086974"))]
    by_category = (
        "SELECT charge_category, sum(billed_cost), count(resource_id) FROM cost GROUP BY 1 ORDER BY 1"
    )
    assert rows(wh, by_category) == [("Tax", Decimal("0.08"), 0), ("Usage", Decimal("1.6023086974"), 0)]
    assert rows(wh, "SELECT count(*) FROM cost WHERE billed_cost = 1.81e-8::DECIMAL(38,12)")[0][0] > 0
    # a month's tax is one line that spans the month
    spans = rows(wh, "SELECT DISTINCT charge_period_end FROM cost WHERE charge_category = 'Tax'")
    assert spans == [(datetime(2023, 12, 1),)]


def test_two_deliveries_of_a_bucket_do_not_add_up(wh, recordings):
    bucket = recordings / "billing/aws-bucket-gpu"
    assert [result.rows for result in load(wh, AwsCur(str(bucket / "bucket")))] == [5208, 5040, 1512]
    assert sums(wh) == FIRST
    assert {result.status for result in load(wh, AwsCur(str(bucket / "bucket")))} == {"unchanged"}
    assert sums(wh) == FIRST
    load(wh, AwsCur(str(bucket / "bucket_final")))
    once = store_state(wh)
    assert {result.status for result in load(wh, AwsCur(str(bucket / "bucket_final")))} == {"unchanged"}
    assert store_state(wh) == once
    assert sums(wh) == SECOND
    assert invoiced(wh) == {period: billed for period, _, billed, _ in SECOND}
    told = "SELECT DISTINCT split_part(delivery_id, '@', 1) FROM load WHERE billing_period = '2026-09-01' ORDER BY 1"
    assert wh.con.execute(told).fetchall() == [
        ("36f5a841-bf12-4270-b771-30b11460a4e3",),
        ("b78f6e9c-2d21-4eff-8d6a-9ab8d0cb944b",),
    ]


def test_the_older_delivery_comes_back_if_it_is_loaded_last(wh, recordings):
    bucket = recordings / "billing/aws-bucket-gpu"
    for delivery in ("bucket", "bucket_final", "bucket"):
        assert {result.status for result in load(wh, AwsCur(str(bucket / delivery)))} == {"loaded"}
    assert sums(wh) == FIRST


def test_the_recorded_savings_plan(wh, recordings):
    load(wh, AwsCur(str(recordings / "billing/aws-bucket-gpu/bucket")))
    query = """SELECT x_line_item_type, count(*), sum(billed_cost), sum(effective_cost),
            count(*) - count(billed_cost), count(*) - count(effective_cost), count(consumed_quantity)
        FROM cost WHERE billing_period = '2026-08-01' GROUP BY 1 ORDER BY 1"""
    hours = 744
    assert rows(wh, query) == [
        ("DiscountedUsage", hours, None, None, hours, hours, hours),  # no price anywhere: unpriced, not free
        ("SavingsPlanCoveredUsage", hours, Decimal("5.672") * hours, Decimal("3.4") * hours, 0, 0, hours),
        ("SavingsPlanNegation", hours, Decimal("-5.672") * hours, 0, 0, 0, 0),
        ("SavingsPlanRecurringFee", hours, Decimal("3.4") * hours, 0, 0, 0, 0),  # wholly used
        ("Usage", 2232, Decimal("73352.959999968"), Decimal("73352.959999968"), 0, 0, 2232),
    ]
    status = """SELECT DISTINCT commitment_discount_type, commitment_discount_status FROM cost
        WHERE x_line_item_type IN ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee') ORDER BY ALL"""
    assert rows(wh, status) == [("Savings Plan", "Used"), ("Savings Plan", None)]


def test_legacy_tags_stand_in_columns(wh, recordings):
    load(wh, AwsCur(str(recordings / "billing/aws-bucket-gpu/bucket")))
    query = "SELECT DISTINCT unnest(map_entries(tags), recursive := true) FROM cost WHERE instance_type = 'p5.48xlarge'"
    told = set(rows(wh, query))
    tags = {(key, value) for key, value in told if not key.startswith("cost_category:")}
    assert tags == {("model", "llama-3-70b"), ("model_version", "v3.1"), ("team", "search")}
    categories = {"Charge type", "CostCenter", "OUs", "Organization"}  # as the header has them
    assert {key.removeprefix("cost_category:") for key, _ in told - tags} == categories


def test_a_restated_file_replaces_the_first_one_though_its_payer_was_respelled(wh, recordings):
    folder = recordings / "billing/aws-cur-restatement"
    load(wh, AwsCur(str(folder / "aws__2023-06-01-not-final.csv")))
    load(wh, AwsCur(str(folder / "aws__2023-06-01.csv")))
    query = (
        "SELECT count(*), sum(billed_cost), any_value(billing_account_id), any_value(invoice_id) FROM cost"
    )
    assert rows(wh, query) == [(3, Decimal(30), "0099999999999", "987654321")]


def test_two_deliveries_in_one_folder_are_not_taken_for_one(wh, recordings, tmp_path):
    for path in (recordings / "billing/aws-cur-restatement").glob("aws__2023*.csv"):
        shutil.copy(path, tmp_path)
    with pytest.raises(SourceError, match="state 3 of the same lines"):
        load(wh, AwsCur(str(tmp_path)))


def test_a_header_longer_than_its_rows_is_read(wh, recordings):
    path = recordings / "billing/aws-cur-restatement/test_cur.csv"
    assert [result.rows for result in load(wh, AwsCur(str(path)))] == [19]
    assert rows(wh, "SELECT DISTINCT provider, billing_account_id, billing_currency FROM cost") == [
        ("AWS", "6838635603105", "USD")
    ]
    told = sum(Decimal(line.split(",")[22]) for line in path.read_text().replace('"', "").splitlines()[1:])
    assert abs(rows(wh, "SELECT sum(billed_cost) FROM cost")[0][0] - told) < Decimal("1e-10")


def test_the_snake_case_header(wh, recordings):
    load(wh, AwsCur(str(recordings / "billing/aws-cur-restatement/aws__2022-07-01-alt-columns.csv")))
    assert rows(wh, "SELECT count(*), min(charge_period_start), any_value(billing_account_id) FROM cost") == [
        (2, datetime(2022, 7, 1), "999999")
    ]


# amortised cost


def kind(line_type, **told):
    return (
        CUR_LINE | {"line_item_line_item_type": line_type} | {key: str(value) for key, value in told.items()}
    )


def amounts(wh):
    query = "SELECT x_line_item_type, billed_cost, effective_cost FROM cost ORDER BY line_no"
    return [
        (name, *(None if cost is None else float(cost) for cost in costs)) for name, *costs in rows(wh, query)
    ]


@pytest.fixture
def every_line_type(wh, tmp_path):
    """One line of each type that a bill may hold, with the columns that its effective cost is read from."""
    bare(
        wh,
        tmp_path,
        kind("Usage", line_item_unblended_cost=10),
        kind("DiscountedUsage", line_item_unblended_cost=0, reservation_effective_cost=4),
        kind(
            "SavingsPlanCoveredUsage", line_item_unblended_cost=9, savings_plan_savings_plan_effective_cost=5
        ),
        kind("SavingsPlanNegation", line_item_unblended_cost=-9),
        kind("SavingsPlanUpfrontFee", line_item_unblended_cost=1000),
        kind(
            "SavingsPlanRecurringFee",
            line_item_unblended_cost=6,
            savings_plan_total_commitment_to_date=6,
            savings_plan_used_commitment=5,
        ),
        kind(
            "RIFee",
            line_item_unblended_cost=7,
            reservation_unused_amortized_upfront_fee_for_billing_period=1,
            reservation_unused_recurring_fee=0.5,
        ),
        kind("Fee", line_item_unblended_cost=500, reservation_reservation_a_r_n="arn:ri"),
        kind("Fee", line_item_unblended_cost=3),
        kind("Tax", line_item_unblended_cost=2),
        kind("Credit", line_item_unblended_cost=-1),
        kind("Refund", line_item_unblended_cost=-0.5),
        kind("EdpDiscount", line_item_unblended_cost=-0.25),
        kind("BundledDiscount", line_item_unblended_cost=-0.125),
        kind("SppDiscount", line_item_unblended_cost=-0.0625),
        kind("DistributorDiscount", line_item_unblended_cost=-0.03125),
    )
    return wh


def test_line_types_and_what_they_cost(every_line_type):
    assert amounts(every_line_type) == [
        ("Usage", 10, 10),
        ("DiscountedUsage", 0, 4),
        ("SavingsPlanCoveredUsage", 9, 5),
        ("SavingsPlanNegation", -9, 0),
        ("SavingsPlanUpfrontFee", 1000, 0),
        ("SavingsPlanRecurringFee", 6, 1),
        ("RIFee", 7, 1.5),
        ("Fee", 500, 0),
        ("Fee", 3, 3),
        ("Tax", 2, 2),
        ("Credit", -1, -1),
        ("Refund", -0.5, -0.5),
        ("EdpDiscount", -0.25, -0.25),
        ("BundledDiscount", -0.125, -0.125),
        ("SppDiscount", -0.0625, -0.0625),
        ("DistributorDiscount", -0.03125, -0.03125),
    ]


def test_what_a_plan_takes_off_again_is_no_usage(every_line_type):
    """AWS repeats the amount of the covered usage on the negation: counted, each hour would be two."""
    quantities = """SELECT x_line_item_type, pricing_quantity, consumed_quantity FROM cost
        WHERE x_line_item_type IN ('SavingsPlanCoveredUsage', 'SavingsPlanNegation') ORDER BY line_no"""
    assert rows(every_line_type, quantities) == [
        ("SavingsPlanCoveredUsage", 1, 1),
        ("SavingsPlanNegation", None, None),
    ]


def test_line_types_and_their_categories(every_line_type):
    categories = rows(every_line_type, "SELECT charge_category FROM cost ORDER BY line_no")
    assert [category for (category,) in categories] == [
        *["Usage"] * 4,
        *["Purchase"] * 5,
        "Tax",
        "Credit",
        "Adjustment",
        *["Usage"] * 4,
    ]


def test_a_fee_that_nothing_used_is_an_unused_commitment(every_line_type):
    unused = rows(
        every_line_type,
        "SELECT x_line_item_type FROM cost WHERE commitment_discount_status = 'Unused' ORDER BY line_no",
    )
    assert unused == [("SavingsPlanRecurringFee",), ("RIFee",)]


def hour(at, line_type, cost, effective=None, arn=None):
    told = {
        "line_item_usage_start_date": f"2026-10-02T{at:02}:00:00Z",
        "line_item_usage_end_date": f"2026-10-02T{at + 1:02}:00:00Z",
        "line_item_unblended_cost": str(cost),
        "savings_plan_savings_plan_effective_cost": "" if effective is None else str(effective),
        "savings_plan_savings_plan_a_r_n": arn or "",
    }
    return kind(line_type, **told)


def test_empty_commitment_columns_fee_less_what_it_covered_in_its_hour(wh, tmp_path):
    (result,) = bare(
        wh,
        tmp_path,
        hour(0, "SavingsPlanRecurringFee", 10, arn="a"),
        hour(0, "SavingsPlanCoveredUsage", 20, 6, "a"),
        hour(0, "SavingsPlanCoveredUsage", 20, 1, "a"),
        hour(1, "SavingsPlanRecurringFee", 10, arn="a"),  # nothing covered in this hour
        hour(1, "SavingsPlanRecurringFee", 4, arn="b"),
        hour(1, "SavingsPlanCoveredUsage", 20, 5, "b"),  # covered above the fee: 0, never below
        hour(
            2, "SavingsPlanCoveredUsage", 20, 7, "a"
        ),  # an hour without a fee takes nothing from the one before
    )
    fees = (
        "SELECT effective_cost FROM cost WHERE x_line_item_type = 'SavingsPlanRecurringFee' ORDER BY line_no"
    )
    assert rows(wh, fees) == [(Decimal(3),), (Decimal(10),), (Decimal(0),)]
    assert result.message == "unused part of 3 commitment fees derived: their own columns are empty"


def test_a_fee_is_lessened_by_use_in_its_own_currency_alone(wh, tmp_path):
    """A payer that changes its currency in the middle of a month, by hand: 10 USD - 4 USD and 9 EUR - 2 EUR."""
    euro = {"line_item_currency_code": "EUR"}
    bare(
        wh,
        tmp_path,
        hour(0, "SavingsPlanRecurringFee", 10, arn="a"),
        hour(0, "SavingsPlanCoveredUsage", 20, 4, "a"),
        hour(0, "SavingsPlanRecurringFee", 9, arn="a") | euro,
        hour(0, "SavingsPlanCoveredUsage", 20, 2, "a") | euro,
    )
    fees = "SELECT billing_currency, effective_cost FROM cost WHERE charge_category = 'Purchase' ORDER BY line_no"
    assert rows(wh, fees) == [("USD", Decimal(6)), ("EUR", Decimal(7))]


def test_without_an_arn_the_payers_fees_share_what_was_covered(wh, tmp_path):
    bare(
        wh,
        tmp_path,
        hour(0, "SavingsPlanRecurringFee", 4),
        hour(0, "SavingsPlanRecurringFee", 5),
        hour(0, "SavingsPlanCoveredUsage", 20, 6),
        kind(
            "SavingsPlanCoveredUsage", bill_payer_account_id="9", savings_plan_savings_plan_effective_cost=100
        ),
    )
    fees = (
        "SELECT effective_cost FROM cost WHERE x_line_item_type = 'SavingsPlanRecurringFee' ORDER BY line_no"
    )
    assert rows(wh, fees) == [(Decimal(0),), (Decimal(3),)]  # 4 + 5 − 6


def test_a_monthly_reservation_fee_covers_the_hours_of_its_month(wh, tmp_path):
    month = {
        "line_item_usage_start_date": "2026-10-01T00:00:00Z",
        "line_item_usage_end_date": "2026-11-01T00:00:00Z",
        "reservation_reservation_a_r_n": "arn:ri",
    }
    used = {
        "reservation_effective_cost": "2",
        "reservation_reservation_a_r_n": "arn:ri",
        "line_item_unblended_cost": "0",
    }
    bare(
        wh,
        tmp_path,
        kind("RIFee", line_item_unblended_cost=5, **month),
        kind("DiscountedUsage", **used),
        kind("DiscountedUsage", **used),
    )
    assert amounts(wh) == [("RIFee", 5, 1), ("DiscountedUsage", 0, 2), ("DiscountedUsage", 0, 2)]


def test_net_columns_count_where_they_are_filled(wh, tmp_path):
    bare(
        wh,
        tmp_path,
        kind("Usage", line_item_unblended_cost=10, line_item_net_unblended_cost=8),
        kind("Usage", line_item_unblended_cost=10),
        kind(
            "SavingsPlanCoveredUsage",
            line_item_unblended_cost=10,
            line_item_net_unblended_cost=9,
            savings_plan_savings_plan_effective_cost=6,
            savings_plan_net_savings_plan_effective_cost=5,
        ),
    )
    assert amounts(wh) == [("Usage", 8, 8), ("Usage", 10, 10), ("SavingsPlanCoveredUsage", 9, 5)]
    assert invoiced(wh) == {"2026-10": Decimal(27)}
    assert rows(wh, "SELECT sum(contracted_cost) FROM cost") == [(Decimal(30),)]


def test_split_cost_lines_never_add_to_their_parent(wh, tmp_path):
    split = {
        "line_item_unblended_cost": "0",
        "split_line_item_parent_resource_id": "i-1",
        "line_item_resource_id": "pod",
    }
    (result,) = bare(wh, tmp_path, CUR_LINE, CUR_LINE | split, CUR_LINE | split)
    assert result.rows == 1
    assert "2 lines left out: split cost" in result.message
    assert sums(wh) == [("2026-10", 1, Decimal("55.04"), Decimal("55.04"))]


# spellings


@pytest.mark.parametrize(
    ("usage_type", "instance_type"),
    [
        ("BoxUsage:p5.48xlarge", "p5.48xlarge"),
        ("USW2-SpotUsage:g5.xlarge", "g5.xlarge"),
        ("USE1-Cluster:ml.p4d.24xlarge", "p4d.24xlarge"),
        ("USE1-Host:ml.g6.xlarge", "g6.xlarge"),
        ("UnusedBox:p6-b200.48xlarge", "p6-b200.48xlarge"),
        ("DedicatedUsage:g4dn.metal", "g4dn.metal"),
        ("USE1-Cluster:VolumeUsage.gp2", None),
        ("EBS:VolumeUsage.gp3", None),
        ("DataTransfer-Regional-Bytes", None),
    ],
)
def test_the_instance_type_stands_in_the_usage_type(wh, tmp_path, usage_type, instance_type):
    bare(wh, tmp_path, CUR_LINE | {"line_item_usage_type": usage_type})
    assert rows(wh, "SELECT instance_type FROM cost") == [(instance_type,)]


def test_sagemaker_types_lose_their_prefix(wh, tmp_path):
    bare(wh, tmp_path, CUR_LINE | {"product_instance_type": "ml.p4d.24xlarge"})
    assert rows(wh, "SELECT instance_type FROM cost") == [("p4d.24xlarge",)]


@pytest.mark.parametrize("nothing", ["", "None", "NULL", "null"])
def test_words_for_nothing(wh, tmp_path, nothing):
    bare(
        wh, tmp_path, CUR_LINE | {"line_item_resource_id": nothing, "pricing_public_on_demand_cost": nothing}
    )
    assert rows(wh, "SELECT resource_id, list_cost FROM cost") == [(None, None)]


def test_a_charge_may_lie_outside_its_billing_period(wh, tmp_path):
    """A bare file: October's invoice refunds usage of August, and both months are built again."""
    outside = {
        "line_item_line_item_type": "Refund",
        "line_item_usage_start_date": "2026-08-31T23:00:00Z",
        "line_item_usage_end_date": "2026-09-01T00:00:00Z",
        "line_item_unblended_cost": "-5",
    }
    bare(wh, tmp_path, CUR_LINE, CUR_LINE | outside)
    assert sums(wh) == [("2026-10", 2, Decimal("50.04"), Decimal("50.04"))]
    assert invoiced(wh) == {"2026-10": Decimal("50.04")}
    months = wh.con.execute("SELECT strftime(month, '%Y-%m') FROM dirty_month ORDER BY 1").fetchall()
    assert months == [("2026-08",), ("2026-10",)]


def test_account_ids_keep_their_zeros_and_small_costs_their_digits(wh, tmp_path):
    bare(wh, tmp_path, CUR_LINE | {"line_item_unblended_cost": "1.81E-8"})
    assert rows(wh, "SELECT billing_account_id, sub_account_id, billed_cost FROM cost") == [
        ("000000000001", "000000000011", Decimal("0.0000000181"))
    ]


def test_both_headers_mean_the_same(wh, tmp_path):
    legacy = {
        "bill/PayerAccountId": "000000000001",
        "bill/BillingPeriodStartDate": "2026-10-01T00:00:00.000Z",
        "lineItem/UsageAccountId": "000000000011",
        "lineItem/LineItemType": "SavingsPlanCoveredUsage",
        "lineItem/UsageStartDate": "2026-10-02 00:00:00",
        "lineItem/UsageEndDate": "2026-10-02 01:00:00",
        "lineItem/UnblendedCost": "5",
        "savingsPlan/SavingsPlanARN": "arn:sp",
        "savingsPlan/SavingsPlanEffectiveCost": "3",
        "resourceTags/user:model_version": "v1",
        "resourceTags/aws:createdBy": "me",
    }
    snake = {
        "bill_payer_account_id": "000000000001",
        "bill_billing_period_start_date": "2026-10-01 00:00:00.000",
        "line_item_usage_account_id": "000000000011",
        "line_item_line_item_type": "SavingsPlanCoveredUsage",
        "line_item_usage_start_date": "2026-10-02 00:00:00",
        "line_item_usage_end_date": "2026-10-02 01:00:00",
        "line_item_unblended_cost": "5",
        "savings_plan_savings_plan_a_r_n": "arn:sp",
        "savings_plan_savings_plan_effective_cost": "3",
        "resource_tags_user_model_version": "v1",
        "resource_tags_aws_created_by": "me",
    }
    compared = "SELECT * EXCLUDE (source, load_id, file_id, tags), tags['model_version'] FROM cost"
    bare(wh, tmp_path, legacy)
    first = rows(wh, compared)
    assert rows(wh, "SELECT tags FROM cost") == [({"model_version": "v1", "aws:createdBy": "me"},)]
    bare(wh, tmp_path, snake)
    assert rows(wh, compared) == first


def cur2_parquet(path, cost="DOUBLE", start="TIMESTAMP"):
    return write_parquet(
        path,
        f"""SELECT '000000000001' AS bill_payer_account_id, TIMESTAMP '2026-10-01' AS bill_billing_period_start_date,
            '000000000011' AS line_item_usage_account_id, 'Usage' AS line_item_line_item_type,
            CAST('2026-10-02 00:00:00' AS {start}) AS line_item_usage_start_date,
            CAST('2026-10-02 01:00:00' AS {start}) AS line_item_usage_end_date, 'i-1' AS line_item_resource_id,
            CAST('0.1' AS {cost}) AS line_item_unblended_cost, 'USD' AS line_item_currency_code,
            MAP {{'product_name': 'Amazon EC2', 'instance_type': 'p5.48xlarge', 'region': 'us-east-1'}} AS product,
            MAP {{'user_team': 'search', 'aws_x': 'y'}} AS resource_tags FROM range(3)""",
    )


@pytest.mark.parametrize("cost", ["DOUBLE", "DECIMAL(38, 10)", "VARCHAR", "FLOAT"])
@pytest.mark.parametrize("start", ["TIMESTAMP", "TIMESTAMPTZ", "VARCHAR", "TIMESTAMP_NS"])
def test_cur_2_maps_and_types_that_drift(wh, tmp_path, cost, start):
    load(wh, AwsCur(str(cur2_parquet(tmp_path / "cur.parquet", cost, start))))
    query = "SELECT DISTINCT service_name, instance_type, region_id, tags, billed_cost, charge_period_start FROM cost"
    tags = {"team": "search", "aws_x": "y"}
    expected = ("Amazon EC2", "p5.48xlarge", "us-east-1", tags, Decimal("0.1"), datetime(2026, 10, 2))
    assert rows(wh, query) == [expected]
    assert sums(wh) == [("2026-10", 3, Decimal("0.3"), Decimal("0.3"))]


def test_cur_2_as_csv_has_its_maps_as_json(wh, tmp_path):
    maps = {
        "product": '{"product_name": "Amazon EC2", "instance_type": "g6.xlarge"}',
        "resource_tags": '{"user_team": "ads"}',
    }
    bare(
        wh, tmp_path, CUR_LINE | maps, CUR_LINE | {"product": "{}", "resource_tags": "{}"}, name="cur.csv.gz"
    )
    assert rows(wh, "SELECT service_name, instance_type, tags FROM cost ORDER BY line_no") == [
        ("Amazon EC2", "g6.xlarge", {"team": "ads"}),
        ("AmazonEC2", "p5.48xlarge", {}),
    ]


# manifests


def delivery(root, execution, cost, month="2026-10", chunks=1, folder="BILLING_PERIOD"):
    """One CUR 2.0 execution as AWS lays it out, and its manifest in force."""
    data = root / f"data/{folder}={month}/{execution}"
    line = CUR_LINE | {
        "line_item_unblended_cost": str(cost),
        "bill_billing_period_start_date": f"{month}-01T00:00:00Z",
        "line_item_usage_start_date": f"{month}-02T00:00:00Z",
        "line_item_usage_end_date": f"{month}-02T01:00:00Z",
    }
    files = [write_csv(data / f"cur-{chunk:05}.csv.gz", [line]) for chunk in range(chunks)]
    body = {
        "executionId": execution,
        "dataFiles": [f"s3://b/p/{file.relative_to(root.parent)}" for file in files],
    }
    manifest(root / f"metadata/{folder}={month}", "cur", body)
    manifest(root / f"metadata/{folder}={month}/{execution}", "cur", body)
    return data


def test_only_the_files_that_the_manifest_names(wh, tmp_path):
    root = tmp_path / "cur"
    delivery(root, "first", 1)
    delivery(root, "second", 2, chunks=3)
    (result,) = load(wh, AwsCur(str(root)))
    assert (result.rows, result.billing_period) == (3, date(2026, 10, 1))
    assert sums(wh) == [("2026-10", 3, Decimal(6), Decimal(6))]
    delivery(root, "third", 7)
    load(wh, AwsCur(str(root)))
    assert sums(wh) == [("2026-10", 1, Decimal(7), Decimal(7))]
    assert wh.con.execute(
        "SELECT split_part(delivery_id, '@', 1), status FROM load ORDER BY started_at"
    ).fetchall() == [
        ("second", "replaced"),
        ("third", "loaded"),
    ]


def test_a_partition_is_a_period_in_any_case(wh, tmp_path):
    delivery(tmp_path / "cur", "one", 1, folder="billing_period")
    delivery(tmp_path / "cur", "two", 2, month="2026-09", folder="Billing_Period")
    assert [result.billing_period for result in load(wh, AwsCur(str(tmp_path / "cur")))] == [
        date(2026, 9, 1),
        date(2026, 10, 1),
    ]


def test_data_without_a_manifest_is_not_there_yet(wh, tmp_path):
    root = tmp_path / "cur"
    delivery(root, "one", 1)
    delivery(root, "two", 2, month="2026-11")
    shutil.rmtree(root / "metadata/BILLING_PERIOD=2026-11")
    load(wh, AwsCur(str(root)))
    assert sums(wh) == [("2026-10", 1, Decimal(1), Decimal(1))]
    shutil.rmtree(root / "metadata")
    with pytest.raises(SourceError, match=r"no manifest.*Copy the folder with its"):
        load(wh, AwsCur(str(root)))


def test_empty_chunks_of_a_shrunken_month_are_skipped(wh, tmp_path):
    root = tmp_path / "cur"
    data = delivery(root, "one", 1, chunks=2)
    (data / "cur-00001.csv.gz").write_bytes(b"")
    assert [result.rows for result in load(wh, AwsCur(str(root)))] == [1]


def test_a_manifest_that_names_a_missing_file_stops_the_load(wh, tmp_path):
    root = tmp_path / "cur"
    data = delivery(root, "one", 1, chunks=2)
    (data / "cur-00001.csv.gz").unlink()
    with pytest.raises(SourceError, match=r"cur-00001.csv.gz, which is not there"):
        load(wh, AwsCur(str(root)))


def test_two_reports_under_one_folder_are_two_sources(wh, tmp_path):
    delivery(tmp_path / "hourly", "one", 1)
    delivery(tmp_path / "daily", "two", 1)
    with pytest.raises(SourceError, match="holds 2 reports"):
        load(wh, AwsCur(str(tmp_path)))


def test_the_window_chooses_periods(tmp_path):
    root = tmp_path / "cur"
    for month in ("2026-08", "2026-09", "2026-10"):
        delivery(root, month, 1, month=month)
    window = Window(datetime(2026, 9, 15), datetime(2026, 10, 1))
    assert [found.billing_period for found in AwsCur(str(root)).fetch(window)] == [date(2026, 9, 1)]


def test_a_zipped_legacy_chunk(wh, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "report-00001.zip", "w") as packed:
        packed.write(write_csv(tmp_path / "in/report.csv", [CUR_LINE]), "report-00001.csv")
    assert [result.rows for result in load(wh, AwsCur(str(tmp_path / "report-00001.zip")))] == [1]
