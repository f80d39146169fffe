-- The invoice months of one BigQuery table that a source holds now, and what names their content.
SELECT right(file.uri, 6) AS month, file.etag
FROM file
JOIN load ON load.load_id = file.load_id
WHERE load.source = $source AND load.status = 'loaded' AND starts_with(file.uri, $uri || '/')
    AND EXISTS (FROM parquet_file WHERE parquet_file.load_id = load.load_id AND parquet_file.relation = 'cost')
ORDER BY load.load_id
