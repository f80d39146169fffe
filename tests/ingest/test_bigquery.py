"""Billing exports in BigQuery, asked through the real client: what is new arrives once, whole, to the last digit."""

from __future__ import annotations

import gzip
import itertools
import json
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bigquery_server import DETAILED, NATIVE_FOCUS, PRICING, PROJECT, STANDARD, Dataset, emulator
from click.testing import CliRunner
from cost_store import GCP_LINE, invoiced, load, rows, store_state, sums, write_ndjson
from google.api_core.exceptions import PermissionDenied
from google.cloud.bigquery_storage_v1 import BigQueryReadClient

from data.model.settings import ModelSettings
from ingest.__main__ import main
from ingest.bigquery import TIB, Estimate, ask, batches, parse
from ingest.diagnosis.tables import filled
from ingest.load_bigquery import known_months, load_bigquery
from ingest.load_prices import load_prices
from ingest.options import GcpOptions
from ingest.source import SourceError, Window
from ingest.sources.gcp import GcpExport
from ingest.sources.gcp_bigquery import open_export
from ingest.sources.gcp_price_export import GcpPriceExport

pytestmark = pytest.mark.bigquery

TODAY = date(2026, 11, 20)
TABLE = "gcp_billing_export_resource_v1_01AAAA"
NUMBER = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with emulator(tmp_path_factory.mktemp("bigquery")) as running:
        yield running


@pytest.fixture
def dataset(server):
    client, url, grpc_port = server
    name = f"billing_{next(NUMBER)}"
    client.create_dataset(name)
    return Dataset(client, name, url, grpc_port)


def line(month="202610", exported="2026-10-03T00:00:00Z", **told):
    return deepcopy(GCP_LINE) | {"invoice": {"month": month}, "export_time": exported} | told


def credit(amount, kind="PROMOTION", name="x"):
    return {"name": name, "id": name, "full_name": "", "type": kind, "amount": amount}


@pytest.fixture
def export(dataset, wh):
    """An empty detailed export, how to add rows to it, and how to load it."""

    class Export:
        location = dataset.create(TABLE, DETAILED)
        endpoint_url = dataset.endpoint_url
        told: list[str]

        def add(self, *lines):
            dataset.append(TABLE, lines)

        def load(self, window=None):
            self.told = []
            options = GcpOptions(location=self.location, endpoint_url=dataset.endpoint_url)
            progress = lambda text, _=None: self.told.append(text)  # noqa: E731
            return load_bigquery(wh, "gcp", options, window or Window(), progress, today=TODAY)

        def months(self, window=None):
            return {f"{r.billing_period:%Y%m}": (r.status, r.rows) for r in self.load(window)}

    return Export()


def test_a_table_says_what_its_rows_say_as_a_file(wh, export, tmp_path):
    told = [
        line(
            credits=[credit(-1.25), credit(-0.25, "COMMITTED_USAGE_DISCOUNT")],
            labels=[{"key": "team", "value": "search"}],
            system_labels=[{"key": "compute.googleapis.com/machine_spec", "value": "g2-standard-4"}],
            resource={"name": "vm", "global_name": "//compute/1"},
            subscription={"instance_id": "cud-1"},
            cost_at_list=9,
        ),
        line(cost=1.81e-8),
        line(cost=-3.5, adjustment_info={"id": "A", "type": "USAGE_CORRECTION", "mode": "COMPLETE_NEGATION"}),
        line(cost_type="tax", project=None, cost=0.1),
        line(month="202611"),
    ]
    order = "ORDER BY billing_period, billed_cost"
    compared = f"SELECT * EXCLUDE (source, load_id, file_id, line_id, line_no, x_credits) FROM cost {order}"
    load(wh, GcpExport(str(write_ndjson(tmp_path / "export.ndjson", told))))
    first, totals = rows(wh, compared), invoiced(wh)
    export.add(*told)
    assert export.months() == {"202610": ("loaded", 4), "202611": ("loaded", 1)}
    assert rows(wh, compared) == first
    assert invoiced(wh) == totals == {"2026-10": Decimal("-1.3999999819"), "2026-11": Decimal("3.5")}


def test_the_recorded_export_sums_to_the_last_digit(wh, export, recordings):
    path = recordings / "billing/gcp-resource-jsonl/gcp_billing_export_resource.ndjson.gz"
    with gzip.open(path, "rt") as file:
        told = [json.loads(text) for text in file]
    for row in told:  # the generator wrote one object where BigQuery has an array
        row["credits"] = [row["credits"]] if row["credits"] else []
    names = {column.name: {member.name for member in column.fields} for column in DETAILED}
    export.add(*({k: _known(v, names[k]) for k, v in row.items() if k in names} for row in told))
    assert sum(result.rows for result in export.load()) == 5088
    query = "SELECT sum(contracted_cost), sum(x_promotion), sum(billed_cost) FROM cost"
    assert rows(wh, query) == [(Decimal("24741.60"), Decimal("-2272.80"), Decimal("22468.80"))]
    assert sum(invoiced(wh).values()) == Decimal("22468.80")


def _known(value, members):
    """Without the members that the emulator's table does not have."""
    if isinstance(value, list):
        return [_known(item, members) for item in value]
    return {k: v for k, v in value.items() if k in members} if isinstance(value, dict) else value


def test_the_sku_rows_of_a_machine_become_one_machine_whose_bill_is_explained(wh, export):
    """20 minutes of two A100s: core 1 + memory 0.5 + GPU 6, and 0.3 of disk beside; telemetry saw nothing of it."""
    skus = {
        "A2 Instance Core running in Americas": (1, 24 * 1200),
        "A2 Instance Ram running in Americas": (0.5, 170 * 1200),
        "Nvidia Tesla A100 GPU running in Americas": (6, 2 * 1200),
        "SSD backed Local Storage": (0.3, 375 * 1200),
    }
    for sku, (cost, amount) in skus.items():
        export.add(
            line(
                sku={"id": sku[:4], "description": sku},
                cost=cost,
                usage={"amount": amount, "unit": "seconds"},
                resource={"name": "vm", "global_name": "//compute.googleapis.com/vm"},
                system_labels=[{"key": "compute.googleapis.com/machine_spec", "value": "a2-highgpu-2g"}],
            )
        )
    export.load()
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        rungs = con.execute("SELECT rung, sum(effective_cost) FROM ladder GROUP BY 1 ORDER BY 1").fetchall()
        assert [(rung, amount) for rung, amount in rungs if amount] == [
            ("shared", Decimal("0.3")),
            ("unobserved", Decimal("7.5")),
        ]
        told = con.execute("SELECT count(*), sum(billed_seconds), sum(cost), min(gpu_model) FROM gpu_hour")
        assert told.fetchone() == (2, 2 * 1200, Decimal("7.5"), "A100 40GB")


def test_the_same_table_twice_is_read_once(wh, export):
    export.add(line(), line("202611"))
    export.load()
    assert sum("rows of" in text for text in export.told) == 2
    once = store_state(wh)
    assert export.months() == {"202610": ("unchanged", 1), "202611": ("unchanged", 1)}
    assert not any("rows of" in text for text in export.told)
    assert store_state(wh) == once


def test_late_rows_bring_their_invoice_month_and_no_other(wh, export):
    """M and M−1 are looked at always; of the rest, only a month that got rows since."""
    export.add(
        *(
            line(month, f"{month[:4]}-{month[4:]}-10T00:00:00Z")
            for month in ("202608", "202609", "202610", "202611")
        )
    )
    export.load()
    export.add(line("202608", "2026-11-19T06:00:00Z", cost=0.25))
    assert export.months() == {
        "202608": ("loaded", 2),
        "202610": ("unchanged", 1),
        "202611": ("unchanged", 1),
    }
    assert invoiced(wh)["2026-08"] == Decimal("3.75")
    assert sums(wh)[0] == ("2026-08", 2, Decimal("3.75"), Decimal("3.75"))


def test_a_correction_keeps_its_usage_date_and_stands_on_a_later_invoice(wh, export):
    """Negated and charged anew in November for usage of August: both are charges of November, and none is merged."""
    usage = {"usage_start_time": "2026-08-02T00:00:00Z", "usage_end_time": "2026-08-02T01:00:00Z"}
    export.add(line("202608", "2026-08-03T00:00:00Z", **usage), line("202610"))
    export.load()
    fix = {"id": "A", "type": "PRICE_CORRECTION", "mode": "COMPLETE_NEGATION_WITH_REMONETIZATION"}
    late = {"month": "202611", "exported": "2026-11-05T00:00:00Z", "adjustment_info": fix, **usage}
    export.add(line(cost=-3.5, **late), line(cost=3, **late), line(cost=3, **late))
    assert export.months() == {"202610": ("unchanged", 1), "202611": ("loaded", 3)}
    assert sums(wh)[-1] == ("2026-11", 3, Decimal("2.5"), Decimal("2.5"))
    query = "SELECT DISTINCT charge_period_start, charge_class FROM cost WHERE billing_period = '2026-11-01'"
    assert rows(wh, query) == [(datetime(2026, 8, 2), "Correction")]


def test_the_first_run_goes_13_months_back_and_since_goes_further(export):
    export.add(line("202510"), line("202511"), line("202610"))
    assert export.months() == {"202511": ("loaded", 1), "202610": ("loaded", 1)}
    told = export.months(Window(datetime(2025, 1, 1), datetime(2026, 1, 1)))
    assert told == {"202510": ("loaded", 1), "202511": ("unchanged", 1)}


def test_months_that_a_broken_first_run_left_out_are_made_up_for(export):
    export.add(line("202607"), line("202608"), line("202609"))
    export.load(Window(datetime(2026, 9, 1)))
    export.load(Window(datetime(2026, 7, 1), datetime(2026, 8, 1)))
    assert export.months() == {"202608": ("loaded", 1)}


@pytest.mark.parametrize("partitioned_by", [None, "", "export_time", "usage_start_time"])
def test_however_the_table_is_partitioned(wh, dataset, partitioned_by):
    location = dataset.create("copy", DETAILED, partitioned_by)
    old = {"usage_start_time": "2025-12-31T23:00:00Z", "usage_end_time": "2026-01-01T00:00:00Z"}
    dataset.append(
        "copy", [line("202610", "2026-11-19T00:00:00Z", **old), line("202610", "2026-10-01T07:00:00Z")]
    )
    options = GcpOptions(location=location, endpoint_url=dataset.endpoint_url)
    (result,) = load_bigquery(wh, "gcp", options, Window(), today=TODAY)
    assert (result.rows, sums(wh)) == (2, [("2026-10", 2, Decimal(7), Decimal(7))])


@pytest.mark.parametrize(
    ("partitioned_by", "column"), [("", "_PARTITIONTIME"), ("export_time", "export_time")]
)
def test_rows_are_asked_for_by_load_time_and_by_usage_time(wh, dataset, monkeypatch, partitioned_by, column):
    """Else every partition is scanned and paid for; the emulator has none, so the question itself is read."""
    asked = []

    def heard(client, query, told, **options):
        asked.append((query, told))
        return ask(client, query, told, **options)

    monkeypatch.setattr("ingest.sources.gcp_bigquery.ask", heard)
    location = dataset.create("copy", DETAILED, partitioned_by)
    dataset.append("copy", [line(exported="2026-10-03T00:00:00Z"), line(exported="2026-11-01T07:00:00Z")])
    options = GcpOptions(location=location, endpoint_url=dataset.endpoint_url)
    load_bigquery(wh, "gcp", options, Window(), today=TODAY)
    query, told = asked[-1]
    assert f"({column} >= @loaded_from AND {column} < @loaded_until OR {column} IS NULL)" in query
    assert "usage_start_time BETWEEN @used_from AND @used_until" in query
    if column == "export_time":  # the emulator knows no _PARTITIONTIME of its own
        assert (
            told["loaded_from"].date() <= date(2026, 10, 3) < date(2026, 11, 1) < told["loaded_until"].date()
        )
        assert told["loaded_from"].date() >= date(2026, 10, 1)
    assert told["used_from"] == told["used_until"] == datetime(2026, 10, 2, tzinfo=UTC)


def deliveries(export, dataset):
    """What a first load would go through, one at a time, so that a test can act in between."""
    source = open_export(export.location, Decimal("6.25"), endpoint_url=dataset.endpoint_url)
    source.today = TODAY
    return source.fetch(Window())


def test_rows_that_come_while_it_reads_wait_for_the_next_run(export, dataset):
    export.add(line())
    found = deliveries(export, dataset)
    (file,) = next(found).files
    export.add(line(exported="2026-10-04T00:00:00Z"))
    file.bring()
    found.close()
    assert export.months() == {"202610": ("loaded", 2)}


def test_rows_that_vanish_while_it_reads_stop_the_load(export, dataset):
    export.add(line(), line())
    found = deliveries(export, dataset)
    (file,) = next(found).files
    dataset.drop(TABLE)
    dataset.create(TABLE, DETAILED)
    export.add(line())
    with pytest.raises(SourceError, match="counted 2 rows of invoice month 202610 and handed over 1"):
        file.bring()


def test_a_table_that_lost_rows_never_replaces_a_month(wh, export, dataset):
    export.add(line(), line())
    export.load()
    once = store_state(wh)
    dataset.drop(TABLE)
    dataset.create(TABLE, DETAILED)
    export.add(line())
    with pytest.raises(SourceError, match="states 1 rows of invoice month 202610, and it stated 2"):
        export.load()
    assert store_state(wh) == once


def test_a_month_is_followed_to_its_table_by_readable_words(wh, export):
    export.add(line(credits=[credit(-1.25)]), line(exported="2026-10-04T05:06:07.123456Z"))
    export.load()
    uri = f"{export.location}/202610"
    told = "lines=2 billed=5.75 exported=2026-10-04T05:06:07.123456Z"
    assert wh.con.execute("SELECT uri, etag, rows FROM file").fetchall() == [(uri, told, 2)]
    (state,) = known_months(wh.con, "gcp", export.location).values()
    assert f"{state.exported:%Y-%m-%d %H:%M:%S.%f %Z}" == "2026-10-04 05:06:07.123456 UTC"


def test_a_standard_export_says_that_it_knows_no_machines(wh, dataset):
    location = dataset.create("gcp_billing_export_v1_01AAAA", STANDARD)
    dataset.append("gcp_billing_export_v1_01AAAA", [line()])
    options = GcpOptions(location=location, endpoint_url=dataset.endpoint_url)
    (result,) = load_bigquery(wh, "gcp", options, Window(), today=TODAY)
    assert "names no resources" in result.message
    assert "Turn the detailed export on" in result.message
    assert rows(wh, "SELECT billed_cost, resource_id FROM cost") == [(Decimal("3.5"), None)]


FOCUS_ROW = {
    "ProviderName": "Google Cloud",
    "BillingAccountId": "01AAAA-BBBBBB-CCCCCC",
    "SubAccountId": "p",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-10-01T07:00:00Z",  # Pacific time, as in Google's own guide
    "BillingPeriodEnd": "2026-11-01T07:00:00Z",
    "ChargePeriodStart": "2026-10-02T00:00:00Z",
    "ChargePeriodEnd": "2026-10-02T01:00:00Z",
    "ChargeCategory": "usage",
    "ChargeDescription": "Nvidia L4 GPU running in Iowa",
    "ServiceName": "Compute Engine",
    "ResourceId": "//compute/1",
    "BilledCost": "2.000000001",
    "EffectiveCost": "2.000000001",
    "ContractedCost": "3.5",
    "ListCost": "4",
    "ConsumedQuantity": "3600",
    "ConsumedUnit": "seconds",
    "x_ExportTime": "2026-10-03T00:00:00Z",
    "x_Credits": [
        {"Name": "x", "Id": "x", "Type": "PROMOTION", "Amount": "-1.25"},
        {"Name": "y", "Id": "y", "Type": "COMMITTED_USAGE_DISCOUNT", "Amount": "-0.249999999"},
    ],
    "x_Labels": [{"Key": "team", "Value": "search"}],
    "x_SystemLabels": [{"Key": "compute.googleapis.com/machine_spec", "Value": "g2-standard-4"}],
    "x_SubscriptionInstanceId": "cud-1",
}


def test_the_native_focus_export_says_in_columns_of_its_own_what_focus_lacks(wh, dataset):
    location = dataset.create("gcp_billing_export_focus_01AAAA", NATIVE_FOCUS)
    dataset.append(
        "gcp_billing_export_focus_01AAAA", [FOCUS_ROW, FOCUS_ROW | {"BilledCost": "1", "x_Credits": []}]
    )
    options = GcpOptions(location=location, endpoint_url=dataset.endpoint_url)
    (result,) = load_bigquery(wh, "gcp", options, Window(), today=TODAY)
    assert (result.status, result.rows, result.billing_period) == ("loaded", 2, date(2026, 10, 1))
    query = """SELECT provider, billing_period, charge_category, service_category, sku_description, instance_type, tags,
        commitment_discount_id, billed_cost FROM cost ORDER BY billed_cost DESC"""
    same = ("GCP", date(2026, 10, 1), "Usage", "Compute", "Nvidia L4 GPU running in Iowa", "g2-standard-4")
    told = (*same, {"team": "search"}, "cud-1")
    assert rows(wh, query) == [(*told, Decimal("2.000000001")), (*told, Decimal(1))]
    query = "SELECT x_promotion, x_commitment_credit, commitment_discount_status FROM cost ORDER BY billed_cost DESC"
    assert rows(wh, query) == [
        (Decimal("-1.25"), Decimal("-0.249999999"), "Used"),
        (Decimal(0), Decimal(0), None),
    ]
    assert invoiced(wh) == {"2026-10": Decimal("3.000000001")}


def test_a_dataset_alone_means_its_detailed_export(wh, dataset):
    for table, schema in (
        (TABLE, DETAILED),
        ("gcp_billing_export_v1_01AAAA", STANDARD),
        ("cloud_pricing_export", PRICING),
    ):
        dataset.create(table, schema)
    dataset.append(TABLE, [line()])
    whole = f"bigquery://{PROJECT}.{dataset.name}"
    options = GcpOptions(location=whole, endpoint_url=dataset.endpoint_url)
    assert [result.rows for result in load_bigquery(wh, "gcp", options, Window(), today=TODAY)] == [1]
    dataset.create(f"{TABLE}_other", DETAILED)
    with pytest.raises(SourceError, match=f"holds 2 detailed exports: {TABLE}, {TABLE}_other. Name one"):
        load_bigquery(wh, "gcp", options, Window(), today=TODAY)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "holds no billing export; its tables: cloud_pricing_export, plain"),
        (".nowhere", "there is no such table or dataset"),
        (".plain", "is no billing export: it has neither invoice"),
        (
            ".cloud_pricing_export",
            "is a pricing export. Load it with: python -m ingest prices gcp --table bigquery://",
        ),
    ],
)
def test_what_is_no_billing_export(wh, dataset, table, said):
    dataset.create("plain", STANDARD[:3])
    dataset.create("cloud_pricing_export", PRICING)
    options = GcpOptions(
        location=f"bigquery://{PROJECT}.{dataset.name}{table}", endpoint_url=dataset.endpoint_url
    )
    with pytest.raises(SourceError, match=said):
        load_bigquery(wh, "gcp", options, Window(), today=TODAY)


def test_doctor_tells_an_empty_table_from_a_filled_one(export, doctor):
    told = {"kind": "gcp", "location": export.location, "endpoint_url": export.endpoint_url}
    said, code = doctor(gcp=told)
    assert (code, "mend  The table has no rows." in said) == (1, True)
    export.add(line(), line())
    said, code = doctor(gcp=told)
    assert (code, "good  2 rows; it was changed last on" in said) == (0, True), said


@pytest.mark.parametrize(("days", "state"), [(1, "good"), (4, "doubtful")])
def test_doctor_tells_an_export_that_was_switched_off(days, state):
    now = datetime(2026, 11, 20, 6)
    changed = (now - timedelta(days=days)).replace(tzinfo=UTC)
    table = SimpleNamespace(num_rows=5, table_type="TABLE", streaming_buffer=None, modified=changed)
    (found,) = filled(table, now)
    assert found.state == state
    assert ("4 days ago" in found.said) == (state == "doubtful")


def test_an_empty_table_is_told_not_loaded_as_nothing(export):
    with pytest.raises(SourceError, match="has no rows of the months asked for"):
        export.load()


def test_a_server_that_does_not_answer(wh, monkeypatch):
    monkeypatch.setattr("ingest.bigquery.PATIENCE", 0.1)
    options = GcpOptions(location="bigquery://p.d.t", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(SourceError, match="BigQuery did not answer as expected"):
        load_bigquery(wh, "gcp", options, Window(), today=TODAY)


@pytest.mark.parametrize(
    "location", ["bigquery://", "bigquery://project", "bigquery://p.d.t; DROP", "bigquery://p.d.`t`"]
)
def test_a_location_that_names_no_table(location):
    with pytest.raises(SourceError, match=r"names no BigQuery table. Write bigquery://project.dataset"):
        parse(location)


def test_a_project_may_have_a_domain():
    assert parse("bigquery://example.com:billing-1.export.table") == (
        "example.com:billing-1",
        "export",
        "table",
    )


def test_an_estimate_is_spelled_with_its_price():
    assert str(Estimate(TIB // 2, Decimal("6.25"))) == "512.0 GiB, about 3.1250 USD at 6.25 USD per TiB"
    assert str(Estimate(0, Decimal("6.25"))) == "0 B, about 0.0000 USD at 6.25 USD per TiB"


def test_only_columns_that_somebody_reads_are_paid_for(export, dataset):
    export.add(line())
    (file,) = next(found := deliveries(export, dataset)).files
    file.bring()
    schema = pq.read_schema(file.path)
    found.close()
    assert {"cost", "credits", "labels", "invoice", "usage"} <= set(schema.names)
    assert not {"seller_name", "tags", "transaction_type"} & set(schema.names)
    assert [member.name for member in schema.field("project").type] == ["id", "name"]


def handed_over(dataset, storage, told=lambda _: None):
    """All rows of the table in a fixed order; a table, since the emulator keeps answers from the Storage API.

    Only columns whose spelling is one: a record that is missing may be one of NULLs.
    """
    found = batches(lambda: dataset.client.list_rows(f"{PROJECT}.{dataset.name}.{TABLE}"), storage, told)
    plain = ["cost", "credits", "labels", "usage_start_time", "export_time", "currency", "invoice"]
    return pa.Table.from_batches(found).select(plain).sort_by("cost").to_pylist()


def some(count):
    for n in range(count):
        yield line(cost=n / 8, credits=[credit(-n / 16)] * (n % 3), labels=[{"key": "n", "value": str(n)}])


def test_rows_are_the_same_by_rest_and_by_the_storage_api(export, dataset):
    export.add(*some(300))
    by_rest = handed_over(dataset, None)
    assert len(by_rest) == 300
    assert handed_over(dataset, dataset.storage()) == by_rest


def test_without_the_right_to_the_storage_api_rows_come_by_rest(export, dataset, monkeypatch):
    def refuse(*_, **__):
        raise PermissionDenied("bigquery.readsessions.create denied")

    export.add(*some(300))
    monkeypatch.setattr(BigQueryReadClient, "create_read_session", refuse)
    told = []
    assert handed_over(dataset, dataset.storage(), told.append) == handed_over(dataset, None)
    assert told == [
        "reading slowly, by REST: grant BigQuery Read Session User (bigquery.readsessions.create denied)"
    ]


@pytest.fixture
def call(dataset, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INFERLEDGER_CONFIG", raising=False)
    more = ["--endpoint-url", dataset.endpoint_url]
    return lambda *words: CliRunner().invoke(main, [*words, *more])


def test_a_dry_run_tells_the_price_and_touches_nothing(home, call, dataset):
    location = dataset.create(TABLE, DETAILED)
    dataset.append(TABLE, [line()])
    told = call("gcp", location, "--dry-run", "--since", "2026-10-01")
    assert told.exit_code == 0, told.output
    said = " ".join(told.output.split())
    assert (
        "nothing was scanned. A load would scan, for finding what has changed: 0 B, about 0.0000 USD" in said
    )
    assert "reading the rows, at most: 0 B" in said
    assert not home.exists()
    done = call("gcp", location, "--since", "2026-10-01")
    assert done.exit_code == 0, done.output
    assert "finding late rows" in " ".join(call("gcp", location, "--dry-run").output.split())


@pytest.mark.usefixtures("home")
def test_a_pricing_export_is_no_bill_and_fills_the_prices(call, dataset):
    location = dataset.create("cloud_pricing_export", PRICING)
    dataset.append("cloud_pricing_export", [price("L-1", "Nvidia L4 GPU running in Iowa", "0.56")])
    refused = call("gcp", location)
    assert refused.exit_code == 1
    assert "python -m ingest prices gcp --table" in " ".join(refused.output.split())
    told = call("prices", "gcp", "--table", location)
    assert told.exit_code == 0, told.output
    assert "prices-gcp" in told.output


def price(
    sku, description, amount, day=None, quantity="1", service="6F81-5844-456A", regions=("us-central1",)
):
    moment = f"{day or datetime.now():%Y-%m-%d}T00:00:00Z"
    rate = {
        "pricing_unit_quantity": quantity,
        "start_usage_amount": "0",
        "usd_amount": "9",
        "account_currency_amount": amount,
    }
    return {
        "export_time": moment,
        "pricing_as_of_time": moment,
        "service": {"id": service, "description": "Compute Engine"},
        "sku": {"id": sku, "description": description},
        "geo_taxonomy": {"type": "REGIONAL", "regions": list(regions)},
        "pricing_unit": "h",
        "account_currency_code": "EUR",
        "list_price": {"tiered_rates": [rate]},
    }


def test_a_pricing_export_gives_prices_in_the_account_s_currency(wh, dataset):
    today = datetime.now()
    yesterday = today - timedelta(days=1)
    location = dataset.create("cloud_pricing_export", PRICING, "export_time")
    dataset.append(
        "cloud_pricing_export",
        [
            price("L-1", "Nvidia L4 GPU running in Iowa", "0.99", yesterday),
            price("L-1", "Nvidia L4 GPU running in Iowa", "0.56", today, regions=("us-central1", "us-east4")),
            price("B-1", "A4 Nvidia B200 (1 gpu slice) attached to Spot Preemptible VMs", "7", today),
            price("C-1", "A3Ultra Instance Core running in Iowa", "30", today, quantity="1000"),
            price("Q-1", "Commitment v1: Nvidia H100 80GB GPU in Iowa for 1 Year", "5", today),
            price("N-1", "N1 Predefined Instance Core running in Iowa", "0.03", today),
            price("V-1", "Nvidia L4 GPU running in Iowa", "0.7", today, service="another"),
        ],
    )
    source = GcpPriceExport(location, endpoint_url=dataset.endpoint_url)
    (first,) = load_prices(wh, "prices-gcp", source, Window())
    query = "SELECT sku_id, region_id, usage_type, device_model, unit, unit_price, currency FROM price ORDER BY ALL"
    assert wh.con.execute(query).fetchall() == [
        ("B-1", "us-central1", "Preemptible", "B200", "h", Decimal(7), "EUR"),
        ("C-1", "us-central1", "OnDemand", None, "h", Decimal("0.03"), "EUR"),
        ("L-1", "us-central1", "OnDemand", "L4", "h", Decimal("0.56"), "EUR"),
        ("L-1", "us-east4", "OnDemand", "L4", "h", Decimal("0.56"), "EUR"),
        ("Q-1", "us-central1", "Commit1Yr", "H100 80GB", "h", Decimal(5), "EUR"),
    ]
    assert (first.status, load_prices(wh, "prices-gcp", source, Window())[0].status) == (
        "loaded",
        "unchanged",
    )
