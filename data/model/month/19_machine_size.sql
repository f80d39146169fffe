-- One row per hour of a machine that had several instance types: what its lines of that hour say that it holds. Where it was
-- resized within the hour, the larger type counts.
WITH line AS (
    SELECT m.machine_no AS machine_no, c.start_hour AS hour, c.instance_type AS instance_type
    FROM month_line AS c
    JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
    JOIN machine AS m ON m.resource_id = c.resource_id
    WHERE m.by_type AND l.rung = 'device' AND c.within_hour
    UNION ALL
    SELECT m.machine_no AS machine_no, h.hour AS hour, c.instance_type AS instance_type
    FROM month_line AS c
    JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
    JOIN machine AS m ON m.resource_id = c.resource_id
    JOIN calendar AS h ON h.next_hour > c.start_at AND h.hour < c.end_at
    WHERE m.by_type AND l.rung = 'device' AND NOT c.within_hour
),
ranked AS (
    SELECT
        l.machine_no AS machine_no, l.hour AS hour, a.instance_type AS instance_type, a.device_kind AS device_kind,
        a.device_model AS device_model, greatest(a.device_count, 1) AS device_count,
        row_number() OVER (
            PARTITION BY l.machine_no, l.hour ORDER BY a.device_count DESC, a.instance_type
        ) AS place
    FROM line AS l
    JOIN accelerator AS a ON a.instance_type = l.instance_type
)
SELECT
    machine_no, hour, instance_type, device_kind, device_model, device_count
FROM ranked
WHERE place = 1
