-- How busy the devices were: device-hours from billed to busy, and both utilisations. One row.
-- billed >= observed >= held >= busy holds for billed devices; devices that no bill knows count in utilisation alone.
SELECT
    count(DISTINCT device_id) AS devices,
    count(DISTINCT CASE WHEN observed_seconds > 0 THEN device_id END) AS observed_devices,
    count(DISTINCT CASE WHEN state = 'unobserved' THEN coalesce(node, resource_id) END) AS unobserved_nodes,
    coalesce(sum(billed_seconds), 0) / 3600 AS billed_hours,
    coalesce(sum(CASE WHEN billed_seconds IS NOT NULL THEN observed_seconds END), 0) / 3600 AS observed_hours,
    coalesce(sum(CASE WHEN billed_seconds IS NOT NULL AND state IN ('serving', 'other') THEN observed_seconds END), 0) / 3600
        AS held_hours,
    coalesce(sum(CASE WHEN billed_seconds IS NOT NULL THEN busy_seconds END), 0) / 3600 AS busy_hours,
    coalesce(sum(CASE WHEN billed_seconds IS NULL THEN observed_seconds END), 0) / 3600 AS unbilled_hours,
    utilisation(busy_seconds, observed_seconds) AS utilisation,
    gauge_mean(util_avg, observed_seconds) AS gauge_mean,
    sum(CASE WHEN billing_currency = $currency THEN cost END) AS cost,
    sum(CASE WHEN billing_currency = $currency THEN idle_cost END) AS idle_cost,
    sum(CASE WHEN billing_currency = $currency THEN unobserved_cost END) AS unobserved_cost
FROM gpu_hour
WHERE hour >= $start AND hour < $end
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
