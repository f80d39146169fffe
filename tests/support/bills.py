"""Small bills that several tests load: Azure's two datasets, a GPU cloud, an owned machine, AWS' commitments, OCI."""

from __future__ import annotations

from cost_store import CUR_LINE

VM = "/subscriptions/S-1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm-1"
# one on-demand day of a machine with one A100
AZURE_LINE = {
    "BillingAccountId": "8611537",
    "BillingPeriodStartDate": "10/01/2026",
    "BillingPeriodEndDate": "10/31/2026",
    "SubscriptionId": "s-1",
    "Date": "10/02/2026",
    "MeterCategory": "Virtual Machines",
    "MeterSubCategory": "NCads A100 v4 Series",
    "MeterName": "NC24ads A100 v4",
    "Quantity": "24",
    "UnitOfMeasure": "1 Hour",
    "Cost": "88.152",
    "BillingCurrency": "USD",
    "ResourceLocation": "US East 2",
    "ResourceId": VM,
    "AdditionalInfo": '{"ServiceType":"Standard_NC24ads_A100_v4","VMName":"vm-1","VCPUs":24}',
    "Tags": '"team": "search","model": "llama"',
    "ChargeType": "Usage",
    "Frequency": "UsageBased",
    "PricingModel": "OnDemand",
    "benefitId": "",
}
RESERVED = AZURE_LINE | {
    "ResourceId": VM.replace("vm-1", "vm-2"),
    "PricingModel": "Reservation",
    "benefitId": "/Reservations/R-1",
}
# a reservation of 40 a day: bought for 1,200, of which a day's use is 30 and 10 stay unused
PURCHASE = RESERVED | {"ResourceId": "", "AdditionalInfo": "", "ChargeType": "Purchase", "Cost": "1200"}
UNUSED = RESERVED | {"ResourceId": "", "AdditionalInfo": "", "ChargeType": "UnusedReservation", "Cost": "10"}
ACTUAL = [AZURE_LINE, RESERVED | {"Cost": "0"}, PURCHASE]
AMORTISED = [AZURE_LINE, RESERVED | {"Cost": "30"}, UNUSED]

GPU_LINE = {
    "date": "2026-10-01",
    "resource": "node-7",
    "gpu_model": "H100 80GB",
    "gpu_count": "8",
    "hours": "24",
    "cost": "478.08",
    "currency": "USD",
}

ON_PREM = """[sources.rack-1]
kind = "on-prem"
currency = "EUR"

[[sources.rack-1.machine]]
resource = "h100-07"
gpu_model = "H100 80GB"
gpu_count = 8
purchase_price = "289000.00"
purchase_date = 2026-01-15
life_months = 48
watts = 7200
pue = 1.35
energy_price = 0.21
space_per_month = "350.00"
"""

# savings plan: 100 paid, 60 used; reservation: 50 paid, 30 used; an hour on demand and a tax
PLAN = "arn:aws:savingsplans::1:savingsplan/s"
RESERVATION = "arn:aws:ec2:us-east-1:1:reserved-instances/r"
BARE = {"line_item_resource_id": "", "line_item_usage_amount": "1", "pricing_public_on_demand_cost": "0"}
COVERED = CUR_LINE | {
    "line_item_line_item_type": "SavingsPlanCoveredUsage",
    "line_item_unblended_cost": "98.32",
    "savings_plan_savings_plan_a_r_n": PLAN,
    "savings_plan_savings_plan_effective_cost": "60",
}
NEGATION = (
    CUR_LINE
    | BARE
    | {
        "line_item_line_item_type": "SavingsPlanNegation",
        "line_item_unblended_cost": "-98.32",
        "savings_plan_savings_plan_a_r_n": PLAN,
    }
)
PLAN_FEE = (
    CUR_LINE
    | BARE
    | {
        "line_item_line_item_type": "SavingsPlanRecurringFee",
        "line_item_unblended_cost": "100",
        "savings_plan_savings_plan_a_r_n": PLAN,
        "savings_plan_total_commitment_to_date": "100",
        "savings_plan_used_commitment": "60",
    }
)
DISCOUNTED = CUR_LINE | {
    "line_item_line_item_type": "DiscountedUsage",
    "line_item_resource_id": "i-2",
    "line_item_unblended_cost": "0",
    "reservation_reservation_a_r_n": RESERVATION,
    "reservation_effective_cost": "30",
}
RESERVATION_FEE = (
    CUR_LINE
    | BARE
    | {
        "line_item_line_item_type": "RIFee",
        "line_item_unblended_cost": "50",
        "reservation_reservation_a_r_n": RESERVATION,
        "reservation_unused_recurring_fee": "20",
    }
)
TAX = CUR_LINE | BARE | {"line_item_line_item_type": "Tax", "line_item_unblended_cost": "3"}
COMMITMENTS = [
    CUR_LINE | {"line_item_resource_id": "i-3"},
    COVERED,
    NEGATION,
    PLAN_FEE,
    DISCOUNTED,
    RESERVATION_FEE,
    TAX,
]

# an hour of a machine with eight H100
OCI_LINE = {
    "lineItem/referenceNo": "V2.1",
    "lineItem/tenantId": "ocid1.tenancy.oc1..t",
    "lineItem/intervalUsageStart": "2026-10-01T05:00Z",
    "lineItem/intervalUsageEnd": "2026-10-01T06:00Z",
    "product/service": "COMPUTE",
    "product/compartmentId": "ocid1.compartment.oc1..c",
    "product/compartmentName": "inference",
    "product/region": "us-ashburn-1",
    "product/resourceId": "ocid1.instance.oc1.iad.h",
    "usage/billedQuantity": "8",
    "usage/billedQuantityOverage": "0",
    "cost/subscriptionId": "20209880",
    "cost/productSku": "B98415",
    "product/Description": "Oracle Cloud Infrastructure - Compute - GPU - H100",
    "cost/unitPrice": "10",
    "cost/myCost": "80",
    "cost/myCostOverage": "80",
    "cost/attributedCost": "13",
    "cost/currencyCode": "USD",
    "cost/skuUnitDescription": "GPU Per Hour",
    "lineItem/isCorrection": "false",
    "tags/Oracle-Tags.CreatedBy": "ops",
    "tags/team": "search",
    "tags/free": "",
}
