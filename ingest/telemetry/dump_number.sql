-- Samples of a dump whose ts is a number: seconds, milliseconds, microseconds or nanoseconds since 1970, told by its size.
INSERT INTO sample
SELECT series, ts, value
FROM (
  SELECT s.series, CAST(r.value AS DOUBLE) AS value, CAST(round(CASE
      WHEN r.ts < 1e11 THEN CAST(r.ts AS DOUBLE) * 1000 WHEN r.ts < 1e14 THEN CAST(r.ts AS DOUBLE)
      WHEN r.ts < 1e17 THEN CAST(r.ts AS DOUBLE) / 1000 ELSE CAST(r.ts AS DOUBLE) / 1000000 END) AS BIGINT) AS ts
  FROM read_parquet($files, union_by_name = true) AS r
  JOIN dump_series AS s ON s.metric = r.metric AND s.key IS NOT DISTINCT FROM r.labels)
WHERE isfinite(value) AND ts IS NOT NULL
  AND ($start IS NULL OR ts >= epoch_ms(CAST($start AS TIMESTAMP))) AND ($end IS NULL OR ts < epoch_ms(CAST($end AS TIMESTAMP)))
