-- How busy the devices were: both utilisations, and device-hours. One row. What nobody observed is NULL, as is what nobody billed.
-- billed >= billed_observed >= billed_held >= billed_busy; devices that no bill knows count in observed, held and busy alone.
SELECT
    count(DISTINCT device_id) AS devices,
    count(DISTINCT CASE WHEN observed_seconds > 0 THEN device_id END) AS observed_devices,
    count(DISTINCT CASE WHEN state = 'unobserved' THEN coalesce(node, resource_id) END) AS unobserved_nodes,
    sum(billed_seconds) / 3600 AS billed_hours,
    coalesce(sum(observed_seconds), 0) / 3600 AS observed_hours,
    if_observed(sum(if_held(state, observed_seconds)) / 3600, observed_seconds) AS held_hours,
    if_observed(sum(busy_seconds) / 3600, observed_seconds) AS busy_hours,
    sum(CASE WHEN billed_seconds IS NOT NULL THEN observed_seconds END) / 3600 AS billed_observed_hours,
    if_observed(sum(CASE WHEN billed_seconds IS NOT NULL THEN if_held(state, observed_seconds) END) / 3600,
        CASE WHEN billed_seconds IS NOT NULL THEN observed_seconds END) AS billed_held_hours,
    if_observed(sum(CASE WHEN billed_seconds IS NOT NULL THEN busy_seconds END) / 3600,
        CASE WHEN billed_seconds IS NOT NULL THEN observed_seconds END) AS billed_busy_hours,
    utilisation(busy_seconds, observed_seconds) AS utilisation,
    gauge_mean(util_avg, observed_seconds) AS gauge_mean,
    sum(cost) AS cost,
    if_observed(sum(idle_cost), observed_seconds) AS idle_cost,
    sum(unobserved_cost) AS unobserved_cost
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
