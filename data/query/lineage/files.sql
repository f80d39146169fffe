-- Grain: file that the lines of figure_part stand in, and the load that read it.
SELECT
    f.uri AS file, sum(p.amount) AS amount, count(DISTINCT p.line_id) AS lines, f.etag, p.source, p.load_id, d.started_at AS loaded_at
FROM figure_part AS p
LEFT JOIN file AS f ON f.file_id = p.file_id
LEFT JOIN load AS d ON d.load_id = p.load_id
WHERE p.load_id IS NOT NULL
GROUP BY ALL
ORDER BY abs(sum(p.amount)) DESC NULLS LAST, load_id, file
