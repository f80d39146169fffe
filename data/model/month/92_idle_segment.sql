-- Stretches of the month: pieces of one device, holder and threshold that follow each other within 2 × the sampling step.
WITH ordered AS (
    SELECT
        source, device_id, namespace, pod, threshold, hour, start_at, end_at, largest_gap, signal, step_seconds, seconds, cost,
        billing_currency,
        lag(end_at) OVER (PARTITION BY device_id, namespace, pod, threshold ORDER BY start_at) AS last_end,
        lag(step_seconds) OVER (PARTITION BY device_id, namespace, pod, threshold ORDER BY start_at) AS last_step
    FROM idle_piece
),
marked AS (
    SELECT
        source, device_id, namespace, pod, threshold, start_at, end_at, largest_gap, signal, step_seconds, seconds, cost,
        billing_currency, day_of(hour) AS day,
        sum(CASE
            WHEN last_end IS NULL THEN 1
            WHEN seconds_between(last_end, start_at) > greatest(step_seconds, last_step) THEN 1
            ELSE 0
        END) OVER (
            PARTITION BY device_id, namespace, pod, threshold ORDER BY start_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS run
    FROM ordered
)
SELECT
    device_id, namespace, pod, threshold, run, day, max(source) AS source, max(signal) AS signal, max(step_seconds) AS step_seconds,
    max(largest_gap) AS largest_gap, min(start_at) AS start_at, max(end_at) AS end_at, sum(seconds) AS seconds, sum(cost) AS cost,
    max(billing_currency) AS billing_currency
FROM marked
GROUP BY 1, 2, 3, 4, 5, 6
