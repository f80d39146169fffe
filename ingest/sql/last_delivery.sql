SELECT delivery_id FROM load
WHERE source = $source AND status = 'loaded'
ORDER BY started_at DESC
LIMIT 1
