-- Device-seconds of model versions, with the same weights as their dollars (MODEL.md §4), by unit-cost key.
SELECT
    day_of(s.hour) AS day, s.model AS model, s.version AS version, s.endpoint AS endpoint, s.mode AS mode,
    s.team AS team, m.device_model AS gpu_model, m.provider AS provider, m.billing_account_id AS billing_account_id,
    m.sub_account_id AS sub_account_id,
    sum(CASE WHEN s.activity = 'busy' THEN s.seconds ELSE 0.0 END) AS busy_seconds, sum(s.seconds) AS held_seconds
FROM slice AS s
JOIN machine AS m ON m.machine_no = s.machine_no
CROSS JOIN option AS o
WHERE s.state = 'serving' AND s.hour >= o.month_start AND s.hour < o.month_end
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
