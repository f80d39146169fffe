"""Commitments in `export focus`: told as FOCUS wants them, with exact sums, and the same ladder on the way back."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from bills import COMMITMENTS, COVERED, NEGATION, PLAN, PLAN_FEE, RESERVATION
from cost_store import GCP_LINE, write_csv, write_ndjson
from hypothesis import given, settings
from hypothesis import strategies as st
from round_trip import AMOUNTS, WHOLE, stated, totals, trip

from ingest.sources.aws_cur import AwsCur
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport


def cur(folder, lines):
    return AwsCur(str(write_csv(folder / "cur.csv", lines)))


def test_commitments_are_told_as_focus_wants_them(tmp_path):
    made = trip(tmp_path, cur(tmp_path, COMMITMENTS))
    told = [
        (
            row["x_LineNo"],
            row["ChargeCategory"],
            row["CommitmentDiscountStatus"],
            row["BilledCost"],
            row["EffectiveCost"],
        )
        for row in sorted(made.file, key=lambda row: (row["x_LineNo"], row["ChargeCategory"]))
    ]
    assert told == [
        (1, "Usage", None, Decimal("55.04"), Decimal("55.04")),
        (2, "Usage", "Used", 0, 60),
        (3, "Usage", "Used", 0, 0),  # what took the price of the usage off again
        (4, "Purchase", None, 100, 0),
        (4, "Usage", "Unused", 0, 40),
        (5, "Usage", "Used", 0, 30),
        (6, "Purchase", None, 50, 0),
        (6, "Usage", "Unused", 0, 20),
        (7, "Tax", None, 3, 3),
    ]
    for commitment, fee in ((PLAN, 100), (RESERVATION, 50)):
        rows = [row for row in made.file if row["CommitmentDiscountId"] == commitment]
        assert sum(row["BilledCost"] for row in rows if row["ChargeCategory"] == "Purchase") == fee
        assert sum(row["EffectiveCost"] for row in rows if row["ChargeCategory"] == "Usage") == fee
    assert totals(made.file) == stated(made.before["sums"])
    assert sum(row["BilledCost"] for row in made.file) == Decimal("208.04")  # 55.04 + 100 + 50 + 3


def test_a_bill_with_commitments_comes_back_and_is_told_the_same_again(tmp_path):
    made = trip(tmp_path, cur(tmp_path, COMMITMENTS))
    made.check(*AMOUNTS, "ladder")
    again = trip(tmp_path / "twice", Focus(str(tmp_path / "out.parquet")))

    def rows(file):
        return Counter(
            tuple(
                value
                for name, value in row.items()
                if name not in ("x_Source", "x_LoadId", "x_FileId", "x_LineNo")
            )
            for row in file
        )

    assert rows(again.file) == rows(made.file)


def test_what_covered_usage_and_its_negation_leave_stays_in_the_sum(tmp_path):
    rounded = NEGATION | {"line_item_unblended_cost": "-98.3199999999"}
    made = trip(tmp_path, cur(tmp_path, [COVERED, COVERED, rounded, rounded, PLAN_FEE]))
    made.check(*AMOUNTS)
    assert totals(made.file) == stated(made.before["sums"])
    billed = {row["x_LineNo"]: row["BilledCost"] for row in made.file if row["ChargeCategory"] == "Usage"}
    assert billed | {5: 0} == {1: 0, 2: 0, 3: Decimal("2e-10"), 4: 0, 5: 0}
    named = {row["x_LineNo"]: row["x_BilledCost"] for row in made.file}
    assert [named[no] for no in (1, 3, 5)] == [Decimal("98.32"), Decimal("-98.3199999999"), None]


def test_covered_usage_whose_negation_is_not_there_stays_as_it_is_billed(tmp_path):
    elsewhere = NEGATION | {"line_item_usage_account_id": "000000000012"}
    made = trip(tmp_path, cur(tmp_path, [COVERED, elsewhere]))
    made.check()
    assert sorted(row["BilledCost"] for row in made.file) == [Decimal("-98.32"), Decimal("98.32")]


@settings(max_examples=8, deadline=None, phases=WHOLE)
@given(
    lines=st.lists(
        st.builds(
            lambda line, told: line | told,
            st.sampled_from(COMMITMENTS),
            st.fixed_dictionaries(
                {
                    "line_item_unblended_cost": st.decimals(0, 200, places=10).map(str),
                    "line_item_net_unblended_cost": st.sampled_from(["", "12.5"]),
                    "line_item_usage_account_id": st.sampled_from(["000000000011", "000000000012"]),
                    "line_item_usage_start_date": st.sampled_from(
                        ["2026-10-02T00:00:00Z", "2026-10-09T00:00:00Z"]
                    ),
                    "line_item_usage_end_date": st.sampled_from(
                        ["2026-10-09T01:00:00Z", "2026-10-09T23:59:59Z"]
                    ),
                },
                optional={
                    "savings_plan_savings_plan_a_r_n": st.sampled_from(["", PLAN]),
                    "savings_plan_savings_plan_effective_cost": st.sampled_from(["", "7"]),
                    "savings_plan_used_commitment": st.sampled_from(["", "100"]),
                    "reservation_effective_cost": st.sampled_from(["", "0.1"]),
                    "pricing_public_on_demand_cost": st.just(""),
                },
            ),
        ),
        min_size=1,
        max_size=14,
    )
)
def test_any_bill_of_commitments_comes_back(lines):
    with TemporaryDirectory() as folder:
        made = trip(Path(folder), cur(Path(folder), lines))
        made.check(*AMOUNTS)
        assert totals(made.file) == stated(made.before["sums"])


def test_a_commitment_of_google_follows_its_credits_on_the_way_back_too(tmp_path):
    sku = {"id": "S-2", "description": "Commitment v1: A2 Core in Americas for 1 Year"}
    fee = GCP_LINE | {"sku": sku, "cost": 5.0, "credits": None}
    credit = {"type": "COMMITTED_USAGE_DISCOUNT", "name": "cud", "amount": -3.0}
    used = GCP_LINE | {"cost": 6.0, "credits": [credit], "resource": {"name": "vm", "global_name": "//vm"}}
    made = trip(tmp_path, GcpExport(str(write_ndjson(tmp_path / "bill.json", [fee, used]))))
    made.check(*AMOUNTS, "ladder")
    assert ("covered", Decimal("2.5")) in {("covered", row[7]) for row in made.before["commitment_day"]}
