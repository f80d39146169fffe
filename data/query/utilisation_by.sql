-- The same by GPU model, served model or node: worst first, wholly unobserved ones last.
WITH named AS (
    SELECT
        CASE $dimension
            WHEN 'GPU model' THEN coalesce(gpu_model, 'GPU model unknown')
            WHEN 'model' THEN coalesce(model, CASE state
                WHEN 'free' THEN '(held by nobody)'
                WHEN 'unobserved' THEN '(unobserved)'
                ELSE '(other GPU work)'
            END)
            ELSE coalesce(node, resource_id)
        END AS name,
        *
    FROM gpu_hour
    WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
)
SELECT
    name,
    count(DISTINCT device_id) AS devices,
    utilisation(busy_seconds, observed_seconds) AS utilisation,
    gauge_mean(util_avg, observed_seconds) AS gauge_mean,
    sum(billed_seconds) / 3600 AS billed_hours,
    sum(observed_seconds) / 3600 AS observed_hours,
    if_observed(sum(if_held(state, observed_seconds)) / 3600, observed_seconds) AS held_hours,
    if_observed(sum(busy_seconds) / 3600, observed_seconds) AS busy_hours,
    sum(CASE WHEN billed_seconds IS NOT NULL THEN unobserved_seconds END) / 3600 AS unobserved_hours,
    sum(cost) AS cost,
    if_observed(sum(idle_cost), observed_seconds) AS idle_cost
FROM named
GROUP BY 1
ORDER BY utilisation NULLS LAST, idle_cost DESC NULLS LAST, name
