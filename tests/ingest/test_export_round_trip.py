"""What `export focus` writes comes back: each kind of bill, exported and loaded into a new store, is the same bill."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from bills import ACTUAL, AMORTISED, AZURE_LINE, GPU_LINE, OCI_LINE, ON_PREM, PURCHASE, RESERVED, UNUSED
from cost_store import FOCUS_LINE, write_csv
from hypothesis import given, settings
from hypothesis import strategies as st
from round_trip import WHOLE, stated, totals, trip
from small_store import line

from ingest.options import OnPremOptions
from ingest.settings import read_settings
from ingest.sources.aws_cur import AwsCur
from ingest.sources.azure import Azure
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport
from ingest.sources.gpu_csv import GpuCsv
from ingest.sources.oci import Oci
from ingest.sources.on_prem import OnPrem


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (AwsCur, "aws-bucket-gpu/bucket/exports/gpu-cur"),
        (AwsCur, "aws-cur-legacy-real"),
        (GcpExport, "gcp-resource-jsonl"),
        (Azure, "azure-ea"),
        (Azure, "azure-ea/EA_ActualCost_Small.csv"),
        (Azure, "azure-ea/EA_AmortizedCost_Small.csv"),
        (Focus, "focus-official"),
    ],
)
def test_a_recorded_bill_comes_back(recordings, tmp_path, kind, place):
    made = trip(tmp_path, kind(str(recordings / "billing" / place)))
    made.check()
    assert totals(made.file) == stated(made.before["sums"])


def azure(folder, actual=(), amortised=()):
    for name, lines in (("ActualCost", actual), ("AmortizedCost", amortised)):
        if lines:
            write_csv(folder / f"bill/{name}.csv", lines)
    return Azure(str(folder / "bill"))


LATER = AZURE_LINE | {"Date": "10/09/2026", "Cost": "11.5"}


@pytest.mark.parametrize(
    ("actual", "amortised", "billed", "effective"),
    [
        (ACTUAL, AMORTISED, "1288.152", "128.152"),
        (ACTUAL, [], "1288.152", "88.152"),  # use under the reservation is unpriced
        ([], AMORTISED, None, "128.152"),
        ([*ACTUAL, LATER], AMORTISED, "1299.652", "139.652"),
        (ACTUAL, [*AMORTISED, LATER], "1288.152", "139.652"),
    ],
    ids=["both", "actual alone", "amortised alone", "actual goes further", "amortised goes further"],
)
def test_an_azure_bill_comes_back_with_what_is_unknown_of_it(tmp_path, actual, amortised, billed, effective):
    made = trip(tmp_path, azure(tmp_path, actual, amortised))
    made.check()
    sums = totals(made.file)
    told = {cost for _, cost in sums}
    assert told == {"EffectiveCost"} | ({"BilledCost"} if billed else set())
    for cost, amount in (("BilledCost", billed), ("EffectiveCost", effective)):
        assert sum(value for (_, name), value in sums.items() if name == cost) == Decimal(amount or 0)
    assert {row["x_Dataset"] for row in made.file} == {
        *(["ActualCost"] if actual else []),
        *(["AmortizedCost"] if amortised else []),
    }


def test_an_oci_bill_comes_back_with_its_corrections(tmp_path):
    """A machine with GPUs, an equal line, a correction of it, and a fraction that needs all digits."""
    lines = [
        OCI_LINE, OCI_LINE, OCI_LINE | {"cost/myCost": "1.81E-8", "product/resourceId": "ocid1.volume.oc1.iad.v"},
        OCI_LINE | {"cost/myCost": "-80", "lineItem/isCorrection": "true"},
    ]  # fmt: skip
    write_csv(tmp_path / "oci/reports/cost-csv/0001.csv.gz", lines)
    made = trip(tmp_path, Oci(str(tmp_path / "oci")))
    made.check()

    assert totals(made.file) == stated(made.before["sums"])
    billed = sum(value for (_, name), value in totals(made.file).items() if name == "BilledCost")
    assert billed == Decimal("80.0000000181")


MONEY = st.decimals(0, 1000, places=6)


@settings(max_examples=4, deadline=None, phases=WHOLE)
@given(
    days=st.lists(
        st.tuples(st.integers(1, 28), st.sampled_from(["od", "use", "buy", "unused"]), MONEY, MONEY),
        min_size=1,
        max_size=12,
    )
)
def test_any_azure_bill_comes_back(days):
    actual, amortised = [], []
    for day, what, billed, spread in days:
        told = {"Date": f"10/{day:02}/2026"}
        if what in ("od", "use"):
            line = (AZURE_LINE if what == "od" else RESERVED) | told
            actual.append(line | {"Cost": str(billed if what == "od" else 0)})
            amortised.append(line | {"Cost": str(billed if what == "od" else spread)})
        elif what == "buy":
            actual.append(PURCHASE | told | {"Cost": str(billed)})
        else:
            amortised.append(UNUSED | told | {"Cost": str(spread)})
    for sides in ((actual, amortised), (actual, []), ([], amortised)):
        if any(sides):
            with TemporaryDirectory() as folder:
                trip(Path(folder), azure(Path(folder), *sides)).check()


OTHERS = [
    GPU_LINE
    | {"resource": "node-8", "gpu_model": "RTX 4090", "gpu_count": "2", "hours": "6.5", "team": "search"},
    GPU_LINE
    | {"resource": "pod-1", "gpu_model": "A100 80GB", "gpu_count": "", "cost": "31"},  # one, for all we know
    GPU_LINE
    | {
        "resource": "vol-1",
        "gpu_model": "",
        "gpu_count": "",
        "hours": "",
        "cost": "7",
        "description": "Storage",
    },
    GPU_LINE
    | {"resource": "", "gpu_model": "", "gpu_count": "", "hours": "", "cost": "-20", "category": "Credit"},
    GPU_LINE | {"resource": "node-9", "gpu_count": "4", "hours": "", "cost": "40", "currency": "EUR"},
]


def test_the_machines_of_a_gpu_cloud_come_back_with_their_gpus(tmp_path):
    lines = [line | {"provider": "Oracle GPU resale"} for line in (GPU_LINE, *OTHERS)]
    made = trip(tmp_path, GpuCsv(str(write_csv(tmp_path / "bill.csv", lines))))
    made.check()
    told = {
        (row["ResourceId"], row["x_GpuModel"], row["x_GpuCount"]) for row in made.file if row["x_GpuCount"]
    }
    assert told == {("node-7", "H100 80GB", 8), ("node-8", "RTX 4090", 2), ("node-9", "H100 80GB", 4)}
    unknown = {row["ResourceId"]: row["x_Unknown"].split(",") for row in made.file if row["ResourceId"]}
    # hours that the bill does not tell are not 0
    assert ["ConsumedQuantity" in unknown[name] for name in ("node-7", "node-9")] == [False, True]
    assert len(made.before["gpu_hour"]) == len(made.after["gpu_hour"]) > 0


@settings(max_examples=4, deadline=None, phases=WHOLE)
@given(
    lines=st.lists(
        st.fixed_dictionaries(
            {
                "date": st.dates(date(2026, 9, 28), date(2026, 10, 3)).map(str),
                "resource": st.sampled_from(["node-7", "node-8", ""]),
                "gpu_model": st.sampled_from(["H100 80GB", "RTX 4090", ""]),
                "gpu_count": st.sampled_from(["1", "8", "0", ""]),
                "hours": st.sampled_from(["24", "0.5", "0", ""]),
                "cost": st.decimals(-500, 500, places=4).map(str),
                "currency": st.sampled_from(["USD", "EUR"]),
                "provider": st.sampled_from(["CoreWeave", "AWS reseller", ""]),
                "account": st.sampled_from(["0042", ""]),
                "team": st.sampled_from(["search", ""]),
                "category": st.sampled_from(["Usage", "Purchase", "Credit", "Tax", "Adjustment", ""]),
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_bill_of_a_gpu_cloud_comes_back(lines):
    with TemporaryDirectory() as folder:
        made = trip(Path(folder), GpuCsv(str(write_csv(Path(folder) / "bill.csv", lines))))
        made.check()
        assert totals(made.file) == stated(made.before["sums"])


def test_owned_machines_come_back_hour_by_hour(tmp_path):
    (tmp_path / "inferledger.toml").write_text(ON_PREM)
    options = read_settings(tmp_path / "inferledger.toml").sources["rack-1"]
    assert isinstance(options, OnPremOptions)
    until = date(2026, 1, 18)
    rack = OnPrem(options.config_file, options.machine, options.currency, options.account, until)
    made = trip(tmp_path, rack)
    made.check()
    assert len(made.after["gpu_hour"]) == 3 * 24 * 8
    assert {(row["x_GpuModel"], row["x_GpuCount"]) for row in made.file} == {("H100 80GB", 8)}


BLANK = st.none()
WORDS = st.sampled_from(["a", "Compute"])


@settings(max_examples=4, deadline=None, phases=WHOLE)
@given(
    told=st.lists(
        st.fixed_dictionaries(
            {
                "provider": BLANK | st.sampled_from(["AWS", "Amazonia GPUs", "unknown"]),
                "billing_account_id": BLANK | st.sampled_from(["0042", "unknown"]),
                "sub_account_id": BLANK | WORDS,
                "sub_account_name": BLANK | WORDS,
                "billing_currency": BLANK | st.sampled_from(["USD", "XXX"]),
                "charge_category": BLANK
                | st.sampled_from(["Usage", "Purchase", "Tax", "Credit", "Adjustment"]),
                "charge_period_end": BLANK | st.just(datetime(2026, 10, 2, 23, 59, 59)),
                "service_name": BLANK | WORDS,
                "service_category": BLANK | st.sampled_from(["Compute", "AI and Machine Learning", "Other"]),
                "sku_id": BLANK | WORDS,
                "sku_description": BLANK | WORDS,
                "resource_id": BLANK | st.sampled_from(["i-1", "i-2"]),
                "resource_name": BLANK | WORDS,
                "resource_type": BLANK | WORDS,
                "instance_type": BLANK | st.sampled_from(["p5.4xlarge", "8x H100 80GB"]),
                "pricing_category": BLANK | st.sampled_from(["Standard", "Other"]),
                "pricing_quantity": BLANK | MONEY,
                "pricing_unit": BLANK | st.sampled_from(["Hrs", "GB-Mo"]),
                "consumed_quantity": BLANK | MONEY,
                "consumed_unit": BLANK | st.sampled_from(["Hrs", "Units"]),
                "effective_cost": BLANK | MONEY,
                "contracted_cost": BLANK | MONEY,
                "list_cost": BLANK | MONEY,
                "commitment_discount_id": BLANK | WORDS,
                "commitment_discount_category": BLANK | st.sampled_from(["Spend", "Usage"]),
                "commitment_discount_type": BLANK | WORDS,
                "commitment_discount_status": BLANK | st.sampled_from(["Used", "Unused"]),
                "capacity_reservation_id": BLANK | WORDS,
                "capacity_reservation_status": BLANK | st.sampled_from(["Used", "Unused"]),
                "team": BLANK | WORDS,
                "x_usage_type": BLANK | st.just("BoxUsage:p5.4xlarge"),
                "x_dataset": st.just("ActualCost"),  # so that a lost effective cost is no matter of this test
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_what_nobody_knows_is_unknown_on_the_way_back(told):
    lines = [line(datetime(2026, 10, 2), cost="1.5", **one) for one in told]
    for one in lines:  # a name of no account and the pricing of a tax have no place in FOCUS, and say nothing
        one["sub_account_name"] = one["sub_account_id"] and one["sub_account_name"]
        one["pricing_category"] = None if one["charge_category"] == "Tax" else one["pricing_category"]
    with TemporaryDirectory() as folder:
        made = trip(Path(folder), lines)
        made.check("lines", "sums", "ladder", "gpu_hour", "commitment_day")
        assert totals(made.file) == stated(made.before["sums"])


def test_an_effective_cost_that_one_export_has_lost_is_lost_again_and_no_other_is(tmp_path):
    lost = FOCUS_LINE | {"BillingAccountId": "0002", "EffectiveCost": "0", "ProviderName": "Oracle"}
    others = [FOCUS_LINE | {"ResourceId": f"i-{n}"} for n in range(9)]
    sources = [Focus(str(write_csv(tmp_path / f"{n}.csv", rows))) for n, rows in enumerate(([lost], others))]
    made = trip(tmp_path, *sources)
    made.check()
    told = {provider for provider, _ in made.after["unusable"]}
    assert told == {provider for provider, _ in made.before["unusable"]} == {"Oracle"}
