-- The label texts of the dump, each once: whatever follows is integers. `key` stays as the file has it (text or MAP).
CREATE OR REPLACE TEMP TABLE dump_series AS
SELECT CAST($first + row_number() OVER () AS INTEGER) AS series, metric, labels AS key
FROM (SELECT DISTINCT metric, labels FROM read_parquet($files, union_by_name = true) WHERE metric IS NOT NULL)
WHERE list_contains($wanted, lower(metric));
