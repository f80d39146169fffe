-- Utilisation per UTC day, for the trend in the cards.
SELECT
    CAST(hour AS DATE) AS day,
    utilisation(busy_seconds, observed_seconds) AS utilisation,
    gauge_mean(util_avg, observed_seconds) AS gauge_mean,
    sum(busy_seconds) / 3600 AS busy_hours,
    CAST(sum(CASE WHEN billing_currency = $currency THEN idle_cost END) AS DOUBLE) AS idle_cost,
    sum(unobserved_seconds) / 3600 AS unobserved_hours
FROM gpu_hour
WHERE hour >= $start AND hour < $end
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
GROUP BY 1
ORDER BY 1
