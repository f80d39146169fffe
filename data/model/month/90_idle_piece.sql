-- One row per idle stretch × hour of the believed source: where it starts and ends in the hour, and what that time cost.
-- The rate is the hour's own: cost of the seconds seen ÷ seconds seen, so that at 1 % and any length the pieces sum to idle_cost.
WITH paid AS (
    SELECT hour, holder_no, max(billing_currency) AS billing_currency, sum(effective_cost) AS cost
    FROM device_part
    WHERE activity <> 'unobserved'
    GROUP BY 1, 2
),
rate AS (
    SELECT
        d.hour AS hour, d.holder_no AS holder_no, d.source AS source, p.billing_currency AS billing_currency,
        to_double(p.cost) / nullif(d.observed_seconds, 0) AS rate
    FROM month_device_hour AS d
    JOIN witness AS w ON w.device_no = d.device_no AND w.hour = d.hour AND w.source = d.source
    LEFT JOIN paid AS p ON p.hour = d.hour AND p.holder_no = d.holder_no
),
stretch AS (
    SELECT
        s.source AS source, s.device_id AS told_id, h.holder_no AS holder_no, s.threshold AS threshold, s.start_at AS start_at, s.end_at AS end_at,
        s.seconds / nullif(seconds_between(s.start_at, s.end_at), 0) AS weight,
        s.largest_gap AS largest_gap, s.signal AS signal, s.step_seconds AS step_seconds
    FROM month_idle_stretch AS s
    LEFT JOIN device_alias AS a ON a.told_id = s.device_id
    JOIN sighting AS h
        ON h.device_id = coalesce(a.device_id, s.device_id) AND h.namespace IS NOT DISTINCT FROM s.namespace AND h.pod IS NOT DISTINCT FROM s.pod
),
piece AS (
    SELECT
        s.source AS source, s.told_id AS told_id, s.holder_no AS holder_no, s.threshold AS threshold,
        h.hour AS hour, greatest(s.start_at, h.hour) AS start_at, least(s.end_at, h.next_hour) AS end_at, s.weight AS weight,
        s.largest_gap AS largest_gap, s.signal AS signal, s.step_seconds AS step_seconds
    FROM stretch AS s
    JOIN month_hour AS h ON h.hour = hour_start(s.start_at)
    UNION ALL
    SELECT
        s.source AS source, s.told_id AS told_id, s.holder_no AS holder_no, s.threshold AS threshold,
        h.hour AS hour, h.hour AS start_at, least(s.end_at, h.next_hour) AS end_at, s.weight AS weight,
        s.largest_gap AS largest_gap, s.signal AS signal, s.step_seconds AS step_seconds
    FROM stretch AS s
    JOIN month_hour AS h ON h.hour > s.start_at AND h.hour < s.end_at
)
SELECT
    p.source AS source, p.holder_no AS holder_no, p.threshold AS threshold,
    p.hour AS hour, p.start_at AS start_at, p.end_at AS end_at, p.largest_gap AS largest_gap, p.signal AS signal,
    p.step_seconds AS step_seconds, r.billing_currency AS billing_currency,
    seconds_between(p.start_at, p.end_at) * p.weight AS seconds,
    r.rate * seconds_between(p.start_at, p.end_at) * p.weight AS cost
FROM piece AS p
JOIN rate AS r ON r.hour = p.hour AND r.holder_no = p.holder_no AND r.source = p.source
LEFT JOIN twice_named AS n ON n.source = p.source AND n.hour = p.hour AND n.told_id = p.told_id
WHERE n.source IS NULL
