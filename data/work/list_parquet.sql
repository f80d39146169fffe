INSERT INTO parquet_file (relation, source, period, load_id, path, rows, bytes)
VALUES ($relation, $source, $period, $load_id, $path, $rows, $bytes);
