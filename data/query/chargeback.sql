-- Grain: UTC hour × member ($by: team or model; 'none' = nobody known) × kind of device: device-hours in which devices worked.
SELECT
    hour, coalesce(CASE $by WHEN 'team' THEN team ELSE model END, 'none') AS member,
    coalesce(instance_type, gpu_model, 'unknown device') AS kind, sum(busy_seconds) / 3600 AS busy_hours
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
GROUP BY ALL
HAVING sum(busy_seconds) > 0
ORDER BY hour, member, kind
