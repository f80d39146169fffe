"""GCP's detailed export: the recorded one to the last digit, credits in every shape, corrections, nested Parquet."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from cost_store import GCP_LINE, invoiced, load, rows, store_state, sums, write_ndjson

from data.model.settings import ModelSettings
from ingest.source import SourceError, Window
from ingest.sources.gcp import GcpExport


def line(**told):
    return deepcopy(GCP_LINE) | told


def some(wh, tmp_path, *lines):
    return load(wh, GcpExport(str(write_ndjson(tmp_path / "export.ndjson", lines))))


def credit(amount, kind="PROMOTION", name="x"):
    return {"name": name, "id": name, "full_name": "", "type": kind, "amount": amount}


def test_the_recorded_export_twice(wh, recordings):
    source = GcpExport(str(recordings / "billing/gcp-resource-jsonl"))
    (first,) = load(wh, source)
    assert (first.status, first.rows, first.rejected) == ("loaded", 5088, 0)
    once = store_state(wh)
    assert [result.status for result in load(wh, source)] == ["unchanged"]
    assert store_state(wh) == once
    query = "SELECT sum(contracted_cost), sum(x_promotion), sum(billed_cost), sum(effective_cost) FROM cost"
    assert rows(wh, query) == [
        (Decimal("24741.60"), Decimal("-2272.80"), Decimal("22468.80"), Decimal("22468.80"))
    ]
    assert invoiced(wh) == {period: billed for period, _, billed, _ in sums(wh)}
    assert sum(invoiced(wh).values()) == Decimal("22468.80")


def test_the_recorded_invoice_months_are_not_the_usage_months(wh, recordings):
    path = recordings / "billing/gcp-resource-jsonl/gcp_billing_export_resource.ndjson.gz"
    load(wh, GcpExport(str(path)))
    with gzip.open(path, "rt") as file:
        told = [json.loads(text, parse_float=Decimal) for text in file]
    by_month: dict[str, Decimal] = {}
    for one in told:
        month = f"{one['invoice']['month'][:4]}-{one['invoice']['month'][4:]}"
        by_month[month] = by_month.get(month, Decimal()) + one["cost"] + one["credits"]["amount"]
    assert {period: billed for period, _, billed, _ in sums(wh)} == by_month
    assert rows(
        wh, "SELECT DISTINCT charge_period_start::DATE FROM cost WHERE billing_period = '2026-07-01'"
    ) == [(date(2026, 8, 1),)]
    machine = "SELECT DISTINCT instance_type FROM cost WHERE instance_type IS NOT NULL ORDER BY 1"
    assert rows(wh, machine) == [("a2-highgpu-1g",), ("a3-highgpu-8g",)]
    seconds = "SELECT DISTINCT consumed_quantity, consumed_unit FROM cost WHERE instance_type IS NOT NULL"
    assert rows(wh, seconds) == [(Decimal(3600), "seconds")]


@pytest.mark.parametrize(
    ("credits", "cost", "promotion", "commitment"),
    [
        ([], "3.5", 0, 0),
        (None, "3.5", 0, 0),
        (credit(-1.25), "2.25", "-1.25", 0),
        ([credit(-1.25), credit(-0.25, "COMMITTED_USAGE_DISCOUNT")], "2", "-1.25", "-0.25"),
        ([credit(-0.5, "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE")], "3", 0, "-0.5"),
        ([credit(-0.5, "SUSTAINED_USAGE_DISCOUNT")], "3", 0, 0),
        ([credit(-0.5, "", "FreeTrial:Credit-1")], "3", "-0.5", 0),  # old exports have no type
        ([credit(-0.5, None, "something else")], "3", 0, 0),
        ([credit(1e-8), credit(-1.81e-8)], "3.4999999919", "-0.0000000081", 0),
    ],
)
def test_credits_stand_inside_the_line(wh, tmp_path, credits, cost, promotion, commitment):
    some(wh, tmp_path, line(credits=credits))
    query = "SELECT billed_cost, effective_cost, x_promotion, x_commitment_credit, contracted_cost FROM cost"
    expected = tuple(map(Decimal, (cost, cost, promotion, commitment, "3.5")))
    assert rows(wh, query) == [expected]
    assert invoiced(wh) == {"2026-10": Decimal(cost)}


def test_credits_are_kept_as_they_came(wh, tmp_path):
    told = [credit(-1.25), credit(-0.25, "COMMITTED_USAGE_DISCOUNT")]
    some(wh, tmp_path, line(credits=told))
    assert json.loads(rows(wh, "SELECT x_credits FROM cost")[0][0]) == told


def test_equal_lines_and_corrections_are_all_charges(wh, tmp_path):
    corrected = line(
        cost=-3.5, adjustment_info={"id": "A", "type": "USAGE_CORRECTION", "mode": "COMPLETE_NEGATION"}
    )
    some(wh, tmp_path, line(), line(), corrected, line(cost=1))
    assert sums(wh) == [("2026-10", 4, Decimal("4.5"), Decimal("4.5"))]
    assert rows(wh, "SELECT count(*) FROM cost WHERE charge_class = 'Correction'") == [(1,)]


@pytest.mark.parametrize(
    ("cost_type", "category"),
    [("regular", "Usage"), ("tax", "Tax"), ("adjustment", "Adjustment"), ("rounding_error", "Adjustment")],
)
def test_cost_types(wh, tmp_path, cost_type, category):
    some(wh, tmp_path, line(cost_type=cost_type, project=None))
    assert rows(wh, "SELECT charge_category, x_line_item_type, sub_account_id FROM cost") == [
        (category, cost_type, None)
    ]


def test_labels_resource_and_machine(wh, tmp_path):
    some(
        wh,
        tmp_path,
        line(
            labels=[
                {"key": "team", "value": "search"},
                {"key": "team", "value": "twice"},
                {"key": "e", "value": ""},
            ],
            system_labels=[{"key": "compute.googleapis.com/machine_spec", "value": "a3-highgpu-8g"}],
            resource={"name": "vm", "global_name": "//compute/1"},
            cost_at_list=9,
        ),
        line(resource={"name": "only-a-name"}),
    )
    query = "SELECT tags, instance_type, resource_id, resource_name, list_cost FROM cost ORDER BY line_no"
    assert rows(wh, query) == [
        ({"team": "search", "e": ""}, "a3-highgpu-8g", "//compute/1", "vm", Decimal(9)),
        ({}, None, "only-a-name", "only-a-name", None),
    ]


def test_nested_parquet_says_what_ndjson_says(wh, tmp_path):
    told = [
        line(
            credits=[credit(-1.25), credit(-0.25, "COMMITTED_USAGE_DISCOUNT")],
            labels=[{"key": "team", "value": "search"}],
            system_labels=[{"key": "compute.googleapis.com/machine_spec", "value": "g2-standard-4"}],
            resource={"name": "vm", "global_name": "//compute/1"},
        ),
        line(cost=1.81e-8),
    ]
    some(wh, tmp_path, *told)
    compared = "SELECT * EXCLUDE (source, load_id, file_id, x_credits) FROM cost ORDER BY line_no"
    first, totals = rows(wh, compared), invoiced(wh)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(
            f"""COPY (SELECT * REPLACE (usage_start_time::TIMESTAMPTZ AS usage_start_time,
                usage_end_time::TIMESTAMPTZ AS usage_end_time)
            FROM read_json('{tmp_path}/export.ndjson')) TO '{tmp_path}/export.parquet'"""
        )
    load(wh, GcpExport(str(tmp_path / "export.parquet")))
    assert rows(wh, compared) == first
    assert invoiced(wh) == totals


def test_month_folders_are_deliveries_of_their_own(wh, tmp_path):
    export = tmp_path / "export"
    write_ndjson(export / "invoice_month=202609/a.ndjson", [line(invoice={"month": "202609"})])
    write_ndjson(export / "invoice_month=202610/a.ndjson", [line()])
    assert [result.billing_period for result in load(wh, GcpExport(str(export)))] == [
        date(2026, 9, 1),
        date(2026, 10, 1),
    ]
    write_ndjson(export / "invoice_month=202610/a.ndjson", [line(cost=5)])
    assert [result.status for result in load(wh, GcpExport(str(export)))] == ["unchanged", "loaded"]
    october = Window(datetime(2026, 10, 1), datetime(2026, 10, 2))
    assert [found.billing_period for found in GcpExport(str(export)).fetch(october)] == [date(2026, 10, 1)]


def test_a_folder_without_exports(wh, tmp_path):
    with pytest.raises(SourceError, match="holds no export files"):
        load(wh, GcpExport(str(tmp_path)))


def committed(sku, cost, amount, kind=None, **told):
    """A row of one hour: `amount` seconds of a SKU, all of its cost credited as `kind` where one is given."""
    usage = GCP_LINE["usage"] | {"amount": amount, "amount_in_pricing_units": amount / 3600}
    credits = [credit(-cost, kind)] if kind else []
    return line(sku={"id": "S", "description": sku}, cost=cost, usage=usage, credits=credits) | told


@pytest.mark.parametrize(
    ("fee_sku", "amount", "kind"),
    [
        ("Commitment v1: Nvidia L4 GPU running in Iowa for 1 Year", 7200, "COMMITTED_USAGE_DISCOUNT"),
        # $1.40 of on-demand cost an hour committed, in cents
        ("Commitment - dollar based v1: GCE for 1 year", 140 * 3600, "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE"),
    ],
)
def test_a_commitment_of_which_half_is_used(wh, tmp_path, fee_sku, amount, kind):
    """An L4 at $0.70 an hour, all of it credited, under a fee of $0.90 for twice as much: 0.45 is the GPU's."""
    gpu = committed("Nvidia L4 GPU running in Americas", 0.7, 3600, kind, resource={"global_name": "//vm-1"})
    some(wh, tmp_path, gpu, committed(fee_sku, 0.9, amount))
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        rungs = con.execute(
            "SELECT rung, sub_rung, effective_cost FROM ladder WHERE effective_cost <> 0 ORDER BY 1"
        )
        assert rungs.fetchall() == [
            ("commitment_unused", "derived", Decimal("0.45")),
            ("unobserved", None, Decimal("0.45")),
        ]


@pytest.mark.parametrize(
    ("file", "lines", "cost", "credits"),
    [
        (
            "gcp__202011_30c31bca571d9b7f3b2c8459dd8bc34a_2020-11-08_2020-11-11.csv",
            25,
            "0.000032",
            "-0.000032",
        ),
        ("gcp__2022-08-01_5.csv", 9, "0.000012", "0"),
    ],
)
def test_flattened_pulls_whose_credits_python_printed(wh, recordings, file, lines, cost, credits):
    load(wh, GcpExport(str(recordings / "billing/gcp-csv" / file)))
    query = "SELECT count(*), sum(contracted_cost), sum(billed_cost - contracted_cost), sum(x_promotion) FROM cost"
    assert rows(wh, query) == [(lines, Decimal(cost), Decimal(credits), Decimal(credits))]
    assert sum(invoiced(wh).values()) == Decimal(cost) + Decimal(credits)


def test_a_flattened_pull_keeps_labels_and_names(wh, recordings):
    load(wh, GcpExport(str(recordings / "billing/gcp-csv")))
    query = """SELECT service_name, tags, sub_account_name, charge_period_start FROM cost
        WHERE map_extract_value(tags, 'goog-resource-type') = 'bigquery_dataset' ORDER BY line_no LIMIT 1"""
    told = ("Stackdriver Logging", {"goog-resource-type": "bigquery_dataset"}, "cloud-billing")
    assert rows(wh, query) == [(*told, datetime(2020, 11, 9, 23))]
    assert rows(wh, "SELECT DISTINCT resource_id FROM cost WHERE resource_id IS NOT NULL") == [("//example",)]


CSV_HEADER = (
    "billing_account_id,usage_start_time,usage_end_time,cost,currency,invoice.month,cost_type,credits,labels"
)
CSV_LINE = "A,2026-10-02 00:00:00+00:00,2026-10-02 01:00:00+00:00,2.5,USD,202610,regular"


@pytest.mark.parametrize(
    "credits",
    [
        """[{'name': "today's", 'type': 'PROMOTION', 'full_name': None, 'amount': -0.5}]""",
        """[{"name": "today's", "type": "PROMOTION", "full_name": null, "amount": -0.5}]""",
    ],
)
def test_a_record_in_a_cell_is_json_or_what_python_prints(wh, tmp_path, credits):
    cell = '"' + credits.replace('"', '""') + '"'
    path = tmp_path / "pull.csv"
    path.write_text(f"{CSV_HEADER}\n{CSV_LINE},{cell},[]\n")
    load(wh, GcpExport(str(path)))
    assert rows(wh, "SELECT billed_cost, x_promotion FROM cost") == [(Decimal(2), Decimal("-0.5"))]
    assert invoiced(wh) == {"2026-10": Decimal(2)}


def test_a_credit_that_cannot_be_read_is_never_a_credit_of_nothing(wh, tmp_path):
    path = tmp_path / "pull.csv"
    path.write_text(f'{CSV_HEADER}\n{CSV_LINE},[],[]\n{CSV_LINE},"[Credit(amount=-0.5)]",[]\n')
    with pytest.raises(SourceError, match=r"line 2: its credits cannot be read: \[Credit\(amount=-0.5\)\]"):
        load(wh, GcpExport(str(path)))


def test_an_idle_reservation_says_so(wh, tmp_path):
    def held(unused):
        told = {"reservation_name": "h100-pool", "is_unused_reservation": unused}
        return line(
            system_labels=[
                {"key": f"compute.googleapis.com/{key}", "value": value} for key, value in told.items()
            ]
        )

    some(wh, tmp_path, held("true"), held("false"), line())
    query = "SELECT capacity_reservation_id, capacity_reservation_status FROM cost ORDER BY ALL"
    assert rows(wh, query) == [("h100-pool", "Unused"), ("h100-pool", "Used"), (None, None)]
