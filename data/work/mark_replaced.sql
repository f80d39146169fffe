-- A load that has no live file any more was replaced as a whole.
UPDATE load SET status = 'replaced'
WHERE load_id = $old AND NOT EXISTS (FROM parquet_file WHERE parquet_file.load_id = $old);
