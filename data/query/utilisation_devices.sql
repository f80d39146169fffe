-- The rows of the raster: one per device, worst first, wholly unobserved ones last; at most $limit.
SELECT
    device_id,
    any_value(coalesce(node, resource_id)) AS node,
    any_value(gpu_model) AS gpu_model,
    any_value(resource_id) AS resource_id,
    utilisation(busy_seconds, observed_seconds) AS utilisation,
    gauge_mean(util_avg, observed_seconds) AS gauge_mean,
    sum(observed_seconds) / 3600 AS observed_hours,
    if_observed(sum(busy_seconds) / 3600, observed_seconds) AS busy_hours,
    if_observed(sum(idle_cost), observed_seconds) AS idle_cost
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
GROUP BY 1
-- Of equals, those that were there longest, then machine by machine: scattered rows would read as noise.
ORDER BY utilisation NULLS LAST, idle_cost DESC NULLS LAST, observed_hours DESC, node, device_id
LIMIT $limit
