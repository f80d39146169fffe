-- Grain: replaced load × provider × currency: what a later delivery of the same billing period changed. The one that counts now is
-- the last; billed view, whole invoice months, all accounts.
WITH live AS (
    SELECT load_id, source, billing_period, provider, billing_currency, sum(lines) AS lines,
        CAST(sum(billed_cost) AS DECIMAL(38, 12)) AS billed_cost
    FROM invoice_total GROUP BY 1, 2, 3, 4, 5
),
stated AS (
    SELECT * FROM live
    UNION ALL
    SELECT * FROM replaced_total
)
SELECT
    old.billing_period, old.source, old.provider, old.billing_currency,
    before.started_at AS first_delivery, after.started_at AS restated_at,
    old.lines AS lines_before, new.lines AS lines_after, new.lines - old.lines AS lines_change,
    old.billed_cost AS billed_before, new.billed_cost AS billed_after, new.billed_cost - old.billed_cost AS billed_change
FROM load after
JOIN load before ON before.load_id = after.replaced_load_id
JOIN stated old ON old.load_id = before.load_id
LEFT JOIN stated new ON new.load_id = after.load_id AND new.billing_period = old.billing_period
    AND new.provider IS NOT DISTINCT FROM old.provider AND new.billing_currency IS NOT DISTINCT FROM old.billing_currency
WHERE after.grain = 'cost' AND old.billing_currency = $currency AND chosen($providers, old.provider)
ORDER BY old.billing_period DESC, restated_at DESC, old.provider
