-- The days that charges cover: one row without a currency for all of them, then one per billing currency, whose bill may start or
-- end on other days. Only used days anchor "last n days": tax, support and purchases may lie ahead of usage. Without any usage the
-- last charge does; without charges the days that telemetry saw, else those on which something was loaded.
WITH charged AS (
    SELECT
        billing_currency,
        grouping(billing_currency) = 1 AS overall,
        coalesce(
            min(CASE WHEN rung NOT IN ('tax', 'credit', 'refund_correction', 'timing', 'unexplained') THEN day END), min(day)
        ) AS first_day,
        coalesce(
            max(CASE WHEN rung IN ('serving_busy', 'serving_idle', 'serving_cpu', 'unallocated', 'unobserved', 'other_gpu',
                'managed', 'shared') THEN day END),
            max(day)
        ) AS last_day
    FROM ladder
    GROUP BY GROUPING SETS ((), (billing_currency))
),
seen AS (SELECT CAST(min(hour) AS DATE) AS first_day, CAST(max(hour) AS DATE) AS last_day FROM gpu_hour),
tried AS (SELECT CAST(min(started_at) AS DATE) AS first_day, CAST(max(started_at) AS DATE) AS last_day FROM load)
SELECT
    c.billing_currency AS currency,
    coalesce(c.first_day, s.first_day, t.first_day) AS first_day,
    coalesce(c.last_day, s.last_day, t.last_day) AS last_day,
    c.last_day IS NOT NULL AS charged
FROM charged c
CROSS JOIN seen s
CROSS JOIN tried t
WHERE c.overall OR c.billing_currency IS NOT NULL
ORDER BY c.overall DESC, c.billing_currency
