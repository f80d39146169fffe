"""The same job as people do it with pandas: read, rename, cast, derive FOCUS columns, keep money exact, write.

Vectorised wherever pandas can; money becomes Decimal through the shortest text of each number, as a float is not what
an invoice says, and tags become maps.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PLACES = Decimal("0.000000000001")
MONEY, TAGS = pa.decimal128(38, 12), pa.map_(pa.string(), pa.string())
PLAIN = {
    "billing_account_id": "bill_payer_account_id",
    "billing_account_name": "bill_payer_account_name",
    "sub_account_id": "line_item_usage_account_id",
    "sub_account_name": "line_item_usage_account_name",
    "charge_period_start": "line_item_usage_start_date",
    "charge_period_end": "line_item_usage_end_date",
    "charge_description": "line_item_line_item_description",
    "sku_id": "product_sku",
    "resource_id": "line_item_resource_id",
    "resource_type": "product_product_family",
    "region_id": "product_region_code",
    "pricing_unit": "pricing_unit",
    "billing_currency": "line_item_currency_code",
    "commitment_discount_id": "savings_plan_savings_plan_a_r_n",
    "invoice_id": "bill_invoice_id",
    "x_line_item_type": "line_item_line_item_type",
    "x_usage_type": "line_item_usage_type",
    "x_operation": "line_item_operation",
}
SERVICES = (
    ("AI and Machine Learning", "SageMaker|Bedrock|Comprehend|Rekognition|Textract|Kendra"),
    ("Compute", "^Amazon(?:EC2|ECS|EKS|ECR)$|^AWSLambda$"),
    ("Storage", "^Amazon(?:S3|EFS|FSx|Glacier)"),
    ("Networking", "^Amazon(?:VPC|CloudFront|Route53)|^AWSELB$|^AWSDataTransfer$"),
    ("Databases", "^Amazon(?:RDS|DynamoDB|ElastiCache|Redshift|DocDB|Neptune)"),
    ("Management and Governance", "^AmazonCloudWatch$|^AWSCloudTrail$|Support"),
)
INSTANCE = (
    r":((?:ml\.)?[a-z][a-z0-9-]*\.(?:nano|micro|small|medium|\d*x?large|metal[a-z0-9-]*))(?:$|[^a-z0-9.])"
)


def pandas_job(source: Path, target: Path) -> None:
    raw = pd.read_parquet(source)
    out = raw[list(PLAIN.values())].set_axis(list(PLAIN), axis=1)
    out["provider"] = "AWS"
    out["billing_period"] = raw["bill_billing_period_start_date"].dt.to_period("M").dt.start_time.dt.date
    _describe(out, raw)
    _price(out, raw)
    out["tags"] = [
        [(key.removeprefix("user_").removeprefix("user:"), value) for key, value in tags]
        for tags in raw["resource_tags"]
    ]
    out = out.sort_values(["charge_period_start", "resource_id"])
    money = {
        "billed_cost",
        "effective_cost",
        "contracted_cost",
        "list_cost",
        "pricing_quantity",
        "consumed_quantity",
    }
    arrays = [
        pa.array(out[name], MONEY if name in money else TAGS if name == "tags" else None, from_pandas=True)
        for name in out.columns
    ]
    pq.write_table(pa.table(arrays, list(out.columns)), target, compression="zstd")


def _describe(out: pd.DataFrame, raw: pd.DataFrame) -> None:
    kind, code, usage = out["x_line_item_type"], raw["line_item_product_code"], out["x_usage_type"]
    fee = kind.isin(["Fee", "RIFee", "SavingsPlanUpfrontFee", "SavingsPlanRecurringFee"])
    out["charge_category"] = np.select(
        [fee, kind == "Tax", kind == "Credit", kind == "Refund"],
        ["Purchase", "Tax", "Credit", "Adjustment"],
        "Usage",
    )
    recurring = kind.isin(["RIFee", "SavingsPlanRecurringFee"])
    once = kind.isin(["Fee", "SavingsPlanUpfrontFee", "Tax", "Credit", "Refund"])
    out["charge_frequency"] = np.select([recurring, once], ["Recurring", "One-Time"], "Usage-Based")
    tests = [code.str.contains(pattern, regex=True) for _, pattern in SERVICES]
    out["service_category"] = np.select(tests, [name for name, _ in SERVICES], "")
    product = pd.Series([dict(one).get("product_name") for one in raw["product"]], raw.index, dtype="str")
    out["service_name"] = product.fillna(code)
    instance = raw["product_instance_type"].fillna(usage.str.extract(INSTANCE, expand=False))
    out["instance_type"] = instance.str.replace(r"^ml\.", "", regex=True)
    covered = kind.isin(["SavingsPlanCoveredUsage", "DiscountedUsage"])
    spot = usage.str.contains("SpotUsage", regex=False)
    out["pricing_category"] = np.select(
        [covered, kind == "Tax", spot], ["Committed", "", "Dynamic"], "Standard"
    )
    plan = kind.str.startswith("SavingsPlan")
    out["commitment_discount_category"] = np.where(plan, "Spend", None)
    out["commitment_discount_type"] = np.where(plan, "Savings Plan", None)
    out["capacity_reservation_status"] = np.where(
        usage.str.contains("Unused(?:Box|Ded):", regex=True), "Unused", None
    )
    out["consumed_unit"] = np.where(
        kind.isin(["Usage", "SavingsPlanCoveredUsage"]), out["pricing_unit"], None
    )


def _price(out: pd.DataFrame, raw: pd.DataFrame) -> None:
    kind = out["x_line_item_type"]
    cost = _exact(raw["line_item_unblended_cost"])
    plan = _exact(raw["savings_plan_savings_plan_effective_cost"])
    committed = _exact(raw["savings_plan_total_commitment_to_date"])
    used = _exact(raw["savings_plan_used_commitment"])
    unused = np.array(
        [
            None if a is None or b is None else max(a - b, Decimal(0))
            for a, b in zip(committed, used, strict=True)
        ],
        object,
    )
    nothing = kind.isin(["SavingsPlanNegation", "SavingsPlanUpfrontFee"])
    cases = [kind == "SavingsPlanCoveredUsage", nothing, kind == "SavingsPlanRecurringFee"]
    out["billed_cost"] = out["contracted_cost"] = cost
    out["effective_cost"] = np.select(cases, [plan, np.full(len(kind), Decimal(0)), unused], cost)
    out["list_cost"] = _exact(raw["pricing_public_on_demand_cost"])
    amount = _exact(raw["line_item_usage_amount"])
    out["pricing_quantity"] = np.where(kind == "SavingsPlanNegation", None, amount)
    out["consumed_quantity"] = np.where(kind.isin(["Usage", "SavingsPlanCoveredUsage"]), amount, None)
    status = np.where(np.array([value is not None and value > 0 for value in unused]), "Unused", None)
    out["commitment_discount_status"] = np.where(kind == "SavingsPlanCoveredUsage", "Used", status)


def _exact(numbers: pd.Series) -> np.ndarray:
    return np.array(
        [
            None if value != value else Decimal(repr(value)).quantize(PLACES, ROUND_HALF_UP)
            for value in numbers.tolist()
        ],
        object,
    )
