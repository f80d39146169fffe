-- One row per billed machine × hour: B, its billed seconds – from the quantity of its compute lines, else first to last
-- sighting, else the whole hour –, how many devices it has, and the team that its lines name.
WITH billed AS (
    SELECT
        m.machine_no AS machine_no, m.hour AS hour,
        sum(CASE WHEN m.quantity_is_per_device THEN NULL ELSE m.seconds END) AS seconds,
        sum(CASE WHEN m.quantity_is_per_device THEN m.seconds END) AS device_seconds,
        max(c.team) AS team
    FROM machine_line AS m
    JOIN month_line AS c ON c.load_id = m.load_id AND c.line_id = m.line_id
    GROUP BY 1, 2
),
sighted AS (
    SELECT
        machine_no, hour, count(*) AS rows_seen, sum(device_weight) AS devices_seen,
        seconds_between(min(first_seen), max(last_seen)) + min(step_seconds) AS seconds
    FROM witness
    WHERE machine_no IS NOT NULL
    GROUP BY 1, 2
),
counted AS (
    SELECT
        b.machine_no AS machine_no, m.resource_id AS resource_id, b.hour AS hour,
        greatest(coalesce(z.device_count, m.device_count), floor(coalesce(s.devices_seen, 0) + 0.999)) AS devices,
        coalesce(s.devices_seen, 0) AS devices_seen,
        b.seconds AS seconds, b.device_seconds AS device_seconds, s.seconds AS sighted_seconds, b.team AS team
    FROM billed AS b
    JOIN machine AS m ON m.machine_no = b.machine_no
    LEFT JOIN machine_size AS z ON z.machine_no = b.machine_no AND z.hour = b.hour
    LEFT JOIN sighted AS s ON s.machine_no = b.machine_no AND s.hour = b.hour
)
SELECT
    machine_no, resource_id, hour, devices, devices_seen, team,
    least(3600.0, CASE
        WHEN coalesce(seconds, 0) > 0 THEN seconds
        WHEN coalesce(device_seconds, 0) > 0 THEN device_seconds / nullif(devices, 0)
        WHEN sighted_seconds > 0 THEN sighted_seconds
        ELSE 3600.0
    END) AS billed_seconds
FROM counted
