"""Invoice totals straight from the raw files, by code that staging does not share: `unexplained` is measured by them.

It sums the texts of the amounts to 24 decimals per billing period, day, provider, accounts and currency, and
beside them what rounding each line to 12 decimals adds. A line that staging drops, doubles or misreads shows.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from ingest.raw import Column, RawFile, conform

SQL = Path(__file__).parent / "sql"

# amounts are taken as text: this code, not the reader, makes numbers of them
COLUMNS = {
    "focus": (
        Column("provider", names=("ProviderName", "ServiceProviderName")),
        Column("billing_account_id"),
        Column("sub_account_id"),
        Column("billing_currency"),
        Column("period", "time", ("BillingPeriodStart",)),
        Column("start", "time", ("ChargePeriodStart",)),
        Column("billed", names=("BilledCost",)),
        Column("contracted", names=("ContractedCost",)),
        Column("list", names=("ListCost",)),
        # our own export
        Column("unknown", names=("x_Unknown", "x_UnknownCosts")),
        Column("own_billed", names=("x_BilledCost",)),
        Column("own", names=("x_LoadId",)),
    ),
    "aws_cur": (
        Column("billing_account_id", names=("bill/PayerAccountId",)),
        Column("sub_account_id", names=("lineItem/UsageAccountId",)),
        Column("billing_currency", names=("lineItem/CurrencyCode",)),
        Column("period", "time", ("bill/BillingPeriodStartDate",)),
        Column("start", "time", ("lineItem/UsageStartDate",)),
        Column("line_type", names=("lineItem/LineItemType",)),
        Column("unblended", names=("lineItem/UnblendedCost",)),
        Column("net_unblended", names=("lineItem/NetUnblendedCost",)),
        Column("list", names=("pricing/publicOnDemandCost",)),
        Column("split_parent", names=("splitLineItem/ParentResourceId",)),
    ),
    "gcp": (
        Column("billing_account_id"),
        Column("sub_account_id", names=("project.id",)),
        Column("billing_currency", names=("currency",)),
        Column("invoice_month", names=("invoice.month",)),
        Column("start", "time", ("usage_start_time",)),
        Column("cost"),
        Column("list", names=("cost_at_list",)),
        Column("credits", "json"),
    ),
    "azure": (
        Column("billing_account_id", names=("BillingAccountId", "EnrollmentNumber")),
        Column("sub_account_id", names=("SubscriptionId", "SubscriptionGuid")),
        Column("billing_currency", names=("BillingCurrency", "BillingCurrencyCode", "Currency")),
        Column("period", "time", ("BillingPeriodStartDate", "BillingPeriodStart")),
        Column("start", "time", ("Date", "UsageDateTime", "UsageDate")),
        Column("cost", names=("CostInBillingCurrency", "Cost", "PreTaxCost")),
    ),
    "oci": (
        Column("billing_account_id", names=("cost/subscriptionId", "lineItem/tenantId")),
        Column("sub_account_id", names=("lineItem/tenantId",)),
        Column("billing_currency", names=("cost/currencyCode",)),
        Column("start", "time", ("lineItem/intervalUsageStart",)),
        Column("cost", names=("cost/myCost",)),
    ),
    "gpu_csv": (
        Column("provider"),
        Column("billing_account_id", names=("account",)),
        Column("sub_account_id", names=("project",)),
        Column("billing_currency", names=("currency",)),
        Column("period", "time", ("billing_period",)),
        Column("date", "time", ("date", "time")),
        Column("start", "time"),
        Column("cost", names=("cost", "amount")),
        Column("billed_ms", names=("timeBilledMs",)),
    ),
}


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Once per load."""
    con.execute(_sql("macros"))
    con.execute("CREATE OR REPLACE TEMP TABLE control_part AS FROM invoice_total LIMIT 0")


def add_file(con: duckdb.DuckDBPyConnection, raw: RawFile, kind: str, period: date | None) -> int:
    """Adds up one raw file; returns the lines that it has."""
    conform(raw, COLUMNS[kind], {"delivery_period": period, **raw.file.facts}, view="control_raw")
    before = _lines(con)
    con.execute(f"CREATE OR REPLACE TEMP VIEW control_line AS {_sql(kind)}")
    con.execute(_sql("sum"))
    con.execute("DROP VIEW control_line")
    return _lines(con) - before


def keep(con: duckdb.DuckDBPyConnection, load_id: str, source: str) -> None:
    """Writes the sums of all files to invoice_total."""
    con.execute(_sql("keep"), {"load_id": load_id, "source": source}).fetchall()


def _lines(con: duckdb.DuckDBPyConnection) -> int:
    ((lines,),) = con.execute("SELECT coalesce(sum(lines), 0) FROM control_part").fetchall()
    return int(lines)


def _sql(part: str) -> str:
    return (SQL / f"control_{part}.sql").read_text(encoding="utf-8")
