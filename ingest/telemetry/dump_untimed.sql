-- Rows of a metric that we know, and of no time.
SELECT filename, file_row_number + 1, CAST(to_json({'metric': metric, 'labels': labels, 'value': value}) AS VARCHAR)
FROM read_parquet($files, union_by_name = true, filename = true, file_row_number = true)
WHERE ts IS NULL AND list_contains($wanted, lower(metric))
ORDER BY 1, 2
