-- The months' stretches, joined where one goes on across midnight of the month's last day; one row per run and day.
WITH stretch AS (
    SELECT
        month, device_id, namespace, pod, threshold, run, min(start_at) AS start_at, max(end_at) AS end_at,
        max(step_seconds) AS step_seconds
    FROM built_idle_segment
    GROUP BY 1, 2, 3, 4, 5, 6
),
ordered AS (
    SELECT
        month, device_id, namespace, pod, threshold, run, start_at, end_at, step_seconds,
        lag(end_at) OVER (PARTITION BY device_id, namespace, pod, threshold ORDER BY start_at) AS last_end,
        lag(step_seconds) OVER (PARTITION BY device_id, namespace, pod, threshold ORDER BY start_at) AS last_step
    FROM stretch
),
numbered AS (
    SELECT
        month, device_id, namespace, pod, threshold, run,
        sum(CASE
            WHEN last_end IS NULL THEN 1
            WHEN seconds_between(last_end, start_at) > 0.5 * least(step_seconds, last_step) THEN 1
            ELSE 0
        END) OVER (
            ORDER BY device_id, namespace, pod, threshold, start_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS run_id
    FROM ordered
)
SELECT
    n.run_id AS run_id, s.day AS day, s.source AS source, s.device_id AS device_id, s.namespace AS namespace, s.pod AS pod,
    s.threshold AS threshold, s.start_at AS start_at, s.end_at AS end_at, s.seconds AS seconds, s.largest_gap AS largest_gap,
    s.signal AS signal, s.step_seconds AS step_seconds, to_money(s.cost) AS cost, s.billing_currency AS billing_currency
FROM built_idle_segment AS s
JOIN numbered AS n
    ON n.month = s.month AND n.device_id = s.device_id AND n.threshold = s.threshold AND n.run = s.run
    AND n.namespace IS NOT DISTINCT FROM s.namespace AND n.pod IS NOT DISTINCT FROM s.pod
