-- Utilisation per UTC day, for the trend in the cards.
SELECT
    CAST(hour AS DATE) AS day,
    utilisation(busy_seconds, observed_seconds) AS utilisation,
    gauge_mean(util_avg, observed_seconds) AS gauge_mean,
    if_observed(sum(busy_seconds) / 3600, observed_seconds) AS busy_hours,
    CAST(if_observed(sum(idle_cost), observed_seconds) AS DOUBLE) AS idle_cost,
    sum(CASE WHEN billed_seconds IS NOT NULL THEN unobserved_seconds END) / 3600 AS unobserved_hours
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
GROUP BY 1
ORDER BY 1
