-- One row per source: what of it is live, up to when, and how its last load went. Run inside the snapshot being built.
INSERT INTO source_state
WITH cost_rows AS (
    SELECT source, sum(rows) AS rows FROM parquet_file WHERE relation = 'cost' GROUP BY source
),
other_rows AS (
    SELECT source, count(*) AS rows
    FROM (
        SELECT source FROM work.main.device_hour
        UNION ALL SELECT source FROM work.main.traffic
        UNION ALL SELECT source FROM work.main.resource_map
        UNION ALL SELECT source FROM work.main.deployment_map
        UNION ALL SELECT source FROM work.main.price
        UNION ALL SELECT source FROM work.main.fx_rate
        UNION ALL SELECT source FROM work.main.account
        UNION ALL SELECT source FROM work.main.business_output
    )
    -- a bill that tells what its machines hold has lines, not mappings
    WHERE source NOT IN (SELECT source FROM cost_rows)
    GROUP BY source
),
-- exclusive end of the last day that was charged, or of the last hour that was seen
reach AS (
    SELECT source, max(day) + INTERVAL 1 DAY AS data_through FROM invoice_total GROUP BY source
    UNION ALL SELECT source, max(hour) + INTERVAL 1 HOUR FROM work.main.device_hour GROUP BY source
    UNION ALL SELECT source, max(hour) + INTERVAL 1 HOUR FROM work.main.traffic GROUP BY source
    UNION ALL SELECT source, max(day) + INTERVAL 1 DAY FROM work.main.fx_rate GROUP BY source
    UNION ALL SELECT source, max(day) + INTERVAL 1 DAY FROM work.main.business_output GROUP BY source
),
through AS (
    SELECT source, max(data_through) AS data_through FROM reach GROUP BY source
),
attempts AS (
    SELECT
        source,
        max_by(kind, load_id) AS kind,
        max_by(grain, load_id) AS grain,
        coalesce(sum(CASE WHEN status = 'loaded' THEN rejected END), 0) AS rejected,
        max(load_id) AS last_load_id,
        max_by(status, load_id) AS last_status,
        arg_max_null(message, load_id) AS last_message
    FROM load
    GROUP BY source
)
SELECT
    attempts.source,
    attempts.kind,
    attempts.grain,
    coalesce(cost_rows.rows, 0) + coalesce(other_rows.rows, 0) AS rows,
    attempts.rejected,
    through.data_through,
    attempts.last_load_id,
    attempts.last_status,
    attempts.last_message
FROM attempts
LEFT JOIN cost_rows ON cost_rows.source = attempts.source
LEFT JOIN other_rows ON other_rows.source = attempts.source
LEFT JOIN through ON through.source = attempts.source;
