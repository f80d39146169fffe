SELECT path FROM parquet_file
WHERE relation = $relation AND source = coalesce($source, source)
ORDER BY path;
