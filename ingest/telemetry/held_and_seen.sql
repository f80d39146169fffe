-- Of the hours of a load: who held a device, and on which nodes any device was seen.
SELECT CAST(epoch(hour) AS BIGINT) // 3600 AS hour_no, namespace, pod, node
FROM device_hour
WHERE source = $source AND hour >= $start AND hour < $end
GROUP BY 1, 2, 3, 4
