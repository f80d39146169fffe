-- The days that charges cover. Whole-month charges (tax, support) may lie ahead of usage: only used days anchor "last n days".
SELECT
    coalesce(min(CASE WHEN rung NOT IN ('tax', 'credit', 'refund_correction', 'timing', 'unexplained') THEN day END), min(day))
        AS first_day,
    coalesce(max(CASE WHEN rung NOT IN ('tax', 'credit', 'refund_correction', 'timing', 'unexplained') THEN day END), max(day))
        AS last_day
FROM ladder
