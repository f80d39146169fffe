-- Grain: billed machine with device time that no telemetry saw in the period.
SELECT
    resource_id, any_value(instance_type) AS instance_type,
    sum(unobserved_cost) AS unobserved_cost,
    sum(unobserved_seconds) / 3600 AS unobserved_gpu_hours,
    sum(observed_seconds) / nullif(sum(billed_seconds), 0) AS observed_share,
    CAST(max(CASE WHEN observed_seconds > 0 THEN hour END) AS TIMESTAMP) AS last_seen,
    any_value(gpu_model) AS gpu_model, count(DISTINCT device_id) AS devices, any_value(node) AS node,
    provider, sub_account_id
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
GROUP BY resource_id, provider, sub_account_id
-- the minutes at a machine's start and stop are not a missing exporter
HAVING sum(unobserved_seconds) > 0.2 * sum(billed_seconds)
ORDER BY unobserved_cost DESC, resource_id
