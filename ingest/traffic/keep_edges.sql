-- The requests of the hours that a later log may go on with, in place of what was kept of the hours that the load replaced;
-- the hours of the latest loads alone, so that the working file does not grow.
DELETE FROM request_edge WHERE source = $source AND hour >= $start AND hour < $end;
INSERT INTO request_edge BY NAME
SELECT * EXCLUDE (path, request_id, file_no, line_hash, reason, raw, zoneless),
  CASE WHEN path IS NOT NULL THEN '' END AS path, -- that there was one is all that counts
  $source AS source, $load_id AS load_id, date_trunc('hour', asked_at) AS hour
FROM request
WHERE reason IS NULL AND list_contains($hours, date_trunc('hour', asked_at));
DELETE FROM request_edge
WHERE source = $source AND hour NOT IN (
  SELECT hour FROM request_edge WHERE source = $source GROUP BY hour ORDER BY max(load_id) DESC, hour DESC LIMIT $most);
