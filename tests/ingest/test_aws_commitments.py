"""Reservations, savings plans and discounts: whole stories whose cash and amortised sums were worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cost_store import CUR_LINE, invoiced, load, rows, write_csv

from data.check import check
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from ingest.sources.aws_cur import AwsCur

MONTH = {
    "line_item_usage_start_date": "2026-10-01T00:00:00Z",
    "line_item_usage_end_date": "2026-11-01T00:00:00Z",
}
RESERVATION = {"reservation_reservation_a_r_n": "arn:ri"}
PLAN = {"savings_plan_savings_plan_a_r_n": "arn:plan"}


def line(line_type, cost, **told):
    said = {key: str(value) for key, value in told.items()}
    return CUR_LINE | {"line_item_line_item_type": line_type, "line_item_unblended_cost": str(cost)} | said


def sums(wh, tmp_path, *lines):
    """(cash, amortised), after the ladder explained every total."""
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", lines))))
    wh.publish(ModelSettings())
    assert [finding.violations for finding in check(open_latest(wh.home)) if finding.violations] == []
    ((cash, amortised),) = rows(wh, "SELECT sum(billed_cost), sum(effective_cost) FROM cost")
    assert invoiced(wh) == {"2026-10": cash}
    return cash, amortised


def reserved(hours, **told):
    return [line("DiscountedUsage", 0, **told, **RESERVATION)] * hours


def test_a_reservation_partly_paid_ahead_in_the_month_of_its_purchase(wh, tmp_path):
    """1,200 ahead for a year: 100 a month. 0.25 an hour beside it. Of 40 hours 30 were used, so 3/4 of 100 + 10."""
    cash, amortised = sums(
        wh,
        tmp_path,
        line("Fee", 1200, **RESERVATION),
        line(
            "RIFee",
            10,
            **MONTH,
            **RESERVATION,
            reservation_unused_amortized_upfront_fee_for_billing_period=25,
            reservation_unused_recurring_fee="2.5",
        ),
        *reserved(30, reservation_effective_cost="2.75"),
    )
    assert cash == 1210
    assert amortised == 100 + 10
    unused = "SELECT effective_cost FROM cost WHERE commitment_discount_status = 'Unused'"
    assert rows(wh, unused) == [(Decimal("27.5"),)]


def test_a_reservation_paid_ahead_in_a_later_month_costs_no_cash(wh, tmp_path):
    fee = line(
        "RIFee",
        0,
        **MONTH,
        **RESERVATION,
        reservation_unused_amortized_upfront_fee_for_billing_period=40,
        reservation_unused_recurring_fee=0,
    )
    assert sums(wh, tmp_path, fee, *reserved(20, reservation_effective_cost=3)) == (0, 100)


def test_a_fee_that_is_no_reservations_stays(wh, tmp_path):
    assert sums(wh, tmp_path, line("Fee", 500), line("Fee", 1200, **RESERVATION)) == (1700, 500)


def test_a_reservation_that_begins_within_the_month(wh, tmp_path):
    """10 of 31 days: the fee, what was used and what was not are of those days."""
    begun = MONTH | {"line_item_usage_start_date": "2026-10-22T00:00:00Z"}
    fee = line("RIFee", 240, **begun, **RESERVATION)  # its own columns are empty: 240 − 100 × 2
    used = {
        "line_item_usage_start_date": "2026-10-23T00:00:00Z",
        "line_item_usage_end_date": "2026-10-23T01:00:00Z",
    }
    hours = reserved(100, **used, reservation_effective_cost=2)
    assert sums(wh, tmp_path, fee, *hours) == (240, 240)
    assert rows(wh, "SELECT effective_cost FROM cost WHERE x_line_item_type = 'RIFee'") == [(Decimal(40),)]


def covered(cost, effective, **told):
    return line(
        "SavingsPlanCoveredUsage", cost, savings_plan_savings_plan_effective_cost=effective, **told, **PLAN
    )


def negation(cost, **told):
    return line("SavingsPlanNegation", -cost, **told, **PLAN)


def plan_fee(cost, total, used, **told):
    return line(
        "SavingsPlanRecurringFee",
        cost,
        savings_plan_total_commitment_to_date=total,
        savings_plan_used_commitment=used,
        **told,
        **PLAN,
    )


def test_a_plan_without_payment_ahead_costs_its_fee_in_both_views(wh, tmp_path):
    story = (covered(20, 6), negation(20), plan_fee(10, 10, 6))
    assert sums(wh, tmp_path, *story) == (10, 10)


def test_in_list_and_contracted_view_covered_usage_costs_its_own_price_and_the_plan_adds_nothing(
    wh, tmp_path
):
    """20 at list price, covered by a plan of 10 an hour: neither its negation nor its fees are a price of usage.

    The negation's list price has either sign, depending on who wrote the export.
    """
    story = (
        line("SavingsPlanUpfrontFee", 87600, **PLAN, pricing_public_on_demand_cost=87600),
        covered(20, 6, pricing_public_on_demand_cost=25),
        negation(20, pricing_public_on_demand_cost=25),
        covered(20, 6, pricing_public_on_demand_cost=25),
        negation(20, pricing_public_on_demand_cost=-25),
        plan_fee(10, 10, 6, pricing_public_on_demand_cost=10),
    )
    assert sums(wh, tmp_path, *story)[0] == 87610
    totals = "sum(contracted_cost), sum(list_cost), count(contracted_cost), count(list_cost)"
    assert rows(wh, f"SELECT {totals} FROM cost") == [(40, 50, 6, 6)]
    stated = wh.con.execute("SELECT sum(contracted_cost), sum(list_cost) FROM invoice_total").fetchall()
    assert stated == [(40, 50)]


def test_a_price_that_the_export_leaves_out_stays_unknown_on_a_plan_too(wh, tmp_path):
    untold = {"pricing_public_on_demand_cost": ""}
    sums(wh, tmp_path, covered(20, 6, **untold), negation(20, **untold), plan_fee(10, 10, 6, **untold))
    assert rows(wh, "SELECT sum(contracted_cost), count(list_cost) FROM cost") == [(20, 0)]


def test_a_plan_paid_ahead_costs_its_use_and_what_was_not_used(wh, tmp_path):
    story = (line("SavingsPlanUpfrontFee", 87600, **PLAN), covered(20, 6), negation(20), plan_fee(0, 10, 6))
    assert sums(wh, tmp_path, *story) == (87600, 10)


def test_a_discount_on_the_fee_holds_for_the_part_that_was_not_used(wh, tmp_path):
    """20 % off the fee of 10: the covered usage bears 4.80 of the 8 that were paid, 3.20 is unused."""
    story = (
        covered(20, 6, line_item_net_unblended_cost=16, savings_plan_net_savings_plan_effective_cost="4.8"),
        negation(20, line_item_net_unblended_cost=-16),
        plan_fee(10, 10, 6, line_item_net_unblended_cost=8),
    )
    assert sums(wh, tmp_path, *story) == (8, 8)


def test_a_discount_on_a_plan_that_was_paid_ahead_is_in_its_commitment_columns(wh, tmp_path):
    """An hour's fee is 0, its commitment 10 and 8 after the discount: 4.80 used, 3.20 not."""
    fee = plan_fee(
        0,
        10,
        6,
        line_item_net_unblended_cost=0,
        savings_plan_recurring_commitment_for_billing_period=0,
        savings_plan_net_recurring_commitment_for_billing_period=0,
        savings_plan_amortized_upfront_commitment_for_billing_period=10,
        savings_plan_net_amortized_upfront_commitment_for_billing_period=8,
    )
    used = covered(20, 6, line_item_net_unblended_cost=16, savings_plan_net_savings_plan_effective_cost="4.8")
    assert sums(wh, tmp_path, used, negation(20, line_item_net_unblended_cost=-16), fee) == (0, 8)


# discounts: rows of their own, or inside the net columns; MANUAL_DISCOUNT_COMPATIBILITY turns one into the other

ROWS = (
    line("Usage", 100),
    line("EdpDiscount", -10),
    line("PrivateRateDiscount", -5),
    line("BundledDiscount", -2),
    line("Discount", -1),
)
COLUMNS = (line("Usage", 100, line_item_net_unblended_cost=82),)
BOTH = (
    line("Usage", 100, line_item_net_unblended_cost=82),
    *(told | {"line_item_net_unblended_cost": "0"} for told in ROWS[1:]),
)


@pytest.mark.parametrize("told", [ROWS, COLUMNS, BOTH], ids=["rows", "columns", "both"])
def test_a_discount_is_taken_once_however_the_export_tells_it(wh, tmp_path, told):
    assert sums(wh, tmp_path, *told) == (82, 82)
    contracted = rows(wh, "SELECT sum(contracted_cost) FROM cost")
    assert contracted == [(Decimal(100 if told is COLUMNS else 82),)]
    negative = rows(wh, "SELECT count(*) FROM cost WHERE billed_cost < 0 AND charge_category <> 'Usage'")
    assert negative == [(0,)]
