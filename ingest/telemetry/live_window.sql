-- The hours of a source's load with this content, unless a later load has replaced any of them.
SELECT l.window_start, l.window_end, l.rows
FROM load AS l
WHERE l.source = $source AND l.delivery_id = $delivery_id AND l.status = 'loaded'
  AND NOT EXISTS (
    FROM load AS later
    WHERE later.source = l.source AND later.status = 'loaded' AND later.load_id > l.load_id
      AND coalesce(later.window_start < l.window_end AND later.window_end > l.window_start, TRUE))
