-- The hours of some devices, all of them together: the evidence behind a finding, and the drill of the raster.
SELECT
    hour,
    sum(busy_seconds) / 3600 AS busy_hours,
    sum(idle_seconds) / 3600 AS idle_hours,
    sum(unobserved_seconds) / 3600 AS unobserved_hours,
    gauge_mean(util_avg, observed_seconds) AS gauge_mean,
    max(util_max) AS gauge_max,
    string_agg(DISTINCT coalesce(model || ' ' || coalesce(version, ''), pod), ', ') AS holders,
    sum(cost) AS cost
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency) AND list_contains($devices, device_id)
GROUP BY 1
ORDER BY 1
