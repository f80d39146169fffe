"""Each planted story, found in a browser by the page that should find it, to the number worked out by hand.

The answers are those of data/demo/stories.py and STORIES.md. Nothing here asks the store: a number is read from what
the page says, or from the CSV that it hands out.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest
from served import serving

from data.demo import stories

pytestmark = pytest.mark.slow
CENT = Decimal("0.01")


@pytest.fixture(scope="session")
def demo_dashboard(demo_home):
    """The address of a dashboard on the demo estate."""
    with serving(demo_home) as url:
        yield url


@pytest.fixture
def page(visit, demo_dashboard) -> Callable:
    """page("idle?period=Last+90+days"): that page of the demo, open."""
    return lambda path: visit(path, base=demo_dashboard)


def says(tab, text: str) -> bool:
    """Waits until the page says it, and fails with the page's own words when it does not."""
    place = tab.locator('[data-testid="stMain"]').get_by_text(text).first
    try:
        place.wait_for()
    except Exception as missing:
        raise AssertionError(f"“{text}” is not in:\n{tab.inner_text('[data-testid=stMain]')}") from missing
    return True


def csv(tab, name: str) -> pd.DataFrame:
    """What the table of that name hands out; every cell is text, an unknown one is empty."""
    button = tab.locator(f".st-key-{name}-csv button")
    button.wait_for(state="attached")
    # a run that has not come this far leaves the button of the one before, and its file
    tab.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    if not button.is_visible():
        tab.locator("details", has=button).locator("summary").click()
    with tab.expect_download() as download:
        # by key: while its expander opens the button moves, and a pointer misses it now and then
        button.press("Enter")
    return pd.read_csv(download.value.path(), dtype=str, keep_default_na=False)


def cents(values) -> Decimal:
    """The sum of cells, to the cent."""
    return sum(map(Decimal, values), Decimal(0)).quantize(CENT)


def only(table: pd.DataFrame, **where: str) -> pd.Series:
    """The one row with those cells."""
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1, f"{len(table)} rows with {where}"
    return table.iloc[0]


# 1 · the forgotten p5


def test_idle_gpus_names_the_forgotten_machine_first(page):
    tab = page("idle")

    assert says(tab, "the dearest is p5.48xlarge")
    assert says(tab, "free since Oct 2: $39,628.80.")
    assert says(tab, "Oct 2 – Oct 31, 2026 (30 days, UTC)")


@pytest.mark.parametrize(("threshold", "window"), [("0", "0+min"), ("1", "30+min"), ("10", "24+h")])
def test_the_forgotten_machine_is_cash_at_every_threshold_and_window(page, threshold, window):
    found = csv(page(f"idle?threshold={threshold}+%25&window={window}"), "idle-findings")
    forgotten = only(found, instance_type="p5.48xlarge", state="unallocated", gpus="8 of 8")

    assert cents([forgotten["cost"]]) == stories.FORGOTTEN_COST.quantize(CENT) == Decimal("39628.80")
    assert cents([forgotten["cash"]]) == Decimal("39628.80")
    assert float(forgotten["hours"]) == stories.FORGOTTEN_DAYS * 24 * stories.FORGOTTEN_GPUS
    assert forgotten["since"].startswith(f"{stories.FORGOTTEN_SINCE}")
    assert forgotten["sub_account_id"] == "100000000012"


def test_overview_names_unallocated_gpus_as_a_cause(page):
    # 30 days of the p5, less the four p5 that stood free for 45 hours in the 30 days before
    moved = stories.FORGOTTEN_COST - 45 * 4 * stories.FORGOTTEN_RATE
    tab = page("")

    bar = only(csv(tab, "spend-bridge"), cause="unallocated GPUs")
    assert cents([bar["amount"]]) == moved
    assert cents([only(csv(tab, "movers"), rung="unallocated")["change"]]) == moved == Decimal("29721.60")


# 2 · 0.3 % of the traffic on 8 GPUs


def test_versions_says_which_one_could_go(page):
    tab = page("versions?period=Last+90+days")

    assert says(tab, "the dearest, support-chat-70b 2.4, serves 0.3 % of the traffic on 8 GPUs for $47.4k.")
    stale = only(csv(tab, "versions"), model=stories.STALE_MODEL, version=stories.STALE_VERSION)
    assert cents([stale["cost"]]) == stories.STALE_COST.quantize(CENT) == Decimal("47428.51")
    assert float(stale["traffic_share"]) == pytest.approx(stories.STALE_SHARE, rel=1e-3)
    assert float(stale["gpus"]) == stories.STALE_GPUS
    assert stale["candidate"].startswith("little traffic")


def test_its_share_is_the_same_over_any_period(page):
    assert says(page("versions"), "support-chat-70b 2.4, serves 0.3 % of the traffic on 8 GPUs for $15.8k.")


# 3 · cost per inference + 38 %, price and volume unchanged


def test_cost_per_inference_says_that_utilisation_did_it(page):
    tab = page("unit_cost?period=Custom+range&range=2026-10-17&range=2026-10-31")

    assert says(tab, "Oct 17 – Oct 31, 2026 (15 days, UTC), compared with Oct 2 – Oct 16, 2026")
    assert says(
        tab,
        "search-rerank-7b: cost per inference rose 38.1 % to $0.000373 because utilisation fell 27.6 %; "
        "throughput, price and volume unchanged.",
    )
    row = only(csv(tab, "identity"), model=stories.OVERSCALED_MODEL)
    requests = stories.OVERSCALED_DAYS * stories.OVERSCALED_DAILY_REQUESTS
    replicas = stories.OVERSCALED_BEFORE / stories.OVERSCALED_AFTER
    assert float(row["requests_ok"]) == pytest.approx(requests, rel=1e-6)
    assert float(row["cost_per_inference"]) == pytest.approx(
        float(stories.OVERSCALED_COST_AFTER) / requests, rel=1e-6
    )
    assert float(row["cost_per_inference_change"]) == pytest.approx(float(stories.OVERSCALED_RISE), abs=1e-5)
    assert float(row["utilisation_change"]) == pytest.approx(replicas - 1, abs=5e-4)
    assert float(row["price_per_gpu_hour"]) == pytest.approx(float(stories.OVERSCALED_RATE))
    assert float(row["price_per_gpu_hour_change"]) == 0
    assert float(row["requests_ok_change"]) == pytest.approx(0, abs=1e-6)


# 4 · a savings plan 20 % unused


@pytest.mark.parametrize(
    ("period", "said", "cost"),
    [
        ("Last+90+days", "commitment unused $21.6k", stories.PLAN_UNUSED),
        ("Month+to+date", "commitment unused $7,440", Decimal(744 * 10)),
    ],
)
def test_overview_shows_what_of_the_savings_plan_went_unused(page, period, said, cost):
    tab = page(f"?period={period}")

    assert says(tab, said)
    days = csv(tab, "spend-by-day")
    assert cents(days[days["rung"] == "commitment_unused"]["cost"]) == cost


def test_data_says_which_plan_and_how_much(page):
    tab = page("data?period=Last+90+days")

    assert says(tab, "went unused: $21,600.00 of $108,000.00.")
    plan = csv(tab, "commitments").iloc[0]
    assert cents([plan["unused"]]) == stories.PLAN_UNUSED
    assert cents([plan["committed"]]) == stories.PLAN_FEE
    assert float(plan["unused_share"]) == pytest.approx(float(stories.PLAN_UNUSED_SHARE))


# 5 · a machine without telemetry


def test_overview_shows_what_nobody_observed(page):
    tab = page("?period=Last+90+days")

    assert says(tab, "unobserved GPUs $35.2k")
    days = csv(tab, "spend-by-day")
    assert cents(days[days["rung"] == "unobserved"]["cost"]) == stories.UNSEEN_COST == Decimal("35182.08")


def test_data_names_the_machine_that_goes_unseen(page):
    tab = page("data?period=Last+90+days")

    assert says(tab, "1 machine goes unseen.")
    (machine,) = csv(tab, "unobserved-machines").to_dict("records")
    assert machine["instance_type"] == "g5.48xlarge"
    assert cents([machine["unobserved_cost"]]) == stories.UNSEEN_COST
    assert float(machine["unobserved_gpu_hours"]) == stories.HOURS * stories.UNSEEN_GPUS == 17_280
    assert float(machine["observed_share"]) == 0
    assert machine["last_seen"] == ""
    assert cents(csv(tab, "coverage")["unobserved_cost"]) == stories.UNSEEN_COST


# 6 · a restated month


def test_data_shows_what_the_second_delivery_changed(page):
    tab = page("data")

    assert says(tab, "September 2026 was restated by aws: +1 lines, +$1,450.56 billed")
    restated = only(csv(tab, "restatements"), billing_period=f"{stories.RESTATED_MONTH}")
    assert cents([restated["billed_change"]]) == stories.RESTATED_BY == Decimal("1450.56")
    assert set(csv(tab, "reconciliation")["unexplained"].map(Decimal)) == {Decimal(0)}


# 7 · one day's spike


def test_overview_finds_the_day_and_what_drove_it(page):
    tab = page("?period=Last+90+days")

    assert says(tab, "Highest day of AI usage: Oct 7")
    assert says(tab, "Most of it from g6.12xlarge (+$4,418)")
    assert says(tab, "and 39 more in account 100000000011")
    spike = only(csv(tab, "day-drivers"), kind="g6.12xlarge")
    assert cents([spike["excess"]]) == stories.SPIKE_COST.quantize(CENT) == Decimal("4417.54")
    assert float(spike["resources_up"]) == stories.SPIKE_MACHINES
    assert says(tab, "Oct 7 cost $4,690 more than a usual Wednesday.")
    unexpected = only(csv(tab, "anomalies"), what="100000000011 · g6.12xlarge")
    assert cents([unexpected["unexpected"]]) == stories.SPIKE_COST.quantize(CENT)
    assert (unexpected["first_day"], float(unexpected["resources"])) == ("2026-10-07", stories.SPIKE_MACHINES)


# 8 · a batch job that looks idle at night


def simmering(tab) -> pd.DataFrame:
    """The findings that the job holds."""
    found = csv(tab, "idle-findings")
    return found[found["holder"].str.contains("price-simulation")]


def test_the_batch_job_is_idle_only_after_the_threshold_moved(page):
    tab = page("idle?period=Last+90+days")
    says(tab, "≤ 1 % for ≥ 30 min")
    assert simmering(tab).empty

    tab.get_by_role("slider", name="Idle at a signal of at most").focus()
    tab.keyboard.press("ArrowRight")
    says(tab, "≤ 2 % for ≥ 30 min")
    tab.keyboard.press("ArrowRight")
    says(tab, "≤ 5 % for ≥ 30 min")

    (night,) = simmering(tab).to_dict("records")
    assert float(night["hours"]) == stories.SIMMER_GPU_HOURS == 8_640
    assert cents([night["cost"]]) == stories.SIMMER_COST.quantize(CENT) == Decimal("23714.25")
    assert cents([night["cash"]]) == 0  # somebody holds it: no bill falls
    assert (night["state"], night["gpus"]) == ("held idle", "8 of 8")


def test_its_nights_are_twelve_hours_long_but_for_the_first_and_the_last(page):
    found = simmering(page("idle?period=Last+90+days&threshold=5+%25&window=12+h"))

    assert [float(hours) for hours in found["hours"]] == [
        89 * stories.SIMMER_NIGHT_HOURS * stories.SIMMER_GPUS
    ]
    assert cents(found["cost"]) == Decimal("23450.76")
