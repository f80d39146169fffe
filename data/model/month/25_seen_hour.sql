-- Hours in which telemetry saw any device of a machine.
SELECT resource_id, hour, count(*) AS devices
FROM witness
WHERE resource_id IS NOT NULL
GROUP BY 1, 2
