-- Samples of a dump whose ts is a TIMESTAMP (UTC). NaN marks a series that went stale: no sample.
INSERT INTO sample
SELECT s.series, epoch_ms(CAST(r.ts AS TIMESTAMP)), CAST(r.value AS DOUBLE)
FROM read_parquet($files, union_by_name = true) AS r
JOIN dump_series AS s ON s.metric = r.metric AND s.key IS NOT DISTINCT FROM r.labels
WHERE isfinite(CAST(r.value AS DOUBLE)) AND r.ts IS NOT NULL
  AND ($start IS NULL OR r.ts >= $start) AND ($end IS NULL OR r.ts < $end)
