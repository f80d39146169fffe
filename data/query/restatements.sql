-- Grain: replaced load × billing period × provider × currency: what a later delivery of the same billing period changed. The
-- one that counts now is the last; billed view, whole invoice months, all accounts.
WITH live AS (
    SELECT load_id, source, billing_period, provider, billing_currency, sum(lines) AS lines,
        CAST(sum(billed_cost) AS DECIMAL(38, 12)) AS billed_cost
    FROM invoice_total GROUP BY 1, 2, 3, 4, 5
),
stated AS (
    SELECT * FROM live
    UNION ALL
    SELECT load_id, source, billing_period, provider, billing_currency, lines, billed_cost FROM replaced_total
),
pair AS (
    SELECT
        old.billing_period, old.source, old.provider, old.billing_currency,
        before.started_at AS first_delivery, after.started_at AS restated_at,
        old.lines AS lines_before, old.billed_cost AS billed_before,
        -- a delivery that leaves the period empty states 0; one that nobody knows states nothing
        CASE WHEN after.load_id IS NOT NULL THEN coalesce(new.lines, 0) END AS lines_after,
        CASE WHEN after.load_id IS NOT NULL AND new.load_id IS NULL THEN 0 ELSE new.billed_cost END AS billed_after
    FROM replaced_total old
    JOIN load before ON before.load_id = old.load_id
    LEFT JOIN load after ON after.load_id = old.replaced_by
    LEFT JOIN stated new ON new.load_id = old.replaced_by AND new.billing_period = old.billing_period
        AND new.provider IS NOT DISTINCT FROM old.provider AND new.billing_currency IS NOT DISTINCT FROM old.billing_currency
    WHERE old.billing_currency = $currency AND chosen($providers, old.provider)
)
SELECT
    billing_period, source, provider, billing_currency, first_delivery, restated_at,
    lines_before, lines_after, lines_after - lines_before AS lines_change,
    billed_before, billed_after, billed_after - billed_before AS billed_change
FROM pair
ORDER BY billing_period DESC, restated_at DESC, provider
