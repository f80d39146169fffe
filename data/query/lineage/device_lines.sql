-- Grain: device × UTC day × holder × file of figure_part. Largest first; $top of them after $skip.
SELECT
    p.amount, p.day, p.machine, p.device_id, p.state, p.model, p.version, p.team, f.uri AS file, f.etag, p.source, p.load_id,
    d.started_at AS loaded_at
FROM figure_part AS p
LEFT JOIN file AS f ON f.file_id = p.file_id
LEFT JOIN load AS d ON d.load_id = p.load_id
ORDER BY p.amount DESC NULLS LAST, p.day, p.machine, p.device_id, p.state, p.model, p.version, p.team, p.load_id, p.file_id
LIMIT $top OFFSET $skip
