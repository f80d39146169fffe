-- An hourly look at an unchanged bucket would otherwise grow the load table without end.
DELETE FROM load
WHERE source = $source AND status = 'unchanged' AND load_id <> $load_id
  AND delivery_id IS NOT DISTINCT FROM $delivery_id;
