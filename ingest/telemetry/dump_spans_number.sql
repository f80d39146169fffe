SELECT filename, count(*), min(CASE
      WHEN ts < 1e11 THEN CAST(ts AS DOUBLE) * 1000 WHEN ts < 1e14 THEN CAST(ts AS DOUBLE)
      WHEN ts < 1e17 THEN CAST(ts AS DOUBLE) / 1000 ELSE CAST(ts AS DOUBLE) / 1000000 END),
  max(CASE
      WHEN ts < 1e11 THEN CAST(ts AS DOUBLE) * 1000 WHEN ts < 1e14 THEN CAST(ts AS DOUBLE)
      WHEN ts < 1e17 THEN CAST(ts AS DOUBLE) / 1000 ELSE CAST(ts AS DOUBLE) / 1000000 END)
FROM read_parquet($files, union_by_name = true, filename = true)
GROUP BY 1
