-- Two lines that change with what a snapshot shows: a load that did something, a file that came or went; the first
-- one also with a load that failed.
SELECT
    coalesce(sha256(string_agg(item, chr(10) ORDER BY item)), 'empty') AS content,
    coalesce(sha256(string_agg(item, chr(10) ORDER BY item) FILTER (NOT failed)), 'empty') AS facts
FROM (
    SELECT concat_ws(' ', load_id, status, finished_at) AS item, status = 'failed' AS failed
    FROM load WHERE status <> 'unchanged'
    UNION ALL SELECT path, false FROM parquet_file
);
