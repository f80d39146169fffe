-- Of those accounts: lines that this load does not state again, one for one, under an account that was respelled.
-- Only a bill without an invoice is respelled, and it stays the same usage: account, machine, hours, operation, amount.
WITH gone AS (
    FROM read_parquet($files, union_by_name = true) AS live
    WHERE list_contains($periods, live.billing_period)
        AND NOT EXISTS (
            FROM staged AS own
            WHERE own.provider IS NOT DISTINCT FROM live.provider
                AND ltrim(own.billing_account_id, '0') IS NOT DISTINCT FROM ltrim(live.billing_account_id, '0')
        )
),
missing AS (
    SELECT
        billing_period, CASE WHEN sub_account_id <> billing_account_id THEN sub_account_id END AS member,
        resource_id, charge_period_start, charge_period_end, x_usage_type, x_operation, x_line_item_type,
        consumed_quantity
    FROM gone
    WHERE invoice_id IS NULL AND resource_id IS NOT NULL
    EXCEPT ALL
    SELECT
        billing_period, CASE WHEN sub_account_id <> billing_account_id THEN sub_account_id END AS member,
        resource_id, charge_period_start, charge_period_end, x_usage_type, x_operation, x_line_item_type,
        consumed_quantity
    FROM staged
)
SELECT (SELECT count(*) FROM missing) + (SELECT count(*) FROM gone WHERE invoice_id IS NOT NULL OR resource_id IS NULL)
