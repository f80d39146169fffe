"""What `status` says, and that `check` finds what is off: each invariant is broken once, on purpose."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from data.check import INVARIANTS, check
from data.home import parquet_dir, snapshot_file
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from data.sql import sql
from data.status import status
from data.warehouse import Warehouse
from ingest.options import FocusOptions
from ingest.progress import silent
from ingest.run import run
from ingest.source import Window

HEADER = [
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "BilledCost",
    "ChargeCategory",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ContractedCost",
    "EffectiveCost",
    "ListCost",
    "ProviderName",
    "ServiceName",
    "SubAccountId",
]
LINES = (
    "100,USD,2026-10-01,1.10,Usage,2026-10-05T00:00:00Z,2026-10-05T01:00:00Z,1.10,1.10,2,AWS,Amazon EC2,111",
    "100,USD,2026-10-01,2.000000000001,Usage,2026-10-06T00:00:00Z,2026-10-06T01:00:00Z,2,2.000000000001,2,AWS,EC2,111",
    "100,USD,2026-11-01,-0.30,Credit,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,-0.30,-0.30,-0.30,AWS,AWS Credits,111",
)
BILL = "\n".join([",".join(HEADER), *LINES, ""])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A store with one FOCUS bill: October 3.100000000001, November −0.30."""
    folder = tmp_path_factory.mktemp("loaded")
    bill = folder / "bill.csv"
    bill.write_text(BILL)
    with Warehouse.open(folder / "store") as warehouse:
        outcome = run(
            warehouse, [("bill", FocusOptions(location=str(bill)))], Window(), ModelSettings(), silent
        )
    assert not outcome.failed, outcome.results
    return folder / "store"


@pytest.fixture
def store(loaded, home):
    """A copy of it to break; opened once, so that it finds its files in the new place."""
    shutil.copytree(loaded, home)
    Warehouse.open(home).close()
    return home


def tamper(home, *statements):
    """Changes the newest snapshot behind the store's back; views become tables first."""
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        for relation in ("cost", "part", "gpu_hour"):
            con.execute(f"CREATE TABLE was_{relation} AS FROM {relation}")
            kind = (
                "VIEW"
                if relation
                in {
                    name
                    for (name,) in con.execute(
                        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
                    ).fetchall()
                }
                else "TABLE"
            )
            con.execute(f"DROP {kind} {relation}")
            con.execute(f"ALTER TABLE was_{relation} RENAME TO {relation}")
        for statement in statements:
            con.execute(statement).fetchall()


def broken(home):
    """sentence → violations of every invariant that does not hold."""
    return {
        finding.sentence: finding.violations for finding in check(open_latest(home)) if finding.violations
    }


def test_status_of_a_small_bill_to_the_last_digit(store):
    found = status(open_latest(store)).as_json()
    assert json.loads(json.dumps(found)) == found
    assert found.pop("published_at").endswith("Z")
    assert found == {
        "snapshot": str(snapshot_file(store, 1)),
        "coverage": None,
        "sources": [
            {
                "source": "bill",
                "kind": "focus",
                "rows": 3,
                "rejected": 0,
                "data_through": "2026-11-02T00:00:00Z",
                "last_status": "loaded",
                "last_message": None,
                "periods": [
                    {
                        "billing_period": "2026-10-01",
                        "currency": "USD",
                        "rows": 2,
                        "billed_cost": "3.100000000001",
                        "effective_cost": "3.100000000001",
                    },
                    {
                        "billing_period": "2026-11-01",
                        "currency": "USD",
                        "rows": 1,
                        "billed_cost": "-0.3",
                        "effective_cost": "-0.3",
                    },
                ],
            }
        ],
        "unexplained": [
            {"billing_period": "2026-10-01", "currency": "USD", "amount": "0"},
            {"billing_period": "2026-11-01", "currency": "USD", "amount": "0"},
        ],
        "missing_rates": [],
        "restatements": [],
        "device_excess": [],
    }


def test_telemetry_has_months_and_no_money(home):
    """Rows are counted per UTC month of what was seen; the data ends with the last hour."""
    with Warehouse.open(home) as warehouse:
        with warehouse.load("prom", "prometheus", "telemetry") as load:
            for hour in (datetime(2026, 9, 30, 23), datetime(2026, 10, 1, 0), datetime(2026, 10, 1, 1)):
                load.con.execute(
                    "INSERT INTO traffic (source, load_id, hour, model, requests_ok, requests_failed) "
                    "VALUES ('prom', $load_id, $hour, 'llama', 1, 0)",
                    {"load_id": load.load_id, "hour": hour},
                ).fetchall()
            load.finish(rows=3, window=(datetime(2026, 9, 30), datetime(2026, 10, 2)))
        warehouse.publish(ModelSettings())
    (source,) = status(open_latest(home)).sources
    assert (source.rows, source.data_through) == (3, datetime(2026, 10, 1, 2))
    assert [
        (p.billing_period, p.rows, p.currency, p.billed_cost, p.effective_cost) for p in source.periods
    ] == [
        (date(2026, 9, 1), 1, None, None, None),
        (date(2026, 10, 1), 2, None, None, None),
    ]


def test_a_damaged_effective_cost_is_unknown_in_status(recordings, home):
    """The official sample: BilledCost is 20.52022672899 in 1,000 lines, EffectiveCost is of no use."""
    sample = recordings / "billing" / "focus-official" / "focus_sample.csv"
    with Warehouse.open(home) as warehouse:
        run(warehouse, [("focus", FocusOptions(location=str(sample)))], Window(), ModelSettings(), silent)
    found = status(open_latest(home))
    (source,) = found.sources
    assert source.rows == 1000
    assert sum(p.billed_cost for p in source.periods) == Decimal("20.52022672899")
    assert [(f"{p.billing_period:%Y-%m}", p.rows, p.effective_cost) for p in source.periods] == [
        ("2024-09", 999, None),
        ("2024-10", 1, None),
    ]
    assert {row.amount for row in found.unexplained} == {Decimal(0)}


def test_status_does_not_let_days_cancel_out(store):
    tamper(
        store,
        "UPDATE ladder SET effective_cost = 5 WHERE rung = 'unexplained' AND day = '2026-10-05'",
        "UPDATE ladder SET effective_cost = -5 WHERE rung = 'unexplained' AND day = '2026-10-06'",
    )
    told = status(open_latest(store)).as_json()["unexplained"]
    assert [row["amount"] for row in told] == ["10", "0"]


def test_a_sound_store_holds_every_invariant(store):
    findings = check(open_latest(store))
    assert [f.violations for f in findings] == [()] * (len(INVARIANTS) + 2)


@pytest.mark.parametrize(
    ("statement", "sentence", "violation"),
    [
        (
            "UPDATE ladder SET billed_cost = 0.000000000001 WHERE rung = 'unexplained' AND day = '2026-10-06'",
            "The ladder explains every invoice total to the last digit",
            "2026-10-01 2026-10-06 AWS 100 111 USD effective 0.000000000000 billed 0.000000000001",
        ),
        (
            "DELETE FROM part WHERE line_id = (SELECT min(line_id) FROM part)",
            "The parts of every charge line sum to the line",
            "parts none",
        ),
        (
            "UPDATE part SET effective_cost = effective_cost + 0.000000000001 WHERE billed_cost = 1.1",
            "The parts of every charge line sum to the line",
            "effective 1.100000000000 parts 1.100000000001",
        ),
        (
            "DELETE FROM ladder WHERE rung = 'credit'",
            "Every rung of the ladder is the sum of its parts",
            "2026-11-01 credit USD ladder none parts -0.300000000000",
        ),
        (
            "UPDATE ladder SET billed_cost = billed_cost + 1 WHERE rung = 'credit'",
            "Every rung of the ladder is the sum of its parts",
            "2026-11-01 credit USD",
        ),
        (
            "INSERT INTO ladder BY NAME SELECT * REPLACE ('nobody' AS rung, 0 AS effective_cost, 0 AS billed_cost) "
            "FROM ladder WHERE rung = 'credit'",
            "Every rung of the ladder is the sum of its parts",
            "2026-11-01 nobody USD ladder 0.000000000000 parts none",
        ),
        (
            "INSERT INTO cost BY NAME SELECT * REPLACE ('copy' AS source) FROM cost LIMIT 1",
            "No account's billing period comes from two sources",
            "AWS 100 2026-10-01 in bill, copy",
        ),
        (
            "INSERT INTO gpu_hour BY NAME SELECT 'GPU-1' AS parent_id, TIMESTAMP '2026-10-05' AS hour, "
            "x AS observed_seconds, 0 AS unobserved_seconds FROM (VALUES (1800), (1801)) t(x)",
            "No device has more than 3,600 seconds in an hour",
            "device GPU-1 hour 2026-10-05 00:00:00 has 3601.0 seconds",
        ),
        (
            "UPDATE load SET rows = 4",
            "Every cost load still has the lines that it loaded",
            "of bill should have 4 lines and has 3",
        ),
    ],
)
def test_check_sees_each_invariant_broken(store, statement, sentence, violation):
    tamper(store, statement)
    violations = broken(store)
    assert sentence in violations
    assert violation in violations[sentence][0]


def test_check_names_a_missing_file_and_still_asks_what_it_can(store):
    (file,) = parquet_dir(store).glob("bill/2026-10/*/cost.parquet")
    file.unlink()
    violations = broken(store)
    name = file.relative_to(store).as_posix()
    assert violations["Every Parquet file is there and has its rows"] == (f"{name} is missing",)
    assert "lists 1 files that are gone" in violations["Every kept snapshot opens and finds its files"][0]
    assert violations["No account's billing period comes from two sources"][0].startswith("cannot be asked")
    assert "The ladder explains every invoice total to the last digit" not in violations


def test_check_counts_the_rows_of_each_file(store):
    (file,) = parquet_dir(store).glob("bill/2026-10/*/cost.parquet")
    duckdb.connect().sql(f"COPY (FROM read_parquet('{file}') LIMIT 1) TO '{file}.new' (FORMAT parquet)")
    file.with_name(file.name + ".new").replace(file)
    assert broken(store)["Every Parquet file is there and has its rows"] == (f"{file} has 1 rows, not 2",)


def test_check_finds_nothing_wrong_with_a_kept_snapshot_of_an_older_version(store):
    """After an upgrade readers refuse it, but it is whole, and `check` must not end over it."""
    with duckdb.connect(str(snapshot_file(store, 1))) as con:
        con.execute("UPDATE snapshot SET schema_version = 0")
    with Warehouse.open(store) as warehouse:
        warehouse.record_failure("bill", "focus", "cost", OSError("gone"))
        warehouse.publish(ModelSettings())
    assert [snapshot.generation for snapshot in open_latest(store).generations()] == [1, 2]
    assert broken(store) == {}


def test_check_names_a_snapshot_that_does_not_open(store):
    with Warehouse.open(store) as warehouse:
        warehouse.record_failure("bill", "focus", "cost", OSError("gone"))
        warehouse.publish(ModelSettings())
    snapshot_file(store, 1).write_bytes(b"not a database")
    (violation,) = broken(store)["Every kept snapshot opens and finds its files"]
    assert violation.startswith("serving-000001.duckdb does not open")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("AWS", "000000000001"), ("AWS", "1"), True),
        (("CoreWeave", "x"), ("coreweave", "X"), True),
        (("Microsoft", "/a/8"), ("Microsoft", "/A/8/billingProfiles/P"), True),
        (("Microsoft", "/a/8/billingProfiles/P"), ("Microsoft", "/a/8/billingProfiles/Q"), False),
        (("AWS", "1"), ("AWS", "10"), False),
        (("AWS", "1"), ("GCP", "1"), False),
    ],
)
def test_a_bill_of_two_sources_is_found_however_it_is_spelled(one, other, same):
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE cost (source VARCHAR, provider VARCHAR, billing_account_id VARCHAR, billing_period DATE)"
        )
        for source, bill in (("a", one), ("b", other), ("b", other)):
            con.execute("INSERT INTO cost VALUES (?, ?, ?, DATE '2026-10-01')", [source, *bill])
        found = con.execute(sql("query/check/two_sources")).fetchall()
    assert found == ([(f"{one[0]} {one[1]} 2026-10-01 in a, b",)] if same else [])
