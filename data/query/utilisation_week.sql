-- Utilisation by hour of the week in the zone asked for: weekday 1 = Monday, hour 0..23.
WITH fleet_hour AS (  -- summed first: moving an hour to a zone costs far more than adding it up
    SELECT
        hour, sum(busy_seconds) AS busy_seconds, sum(observed_seconds) AS observed_seconds,
        gauge_mean(util_avg, observed_seconds) AS util_avg,
        sum(CASE WHEN util_avg IS NOT NULL THEN observed_seconds END) AS gauged_seconds
    FROM gpu_hour
    WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY 1
),
moved AS (
    SELECT (hour AT TIME ZONE 'UTC') AT TIME ZONE $zone AS local_hour, * FROM fleet_hour
)
SELECT
    CAST(extract(isodow FROM local_hour) AS INTEGER) AS weekday,
    CAST(extract(hour FROM local_hour) AS INTEGER) AS hour,
    utilisation(busy_seconds, observed_seconds) AS utilisation,
    gauge_mean(util_avg, gauged_seconds) AS gauge_mean,
    sum(observed_seconds) / 3600 AS observed_hours
FROM moved
GROUP BY 1, 2
ORDER BY 1, 2
