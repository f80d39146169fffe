-- What the source held of the carried hours and the load does not tell again, in one row per request.
INSERT INTO request BY NAME
WITH kept AS (
  SELECT *, row_number() OVER (PARTITION BY hour, identity ORDER BY file_id, line_no) AS occurrence
  FROM request_edge
  WHERE source = $source AND hour IN (FROM carried)),
told AS (
  SELECT date_trunc('hour', asked_at) AS hour, identity, count(*) AS lines
  FROM request
  WHERE reason IS NULL
  GROUP BY date_trunc('hour', asked_at), identity)
SELECT kept.* EXCLUDE (source, load_id, hour, occurrence)
FROM kept
LEFT JOIN told ON told.hour = kept.hour AND told.identity = kept.identity
WHERE kept.occurrence > coalesce(told.lines, 0)
RETURNING date_trunc('hour', asked_at) AS hour
