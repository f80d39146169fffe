-- The days that charges cover. Only used days anchor "last n days": tax, support and purchases may lie ahead of usage. Without
-- any usage the last charge does.
SELECT
    coalesce(min(CASE WHEN rung NOT IN ('tax', 'credit', 'refund_correction', 'timing', 'unexplained') THEN day END), min(day))
        AS first_day,
    coalesce(
        max(CASE WHEN rung IN ('serving_busy', 'serving_idle', 'serving_cpu', 'unallocated', 'unobserved', 'other_gpu', 'managed',
            'shared') THEN day END),
        max(day)
    ) AS last_day
FROM ladder
