-- Grain: file of a load whose traffic is in figure_part. An hour names its load, not which of the load's files told it.
SELECT f.uri AS file, f.etag, p.source, p.load_id, d.started_at AS loaded_at
FROM (SELECT DISTINCT source, load_id FROM figure_part) AS p
LEFT JOIN file AS f ON f.load_id = p.load_id
LEFT JOIN load AS d ON d.load_id = p.load_id
ORDER BY p.load_id, f.uri
