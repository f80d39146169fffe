-- Grain: member ($by: team or model; 'none' = nobody known) × kind of device: effective cost of observed device time (held or
-- free: a free device is the team's whose bill it is on), of its busy part, and what nobody observed; machine_devices = devices
-- that are billed together, NULL where the estate does not tell.
WITH machine AS (
    SELECT instance_type, max(device_count) AS devices FROM resource WHERE instance_type IS NOT NULL GROUP BY 1
)
SELECT
    coalesce(CASE $by WHEN 'team' THEN team ELSE model END, 'none') AS member,
    coalesce(g.instance_type, g.gpu_model, 'unknown device') AS kind,
    sum(busy_cost) + sum(idle_cost) AS reserved, sum(busy_cost) AS busy_cost, sum(unobserved_cost) AS unobserved,
    sum(cost) AS cost, sum(billed_seconds) / 3600 AS device_hours, max(m.devices) AS machine_devices
FROM gpu_hour AS g
LEFT JOIN machine AS m ON m.instance_type = g.instance_type
WHERE hour >= $start AND hour < $end AND g.billing_currency = $currency
    AND chosen($providers, g.provider) AND chosen($accounts, g.sub_account_id)
    AND chosen($teams, g.team) AND chosen($models, g.model)
GROUP BY 1, 2
ORDER BY member, kind
