-- Free time of each device by UTC day, cut by `lasting`: summed over lasting ≥ L, a column says what is free at a shortest
-- length of L seconds, whatever L a reader asks for. Runs are free at every length up to their own; a machine's hour or a
-- device's day is free as a whole up to the length of the run with which 99 % of it is reached (a run starts and ends on a
-- sample, not on the bill's second).
WITH spent AS (
    SELECT
        r.threshold AS threshold, r.seconds AS lasting, h.machine AS machine, h.device_id AS device_id, h.hour AS hour,
        max(h.billed_seconds) AS billed_seconds, max(h.cost) AS cost, max(h.uncommitted_cost) AS uncommitted_cost,
        max(h.devices) AS devices, max(h.is_first) AS is_first, max(h.billing_currency) AS billing_currency,
        sum(least(3600.0, seconds_between(h.hour, r.end_at)) - greatest(0.0, seconds_between(h.hour, r.start_at))) AS seconds
    FROM idle_run AS r
    JOIN built_unheld_hour AS h
        ON h.device_id = r.device_id AND h.machine = coalesce(r.resource_id, r.node, r.device_id)
        AND h.hour >= hour_start(r.start_at) AND h.hour < r.end_at
    WHERE r.state = 'free'
    GROUP BY 1, 2, 3, 4, 5
),
upto AS (
    SELECT
        threshold, lasting, machine, device_id, hour, day_of(hour) AS day, billing_currency, billed_seconds, to_double(cost) AS cost,
        uncommitted_cost, devices, is_first, seconds,
        sum(seconds) OVER (
            PARTITION BY threshold, machine, device_id, hour ORDER BY lasting DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS upto
    FROM spent
),
device_hour AS (
    SELECT
        threshold, machine, device_id, hour, max(uncommitted_cost) AS uncommitted_cost, max(devices) AS devices,
        max(is_first) AS is_first, max(billing_currency) AS billing_currency,
        max(CASE WHEN billed_seconds > 0 AND upto >= 0.99 * billed_seconds THEN lasting END) AS lasting
    FROM upto
    GROUP BY 1, 2, 3, 4
),
-- Clouds bill whole machines: an hour is cash where every device of the machine was free for all of its billed time.
whole AS (
    SELECT threshold, machine, hour, min(lasting) AS lasting
    FROM device_hour
    GROUP BY 1, 2, 3
    HAVING count(lasting) = max(devices) AND max(devices) > 0
),
by_day AS (
    SELECT threshold, lasting, machine, device_id, day, sum(seconds) AS seconds FROM upto GROUP BY 1, 2, 3, 4, 5
),
day_upto AS (
    SELECT
        threshold, lasting, machine, device_id, day,
        sum(seconds) OVER (
            PARTITION BY threshold, machine, device_id, day ORDER BY lasting DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS upto
    FROM by_day
),
device_day AS (
    SELECT machine, device_id, day, sum(billed_seconds) AS billed_seconds, sum(cost) AS cost, max(billing_currency) AS billing_currency
    FROM built_device_day
    GROUP BY 1, 2, 3
),
-- Dark: free for a whole day's billed time.
dark AS (
    SELECT
        u.threshold AS threshold, u.machine AS machine, u.device_id AS device_id, u.day AS day, max(u.lasting) AS lasting,
        max(d.cost) AS cost, max(d.billing_currency) AS billing_currency
    FROM day_upto AS u
    JOIN device_day AS d ON d.machine = u.machine AND d.device_id = u.device_id AND d.day = u.day
    WHERE u.upto >= 0.99 * d.billed_seconds
    GROUP BY 1, 2, 3, 4
),
step AS (
    SELECT
        threshold, lasting, machine, device_id, day, billing_currency,
        cost * (least(1.0, upto / nullif(billed_seconds, 0)) - least(1.0, (upto - seconds) / nullif(billed_seconds, 0))) AS free_cost,
        NULL AS cash, 0 AS whole_hours, 0.0 AS dark_seconds, NULL AS dark_cost
    FROM upto
    UNION ALL
    SELECT
        w.threshold AS threshold, w.lasting AS lasting, d.machine AS machine, d.device_id AS device_id, day_of(d.hour) AS day,
        d.billing_currency AS billing_currency, NULL AS free_cost, d.uncommitted_cost AS cash, d.is_first AS whole_hours,
        0.0 AS dark_seconds, NULL AS dark_cost
    FROM device_hour AS d
    JOIN whole AS w ON w.threshold = d.threshold AND w.machine = d.machine AND w.hour = d.hour
    UNION ALL
    SELECT
        s.threshold AS threshold, least(s.lasting, k.lasting) AS lasting, s.machine AS machine, s.device_id AS device_id, s.day AS day,
        k.billing_currency AS billing_currency, NULL AS free_cost, NULL AS cash, 0 AS whole_hours, s.seconds AS dark_seconds,
        NULL AS dark_cost
    FROM by_day AS s
    JOIN dark AS k ON k.threshold = s.threshold AND k.machine = s.machine AND k.device_id = s.device_id AND k.day = s.day
    UNION ALL
    SELECT
        threshold, lasting, machine, device_id, day, billing_currency, NULL AS free_cost, NULL AS cash, 0 AS whole_hours,
        0.0 AS dark_seconds, cost AS dark_cost
    FROM dark
)
SELECT
    threshold, lasting, machine, device_id, day, billing_currency, to_money(sum(free_cost)) AS free_cost, sum(cash) AS cash,
    sum(whole_hours) AS whole_hours, sum(dark_seconds) AS dark_seconds, sum(dark_cost) AS dark_cost
FROM step
GROUP BY 1, 2, 3, 4, 5, 6
