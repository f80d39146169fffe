DELETE FROM parquet_file
WHERE relation = 'cost' AND source = $source AND period = $period AND load_id <> $load_id
RETURNING load_id;
