-- What each source holds: of costs per billing period and currency, of telemetry per UTC month, where money is unknown.
-- A damaged effective cost is unknown too, not a number.
SELECT
    cost.source,
    cost.billing_period,
    cost.billing_currency,
    count(*) AS rows,
    sum(cost.billed_cost) AS billed_cost,
    CASE WHEN count(damaged.load_id) = 0 THEN sum(cost.effective_cost) END AS effective_cost
FROM cost
LEFT JOIN unusable_effective AS damaged
    ON damaged.load_id = cost.load_id
    AND damaged.provider IS NOT DISTINCT FROM cost.provider
    AND damaged.billing_account_id IS NOT DISTINCT FROM cost.billing_account_id
    AND damaged.billing_currency IS NOT DISTINCT FROM cost.billing_currency
GROUP BY 1, 2, 3
UNION ALL
SELECT source, period, NULL, rows, NULL, NULL FROM source_period
ORDER BY 1, 2, 3;
