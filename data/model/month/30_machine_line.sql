-- One row per device line × hour that it covers: the stretch [lo, hi) of the line's cost that falls on this hour.
-- A line longer than an hour is spread over the hours in which telemetry saw its machine, else evenly (MODEL.md §4).
WITH long AS (
    SELECT
        c.load_id AS load_id, c.line_id AS line_id, m.machine_no AS machine_no, h.hour AS hour,
        c.quantity_seconds AS quantity_seconds, c.quantity_is_per_device AS quantity_is_per_device,
        CASE WHEN s.machine_no IS NULL THEN 0.0 ELSE 1.0 END AS seen
    FROM month_line AS c
    JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
    JOIN calendar AS h ON h.next_hour > c.start_at AND h.hour < c.end_at
    JOIN machine AS m ON m.resource_id = c.resource_id
    LEFT JOIN seen_hour AS s ON s.machine_no = m.machine_no AND s.hour = h.hour
    WHERE l.rung = 'device' AND NOT c.within_hour
),
weighted AS (
    SELECT
        load_id, line_id, machine_no, hour, quantity_seconds, quantity_is_per_device,
        CASE WHEN sum(seen) OVER (PARTITION BY load_id, line_id) > 0 THEN seen ELSE 1.0 END AS weight
    FROM long
),
summed AS (
    SELECT
        load_id, line_id, machine_no, hour, quantity_seconds, quantity_is_per_device, weight,
        sum(weight) OVER (PARTITION BY load_id, line_id) AS total,
        sum(weight) OVER (PARTITION BY load_id, line_id ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto
    FROM weighted
)
SELECT
    c.load_id AS load_id, c.line_id AS line_id, m.machine_no AS machine_no, c.start_hour AS hour,
    c.quantity_seconds AS seconds, c.quantity_is_per_device AS quantity_is_per_device, 0.0 AS lo, 1.0 AS hi
FROM month_line AS c
JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
JOIN machine AS m ON m.resource_id = c.resource_id
WHERE l.rung = 'device' AND c.within_hour
UNION ALL
SELECT
    load_id, line_id, machine_no, hour, quantity_seconds * weight / nullif(total, 0) AS seconds, quantity_is_per_device,
    (upto - weight) / nullif(total, 0) AS lo, upto / nullif(total, 0) AS hi
FROM summed
WHERE weight > 0
