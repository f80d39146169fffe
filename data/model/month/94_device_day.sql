-- What a machine's device was billed by UTC day, and the last hour in which anything is known of it.
SELECT
    coalesce(resource_id, node, device_id) AS machine, device_id AS device_id, day_of(hour) AS day,
    billing_currency AS billing_currency, sum(billed_seconds) AS billed_seconds, sum(cost) AS cost, max(hour) AS last_hour
FROM gpu_hour
GROUP BY 1, 2, 3, 4
