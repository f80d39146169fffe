-- What one model (or all, where $model is empty) measured in the period: price, utilisation, throughput and volume,
-- over the held and observed hours, and the devices of the machine kind that carried most of its hours.
WITH row_cost AS (  -- a row may have one kind of cost and not the other: NULL + 1 would be nothing
    SELECT
        *,
        coalesce(busy_cost, 0) + coalesce(idle_cost, 0) AS gpu_cost,
        coalesce(cpu_cost, 0) + coalesce(managed_cost, 0) AS rest_cost
    FROM unit_cost
),
measured AS (
    SELECT
        sum(gpu_cost) AS gpu_cost, sum(rest_cost) AS rest_cost,
        sum(held_seconds) / 3600 AS held_hours, sum(busy_seconds) / 3600 AS busy_hours, sum(requests_ok) AS requests_ok,
        price_per_gpu_hour(gpu_cost, held_seconds) AS price,
        utilisation(busy_seconds, held_seconds) AS utilisation,
        throughput(requests_ok, busy_seconds) AS throughput,
        min(day) AS first_day, max(day) AS last_day
    FROM row_cost
    WHERE day >= $start AND day < $end AND is_in($currency, billing_currency) AND model IS NOT NULL
        AND ($model = '' OR model = $model)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id) AND chosen($teams, team)
),
machine AS (
    SELECT r.device_count, sum(g.billed_seconds) AS seconds
    FROM gpu_hour g
    JOIN (SELECT resource_id, max(device_count) AS device_count FROM resource GROUP BY 1) r USING (resource_id)
    WHERE g.hour >= $start AND g.hour < $end AND is_in($currency, g.billing_currency)
        AND g.state = 'serving' AND ($model = '' OR g.model = $model)
        AND chosen($providers, g.provider) AND chosen($accounts, g.sub_account_id) AND chosen($teams, g.team)
    GROUP BY 1
)
SELECT
    measured.*,
    -- a day between on which it did nothing is a day of its month, as far as the store knows that day
    (SELECT count(DISTINCT day) FROM unit_cost WHERE day BETWEEN measured.first_day AND measured.last_day) AS days,
    coalesce((SELECT greatest(max_by(device_count, seconds), 1) FROM machine), 1) AS machine_devices
FROM measured
