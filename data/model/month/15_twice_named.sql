-- The hours in which one source tells a device under both of its names: the lasting one is taken.
SELECT p.source AS source, p.hour AS hour, p.device_id AS told_id
FROM month_seen AS p
JOIN device_alias AS a ON a.told_id = p.device_id
JOIN month_seen AS l ON l.source = p.source AND l.hour = p.hour AND l.device_id = a.device_id
GROUP BY 1, 2, 3
