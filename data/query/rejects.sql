-- Grain: row that could not be loaded, newest load first; at most $top. Those of loads that were replaced are gone with them.
SELECT r.source, f.uri AS file, r.line_no, r.reason, r.raw, l.started_at AS loaded_at
FROM reject r
LEFT JOIN file f ON f.file_id = r.file_id
LEFT JOIN load l ON l.load_id = r.load_id
WHERE coalesce(l.status, 'loaded') = 'loaded'
ORDER BY l.started_at DESC NULLS LAST, f.uri, r.line_no
LIMIT $top
