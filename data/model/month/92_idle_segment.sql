-- Stretches of the month by day: pieces of one holder and threshold that touch. Ingest has broken them at busy samples and at
-- gaps above 2 × the step; between two loads or sources a hole of up to half a step is jitter, and one busy sample is a whole step.
WITH ordered AS (
    SELECT
        source, holder_no, threshold, hour, start_at, end_at, largest_gap, signal, step_seconds, seconds, cost, billing_currency,
        lag(end_at) OVER (PARTITION BY holder_no, threshold ORDER BY start_at) AS last_end,
        lag(step_seconds) OVER (PARTITION BY holder_no, threshold ORDER BY start_at) AS last_step
    FROM idle_piece
),
marked AS (
    SELECT
        source, holder_no, threshold, hour, start_at, end_at, largest_gap, signal, step_seconds, seconds, cost, billing_currency,
        sum(CASE
            WHEN last_end IS NULL THEN 1
            WHEN seconds_between(last_end, start_at) > 0.5 * least(step_seconds, last_step) THEN 1
            ELSE 0
        END) OVER (PARTITION BY holder_no, threshold ORDER BY start_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
    FROM ordered
),
by_day AS (
    SELECT
        holder_no, threshold, run, day_of(hour) AS day, max(source) AS source, max(signal) AS signal,
        max(step_seconds) AS step_seconds, max(largest_gap) AS largest_gap, min(start_at) AS start_at, max(end_at) AS end_at,
        sum(seconds) AS seconds, sum(cost) AS cost, max(billing_currency) AS billing_currency
    FROM marked
    GROUP BY 1, 2, 3, 4
)
SELECT
    h.device_id AS device_id, h.namespace AS namespace, h.pod AS pod, b.threshold AS threshold, b.run AS run, b.day AS day,
    b.source AS source, b.signal AS signal, b.step_seconds AS step_seconds, b.largest_gap AS largest_gap,
    b.start_at AS start_at, b.end_at AS end_at, b.seconds AS seconds, b.cost AS cost, b.billing_currency AS billing_currency
FROM by_day AS b
JOIN sighting AS h ON h.holder_no = b.holder_no
