-- What each source holds: of costs per billing period and currency, of telemetry per UTC month, where money is unknown.
-- A damaged effective cost is unknown too, not a number.
SELECT
    cost.source,
    cost.billing_period,
    cost.billing_currency,
    count(*) AS rows,
    sum(cost.billed_cost) AS billed_cost,
    CASE WHEN bool_and(load.effective_usable) THEN sum(cost.effective_cost) END AS effective_cost
FROM cost
LEFT JOIN load ON load.load_id = cost.load_id
GROUP BY 1, 2, 3
UNION ALL
SELECT source, period, NULL, rows, NULL, NULL FROM source_period
ORDER BY 1, 2, 3;
