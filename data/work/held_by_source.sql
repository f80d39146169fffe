-- What one source holds: relation, first and last day, currency and billed cost (of the invoice alone), rows. Nothing, no row.
SELECT 'charge lines' AS what, min(period) AS first_day, max(period) AS last_day, NULL AS currency, NULL AS billed, sum(rows) AS rows
FROM parquet_file
WHERE relation = 'cost' AND source = $source
HAVING count(*) > 0
UNION ALL
SELECT 'invoice totals', min(billing_period), max(billing_period), billing_currency, CAST(sum(billed_cost) AS DECIMAL(38, 12)), count(*)
FROM invoice_total WHERE source = $source GROUP BY billing_currency
UNION ALL
SELECT 'restated totals', min(billing_period), max(billing_period), NULL, NULL, count(*)
FROM replaced_total WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'times of deliveries', min(billing_period), max(billing_period), NULL, NULL, count(*)
FROM delivery_time WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'device-hours', min(CAST(hour AS DATE)), max(CAST(hour AS DATE)), NULL, NULL, count(*)
FROM device_hour WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'idle stretches', min(CAST(start_at AS DATE)), max(CAST(start_at AS DATE)), NULL, NULL, count(*)
FROM idle_stretch WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'traffic', min(CAST(hour AS DATE)), max(CAST(hour AS DATE)), NULL, NULL, count(*)
FROM traffic WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'requests at the ends of logs', min(CAST(hour AS DATE)), max(CAST(hour AS DATE)), NULL, NULL, count(*)
FROM request_edge WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'latencies', min(CAST(hour AS DATE)), max(CAST(hour AS DATE)), NULL, NULL, count(*)
FROM traffic_latency WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'machines', NULL, NULL, NULL, NULL, count(*) FROM resource_map WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'deployments', NULL, NULL, NULL, NULL, count(*) FROM deployment_map WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'list prices', NULL, NULL, NULL, NULL, count(*) FROM price WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'exchange rates', min(day), max(day), NULL, NULL, count(*) FROM fx_rate WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'accounts', NULL, NULL, NULL, NULL, count(*) FROM account WHERE source = $source HAVING count(*) > 0
UNION ALL
SELECT 'business outputs', min(day), max(day), NULL, NULL, count(*) FROM business_output WHERE source = $source HAVING count(*) > 0;
