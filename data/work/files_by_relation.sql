-- The Parquet files behind each view; run in the working file's place or inside a snapshot, which lists its own.
SELECT relation, list(path ORDER BY path) AS paths FROM parquet_file GROUP BY relation ORDER BY relation;
