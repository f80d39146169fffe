-- One row per idle stretch × hour of the believed source: where it starts and ends in the hour, and what that time cost.
-- The rate is the row's own: cost of the seconds seen ÷ seconds seen, so that at 1 % and any length the pieces sum to idle_cost.
WITH rate AS (
    SELECT
        g.hour AS hour, g.device_id AS device_id, g.namespace AS namespace, g.pod AS pod, max(g.source) AS source,
        max(g.billing_currency) AS billing_currency,
        sum(to_double(g.busy_cost) + to_double(g.idle_cost)) AS cost, max(d.observed_seconds) AS observed_seconds
    FROM gpu_hour AS g
    JOIN month_device_hour AS d
        ON d.source = g.source AND d.hour = g.hour AND d.device_id = g.device_id
        AND d.namespace IS NOT DISTINCT FROM g.namespace AND d.pod IS NOT DISTINCT FROM g.pod
    WHERE g.state <> 'unobserved'
    GROUP BY 1, 2, 3, 4
),
piece AS (
    SELECT
        s.source AS source, s.device_id AS device_id, s.namespace AS namespace, s.pod AS pod, s.threshold AS threshold,
        h.hour AS hour, greatest(s.start_at, h.hour) AS start_at, least(s.end_at, h.next_hour) AS end_at,
        s.seconds / nullif(seconds_between(s.start_at, s.end_at), 0) AS weight,
        s.largest_gap AS largest_gap, s.signal AS signal, s.step_seconds AS step_seconds
    FROM month_idle_stretch AS s
    JOIN month_hour AS h ON h.next_hour > s.start_at AND h.hour < s.end_at
)
SELECT
    p.source AS source, p.device_id AS device_id, p.namespace AS namespace, p.pod AS pod, p.threshold AS threshold,
    p.hour AS hour, p.start_at AS start_at, p.end_at AS end_at, p.largest_gap AS largest_gap, p.signal AS signal,
    p.step_seconds AS step_seconds, r.billing_currency AS billing_currency,
    seconds_between(p.start_at, p.end_at) * p.weight AS seconds,
    r.cost / nullif(r.observed_seconds, 0) * seconds_between(p.start_at, p.end_at) * p.weight AS cost
FROM piece AS p
JOIN rate AS r
    ON r.source = p.source AND r.hour = p.hour AND r.device_id = p.device_id
    AND r.namespace IS NOT DISTINCT FROM p.namespace AND r.pod IS NOT DISTINCT FROM p.pod
