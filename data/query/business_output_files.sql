-- Grain: file that told counts of the period, and the load that read it.
SELECT f.uri AS file, b.source, b.load_id, min(b.day) AS first_day, max(b.day) AS last_day, count(*) AS lines
FROM business_output AS b
LEFT JOIN file AS f ON f.file_id = b.file_id
WHERE b.day >= $start AND b.day < $end
GROUP BY 1, 2, 3
ORDER BY 4, 1
