-- Machines that show more devices in an hour than their bill or instance type says, by UTC day and source: most devices of an
-- hour that the source told and that count, beside those of all sources.
WITH told AS (
    SELECT
        machine_no, hour, source, sum(device_weight) AS devices,
        sum(CASE WHEN believed THEN device_weight ELSE 0.0 END) AS counted
    FROM claim
    WHERE machine_no IS NOT NULL
    GROUP BY 1, 2, 3
),
excess AS (
    SELECT
        t.machine_no AS machine_no, t.hour AS hour, m.resource_id AS resource_id, coalesce(z.device_count, m.device_count) AS devices_billed,
        sum(t.devices) AS devices, sum(t.counted) AS counted
    FROM told AS t
    JOIN machine AS m ON m.machine_no = t.machine_no
    JOIN month_hour AS h ON h.hour = t.hour
    LEFT JOIN machine_size AS z ON z.machine_no = t.machine_no AND z.hour = t.hour
    GROUP BY 1, 2, 3, 4
    HAVING sum(t.devices) > coalesce(z.device_count, m.device_count) + 0.001
)
SELECT
    day_of(e.hour) AS day, e.resource_id AS resource_id, t.source AS source, max(t.devices) AS devices_told,
    max(t.counted) AS devices_counted, max(e.devices) AS machine_told, max(e.counted) AS machine_counted,
    max(e.devices_billed) AS devices_billed, count(*) AS hours
FROM excess AS e
JOIN told AS t ON t.machine_no = e.machine_no AND t.hour = e.hour
GROUP BY 1, 2, 3
