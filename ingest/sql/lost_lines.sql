-- Of those accounts: lines that this load does not state again, same resource, hour and usage, under another account.
SELECT count(*)
FROM read_parquet($files, union_by_name = true) AS live
ANTI JOIN stage_cost AS staged
    ON live.resource_id = staged.resource_id
    AND live.charge_period_start = staged.charge_period_start
    AND live.x_usage_type IS NOT DISTINCT FROM staged.x_usage_type
    AND live.x_line_item_type IS NOT DISTINCT FROM staged.x_line_item_type
WHERE list_contains($periods, live.billing_period)
    AND NOT EXISTS (
        FROM stage_cost AS own
        WHERE own.provider IS NOT DISTINCT FROM live.provider
            AND own.billing_account_id IS NOT DISTINCT FROM live.billing_account_id
    )
