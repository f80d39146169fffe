-- Hours in which telemetry saw any device of a machine.
SELECT machine_no, hour, count(*) AS devices
FROM witness
WHERE machine_no IS NOT NULL
GROUP BY 1, 2
