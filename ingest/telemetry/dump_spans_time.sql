SELECT filename, count(*), epoch_ms(CAST(min(ts) AS TIMESTAMP)), epoch_ms(CAST(max(ts) AS TIMESTAMP))
FROM read_parquet($files, union_by_name = true, filename = true)
GROUP BY 1
