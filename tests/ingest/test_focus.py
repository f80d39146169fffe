"""FOCUS exports: the official sample to the last digit, the specification's examples, and what goes wrong."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from cost_store import FOCUS_LINE, invoiced, load, rows, store_state, sums, write_csv, write_parquet

from data.model.settings import ModelSettings
from data.snapshot import open_latest
from data.warehouse import Warehouse
from ingest.source import SourceError
from ingest.sources.focus import Focus

TWELVE = Decimal("1e-12")


def published(wh, query, **settings):
    wh.publish(ModelSettings(**settings))
    return open_latest(wh.home).cursor().execute(query).fetchall()


def one(wh, tmp_path, *lines, header=None):
    load(wh, Focus(str(write_csv(tmp_path / "focus.csv", lines, header))))


def test_the_official_sample_twice(wh, recordings):
    source = Focus(str(recordings / "billing/focus-official/focus_sample.csv"))
    (first,) = load(wh, source)
    assert (first.status, first.rows, first.rejected) == ("loaded", 1000, 0)
    once = store_state(wh)
    (second,) = load(wh, source)
    assert (second.status, second.rows) == ("unchanged", 1000)
    assert store_state(wh) == once
    assert [(period, lines) for period, lines, _, _ in sums(wh)] == [("2024-09", 999), ("2024-10", 1)]
    assert rows(wh, "SELECT sum(billed_cost) FROM cost") == [(Decimal("20.52022672899"),)]
    assert rows(wh, "SELECT provider, count(*) FROM cost GROUP BY 1 ORDER BY 1") == [
        ("AWS", 942),
        ("Microsoft", 51),
        ("Oracle", 7),
    ]
    assert rows(wh, "SELECT count_if(billed_cost < 0), count_if(resource_id IS NULL) FROM cost") == [(13, 75)]
    assert rows(wh, "SELECT DISTINCT billing_currency FROM cost") == [("USD",)]


def test_the_official_samples_effective_cost_is_known_to_be_damaged(wh, recordings):
    (result,) = load(wh, Focus(str(recordings / "billing/focus-official/focus_sample.csv")))
    path = recordings / "billing/focus-official/focus_sample.csv"
    counted = defaultdict(lambda: [0, 0])
    for row in csv.DictReader(path.open(encoding="utf-8")):
        if (
            row["ChargeCategory"] == "Usage"
            and row["CommitmentDiscountId"] in ("", "NULL")
            and float(row["BilledCost"]) > 0
        ):
            counted[row["ProviderName"], row["BillingAccountId"]][0] += float(row["EffectiveCost"]) == 0
            counted[row["ProviderName"], row["BillingAccountId"]][1] += 1
    assert {bill[0]: told for bill, told in counted.items()} == {
        "AWS": [604, 614],
        "Oracle": [4, 4],
        "Microsoft": [0, 38],
    }
    damaged = sorted((*bill, "USD") for bill, (zeros, lines) in counted.items() if zeros > lines / 10)
    assert rows(wh, "SELECT * EXCLUDE load_id FROM unusable_effective ORDER BY ALL") == damaged
    assert "0 on 604 of 614 billed usage lines of AWS without" in result.message
    assert "0 on 4 of 4 billed usage lines of Oracle without" in result.message
    assert "Microsoft" not in result.message


def bill(tmp_path, *told):
    """A FOCUS file, one line each: provider, account, category, billed and effective cost."""
    names = ("ProviderName", "BillingAccountId", "ChargeCategory", "BilledCost", "EffectiveCost")
    lines = [FOCUS_LINE | dict(zip(names, line, strict=True)) for line in told]
    return Focus(str(write_csv(tmp_path / "bill.csv", lines)))


def test_one_damaged_account_is_judged_alone_and_one_without_usage_goes_with_its_provider(wh, tmp_path):
    told = bill(
        tmp_path,
        ("AWS", "1", "Usage", "5", "0"),
        ("AWS", "2", "Usage", "5", "5"),
        ("AWS", "3", "Tax", "1", "0"),  # no usage that could tell
        ("Azure", "4", "Tax", "1", "0"),
    )
    (result,) = load(wh, told)
    assert rows(wh, "SELECT provider, billing_account_id FROM unusable_effective ORDER BY ALL") == [
        ("AWS", "1"),
        ("AWS", "3"),
    ]
    assert (
        "0 on 1 of 1 billed usage lines of AWS account 1 without a commitment (5.000000000000 USD"
        in result.message
    )


def test_a_store_that_was_judged_by_the_load_keeps_what_it_said(tmp_path, home):
    with Warehouse.open(home) as wh:
        load(wh, bill(tmp_path, ("AWS", "1", "Usage", "5", "0"), ("Azure", "4", "Usage", "1", "1")))
        wh.con.execute("DELETE FROM unusable_effective").fetchall()
        wh.con.execute("ALTER TABLE load ADD COLUMN effective_usable BOOLEAN DEFAULT TRUE")
        wh.con.execute("UPDATE load SET effective_usable = FALSE").fetchall()
    for _ in range(2):
        with Warehouse.open(home) as wh:
            assert rows(wh, "SELECT provider, billing_account_id FROM unusable_effective ORDER BY ALL") == [
                ("AWS", "1"),
                ("Microsoft", "4"),
            ]
            assert "effective_usable" not in wh.con.table("load").columns


def one_case(resource_id):
    """Azure's ids name the same thing in any case, and the store keeps them in lower case."""
    return resource_id.lower() if resource_id.lower().startswith("/subscriptions/") else resource_id


def test_every_cell_of_the_official_sample_is_the_files_own(wh, recordings):
    path = recordings / "billing/focus-official/focus_sample.csv"
    load(wh, Focus(str(path)))
    with path.open(newline="") as file:
        told = [
            (
                Decimal(line["BilledCost"]).quantize(TWELVE, ROUND_HALF_UP),
                datetime.fromisoformat(line["ChargePeriodStart"]),
                None if (told_id := line["ResourceId"]) == "NULL" else one_case(told_id),
                None
                if (used := line["ConsumedQuantity"]) == "NULL"
                else Decimal(used).quantize(TWELVE, ROUND_HALF_UP),
            )
            for line in csv.DictReader(file)
        ]
    kept = rows(
        wh,
        "SELECT billed_cost, charge_period_start, resource_id, consumed_quantity FROM cost ORDER BY line_no",
    )
    assert kept == told


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        ("one_hundred_percent_utilization_with_commitment_discount_flexibility_with_1_resource", "0.50"),
        ("one_hundred_percent_utilization_with_commitment_discount_flexibility_with_2_resources", "2.00"),
        ("one_hundred_percent_utilization_without_commitment_discount_flexibility", "1.50"),
        ("zero_percent_utilization_without_commitment_discount_flexibility", "1.50"),
    ],
)
def test_a_commitment_costs_as_much_as_its_use_and_its_waste(wh, recordings, name, cost):
    load(wh, Focus(str(recordings / f"billing/focus-spec-examples/{name}.csv")))
    query = """SELECT sum(effective_cost) FILTER (charge_category = 'Usage' AND commitment_discount_status IS NOT NULL),
        sum(billed_cost) FILTER (charge_category = 'Purchase') FROM cost"""
    assert rows(wh, query) == [(Decimal(cost), Decimal(cost))]


def test_every_example_of_the_specification_loads_and_none_is_called_damaged(wh, recordings):
    files = sorted((recordings / "billing/focus-spec-examples").glob("*.csv"))
    assert len(files) == 26
    for place, path in enumerate(files):
        load(wh, Focus(str(path)), f"example-{place}")
        told = rows(wh, "SELECT sum(billed_cost) FROM cost", f"example-{place}")[0][0]
        assert sum(invoiced(wh).values()) == told
        wh.con.execute("DELETE FROM invoice_total")  # several examples tell of the same account and month
    assert wh.con.execute("SELECT DISTINCT rejected FROM load").fetchall() == [(0,)]
    assert wh.con.execute("FROM unusable_effective").fetchall() == []


def test_month_first_dates_are_told_by_periods_that_start_on_a_first(wh, recordings):
    load(wh, Focus(str(recordings / "billing/focus-spec-examples/virtual_currency_pricing_model_a2.csv")))
    assert rows(wh, "SELECT min(charge_period_start), max(billing_period) FROM cost") == [
        (datetime(2025, 4, 1), datetime(2025, 4, 1).date())
    ]


def test_dates_that_can_be_read_two_ways_are_refused(wh, tmp_path):
    line = FOCUS_LINE | {"ChargePeriodStart": "2/3/26"}
    with pytest.raises(SourceError, match="day first and month first"):
        one(wh, tmp_path, line)


def test_a_date_beyond_twelve_settles_the_order(wh, tmp_path):
    one(
        wh,
        tmp_path,
        FOCUS_LINE | {"ChargePeriodStart": "2/10/2026", "ChargePeriodEnd": "3/10/2026"},
        FOCUS_LINE | {"ChargePeriodStart": "13/10/2026", "ChargePeriodEnd": "14/10/2026"},
    )
    assert rows(wh, "SELECT min(charge_period_start) FROM cost") == [(datetime(2026, 10, 2),)]


@pytest.mark.parametrize(
    "columns", [("ProviderName",), ("ServiceProviderName",), ("ProviderName", "ServiceProviderName")]
)
def test_the_provider_has_two_names_for_its_name(wh, tmp_path, columns):
    line = {key: value for key, value in FOCUS_LINE.items() if key != "ProviderName"}
    one(wh, tmp_path, line | dict.fromkeys(columns, "Google Cloud"))
    assert rows(wh, "SELECT provider FROM cost") == [("GCP",)]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Amazon Web Services", "AWS"),
        ("aws", "AWS"),
        ("Google Cloud", "GCP"),
        ("Azure", "Microsoft"),
        ("Oracle Cloud Infrastructure", "Oracle"),
        ("OCI", "Oracle"),
        ("CoreWeave", "CoreWeave"),
    ],
)
def test_one_provider_has_one_name_so_that_its_bill_counts_once(wh, tmp_path, name, kept):
    one(wh, tmp_path, FOCUS_LINE | {"ProviderName": kept})
    other = FOCUS_LINE | {"ProviderName": name, "BillingAccountId": "1"}  # a spreadsheet took its zeros
    with pytest.raises(SourceError, match=f"holds {kept} billing account 0001 for 2026-10 already"):
        load(wh, Focus(str(write_csv(tmp_path / "other.csv", [other]))), "other")
    assert rows(wh, "SELECT provider, billed_cost FROM cost") == [(kept, Decimal(10))]


def test_a_byte_order_mark_stray_columns_and_literal_nulls_are_nothing(wh, tmp_path):
    path = write_csv(
        tmp_path / "f.csv", [FOCUS_LINE | {"Id": "7", "RegionId": "NULL", "SkuId": "None", "InvoiceId": " "}]
    )
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    load(wh, Focus(str(path)))
    assert rows(wh, "SELECT provider, region_id, sku_id, invoice_id FROM cost") == [("AWS", None, None, None)]


def test_missing_columns_are_unknown_not_zero(wh, tmp_path):
    keep = ("BillingPeriodStart", "ChargePeriodStart", "BilledCost", "ChargeCategory")
    one(wh, tmp_path, {key: FOCUS_LINE[key] for key in keep})
    query = "SELECT effective_cost, list_cost, billing_currency, provider, tags FROM cost"
    assert rows(wh, query) == [(None, None, None, None, None)]


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ("2026-10-02 01:00:00", datetime(2026, 10, 2, 1)),
        ("2026-10-02T01:00:00Z", datetime(2026, 10, 2, 1)),
        ("2026-10-02T01:00:00.000Z", datetime(2026, 10, 2, 1)),
        ("2026-10-02T01:00Z", datetime(2026, 10, 2, 1)),
        ("2026-10-02 01:00:00+00:00", datetime(2026, 10, 2, 1)),
        ("2026-10-02T03:00:00+02:00", datetime(2026, 10, 2, 1)),
        ("2026-10-02 01:00:00 +0000 UTC", datetime(2026, 10, 2, 1)),
        ("2026-10-02", datetime(2026, 10, 2)),
    ],
)
def test_times_are_utc_however_they_are_spelled(wh, tmp_path, told, stored):
    one(wh, tmp_path, FOCUS_LINE | {"ChargePeriodStart": told, "ChargePeriodEnd": "2026-10-03T00:00:00Z"})
    assert rows(wh, "SELECT charge_period_start FROM cost") == [(stored,)]


@pytest.mark.parametrize(
    ("end", "exclusive"),
    [
        ("2026-10-02T00:59:59Z", datetime(2026, 10, 2, 1)),
        ("2026-10-02T00:00:00Z", datetime(2026, 10, 3)),
        ("2026-10-02T01:00:00Z", datetime(2026, 10, 2, 1)),
    ],
)
def test_ends_are_exclusive(wh, tmp_path, end, exclusive):
    one(wh, tmp_path, FOCUS_LINE | {"ChargePeriodEnd": end})
    assert rows(wh, "SELECT charge_period_end FROM cost") == [(exclusive,)]


def test_tags_come_as_json_or_as_a_map(wh, tmp_path):
    tags = '{"team": "search", "user:model": "llama", "n": 1, "on": true, "team": "twice"}'
    one(wh, tmp_path, FOCUS_LINE | {"Tags": tags})
    assert rows(wh, "SELECT tags FROM cost") == [
        ({"team": "search", "model": "llama", "n": "1", "on": "true"},)
    ]
    values = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items())
    query = f"SELECT {values}, MAP {{'user:team': 'ads', 'team': 'twice', 'aws:x': 'y'}} AS Tags"
    load(wh, Focus(str(write_parquet(tmp_path / "p.parquet", query))))
    assert rows(wh, "SELECT tags FROM cost") == [({"team": "ads", "aws:x": "y"},)]


@pytest.mark.parametrize("spelling", [("key", "value"), ("Key", "Value")])
def test_tags_come_as_records_in_a_text(wh, tmp_path, spelling):
    """Google's guide has Tags as an array of records; a CSV or a text column of Parquet holds it as JSON."""
    key, value = spelling
    one(
        wh,
        tmp_path,
        FOCUS_LINE | {"Tags": json.dumps([{key: "team", value: "ads"}, {key: "env", value: ""}])},
    )
    assert rows(wh, "SELECT tags FROM cost") == [({"team": "ads", "env": ""},)]


def test_aws_cost_categories_stand_beside_tags(wh, tmp_path):
    line = FOCUS_LINE | {"Tags": '{"team": "ads"}', "x_CostCategories": '{"team": "growth"}'}
    one(wh, tmp_path, line)
    assert rows(wh, "SELECT tags FROM cost") == [({"cost_category:team": "growth", "team": "ads"},)]


def test_csv_and_parquet_of_the_same_lines_say_the_same(wh, tmp_path):
    values = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items() if not key.endswith("Cost"))
    query = f"""SELECT {values}, 10::DOUBLE AS BilledCost, 1.81e-8::DOUBLE AS EffectiveCost,
        10.5::DECIMAL(18, 3) AS ContractedCost, 12::INTEGER AS ListCost"""
    load(wh, Focus(str(write_parquet(tmp_path / "p.parquet", query))), "parquet-one")
    compared = "SELECT * EXCLUDE (source, load_id, file_id) FROM cost"
    parquet = rows(wh, compared, "parquet-one")
    wh.con.execute("DELETE FROM invoice_total")  # so that the second source is no double
    line = FOCUS_LINE | {"EffectiveCost": "1.81E-8", "ContractedCost": "10.5"}
    one(wh, tmp_path, line)
    assert rows(wh, compared, "focus") == parquet


def test_token_currencies_are_text(wh, tmp_path):
    one(wh, tmp_path, FOCUS_LINE | {"BillingCurrency": "TOKEN"})
    assert rows(wh, "SELECT billing_currency FROM cost") == [("TOKEN",)]


def test_a_file_that_is_no_focus_export_is_named_with_what_it_has(wh, tmp_path):
    with pytest.raises(SourceError, match=r"has no column BilledCost.*Its columns: a, b"):
        one(wh, tmp_path, {"a": "1", "b": "2"})


def test_free_and_negative_usage_is_no_damage(wh, tmp_path):
    one(
        wh,
        tmp_path,
        *[FOCUS_LINE | {"BilledCost": "0", "EffectiveCost": "0"}] * 5,
        *[FOCUS_LINE | {"BilledCost": "-3", "EffectiveCost": "-3"}] * 5,
        FOCUS_LINE | {"ChargeCategory": "Purchase", "BilledCost": "1200", "EffectiveCost": "0"},
        FOCUS_LINE | {"CommitmentDiscountId": "sp", "BilledCost": "0", "EffectiveCost": "5"},
    )
    assert wh.con.execute("FROM unusable_effective").fetchall() == []


def test_a_provider_s_own_split_of_a_charge_is_the_charge(wh, tmp_path):
    """FOCUS 1.3: allocated lines and the unallocated rest take the charge's place; their tags say whose they are."""
    told = {"Tags": '{"Team": "platform", "env": "prod"}', "AllocatedMethodId": "eks-split-1"}
    pods = [
        {
            **FOCUS_LINE,
            **told,
            "BilledCost": cost,
            "EffectiveCost": cost,
            "AllocatedResourceId": f"pod/{team}",
            "AllocatedResourceName": f"{team}-0",
            "AllocatedTags": f'{{"Team": "{team}"}}',
        }
        for team, cost in (("search", "6.25"), ("ads", "2.5"))
    ]
    rest = {**FOCUS_LINE, **told, "BilledCost": "1.25", "EffectiveCost": "1.25"}
    one(wh, tmp_path, *pods, rest, {**FOCUS_LINE, "ResourceId": "i-2", "Tags": '{"Team": "web"}'})
    assert sums(wh) == [("2026-10", 4, 20, 20)]
    assert invoiced(wh) == {"2026-10": 20}
    keys = ("Team", "env", "AllocatedResourceId", "AllocatedMethodId")
    tags = [tags or {} for (tags,) in rows(wh, "SELECT tags FROM cost ORDER BY line_no")]
    assert [tuple(map(told.get, keys)) for told in tags] == [
        ("search", "prod", "pod/search", "eks-split-1"),
        ("ads", "prod", "pod/ads", "eks-split-1"),
        ("platform", "prod", None, "eks-split-1"),
        ("web", None, None, None),
    ]
    query = "SELECT team, sum(billed_cost) FROM part GROUP BY ALL ORDER BY ALL"
    assert published(wh, query, team_tags=("team",)) == [
        ("ads", 2.5),
        ("platform", 1.25),
        ("search", 6.25),
        ("web", 10),
    ]


@pytest.mark.parametrize(("count", "devices"), [("8", 8), (8, 8), ("0.5", 1)])
def test_how_many_gpus_a_machine_of_an_unknown_type_has(wh, tmp_path, count, devices):
    details = json.dumps({"InstanceType": "gpu-b9-rack", "GpuCount": count})
    line = {
        **FOCUS_LINE,
        "ProviderName": "NeoCloud",
        "ServiceCategory": "Compute",
        "SkuPriceDetails": details,
    }
    plain = {
        **line,
        "ResourceId": "i-2",
        "SkuPriceDetails": json.dumps({"InstanceType": "c9", "GpuCount": "0"}),
    }
    one(wh, tmp_path, line, plain)
    query = "SELECT resource_id, instance_type, device_count FROM resource"
    assert published(wh, query) == [("i-1", "gpu-b9-rack", devices)]


def test_the_table_of_types_is_believed_before_the_count_of_a_sku(wh, tmp_path):
    details = json.dumps({"InstanceType": "p5.48xlarge", "GpuCount": "1"})
    one(wh, tmp_path, {**FOCUS_LINE, "ServiceCategory": "Compute", "SkuPriceDetails": details})
    assert published(wh, "SELECT device_count FROM resource") == [(8,)]
