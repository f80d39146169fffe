-- Grain: file that the device-hours of figure_part were read from, and its load.
SELECT f.uri AS file, sum(p.amount) AS amount, count(*) AS lines, f.etag, p.source, p.load_id, d.started_at AS loaded_at
FROM figure_part AS p
LEFT JOIN file AS f ON f.file_id = p.file_id
LEFT JOIN load AS d ON d.load_id = p.load_id
GROUP BY ALL
ORDER BY amount DESC NULLS LAST, load_id, file
