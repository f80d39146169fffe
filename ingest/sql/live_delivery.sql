-- The load that brought this delivery, if every line of it is live still.
SELECT load.load_id, load.rows, load.billing_period
FROM load
WHERE load.source = $source AND load.delivery_id = $delivery_id AND load.status = 'loaded'
    AND load.rows = (
        SELECT coalesce(sum(parquet_file.rows), 0) FROM parquet_file
        WHERE parquet_file.load_id = load.load_id AND parquet_file.relation = 'cost'
    )
    -- a delivery without lines has nothing that could be replaced: it must have been the last one
    AND (load.rows > 0 OR NOT EXISTS (
        FROM load AS later
        WHERE later.source = load.source AND later.status = 'loaded' AND later.started_at > load.started_at
    ))
ORDER BY load.started_at DESC
LIMIT 1
