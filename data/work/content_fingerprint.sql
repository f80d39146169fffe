-- One line that changes with whatever a snapshot shows: a load that did something or failed, a file that came or went.
SELECT coalesce(sha256(string_agg(item, chr(10) ORDER BY item)), 'empty')
FROM (
    SELECT concat_ws(' ', load_id, status, finished_at) AS item FROM load WHERE status <> 'unchanged'
    UNION ALL SELECT path FROM parquet_file
);
