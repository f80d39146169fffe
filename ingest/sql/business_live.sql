-- The rows of a load with this content of which all are still there.
SELECT l.rows
FROM load AS l
WHERE l.source = $source AND l.status = 'loaded' AND l.delivery_id = $delivery_id
    AND l.rows = (SELECT count(*) FROM business_output AS b WHERE b.load_id = l.load_id)
ORDER BY l.load_id DESC
LIMIT 1
