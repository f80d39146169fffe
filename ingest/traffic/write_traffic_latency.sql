-- The bounds of vLLM's end-to-end histogram, finer below for the first token, so that logs and servers can be merged.
INSERT INTO traffic_latency BY NAME
WITH bound AS (
  SELECT unnest([0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.3, 0.5, 0.75, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 7.5, 10.0,
    15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 7680.0, CAST('inf' AS DOUBLE)]) AS le),
measured AS (
  SELECT date_trunc('hour', asked_at) AS hour, model, version, endpoint, mode, 'end_to_end' AS measure, latency AS seconds
  FROM request WHERE reason IS NULL AND NOT aside AND latency IS NOT NULL
  UNION ALL
  SELECT date_trunc('hour', asked_at), model, version, endpoint, mode, 'time_to_first_token', first_token
  FROM request WHERE reason IS NULL AND NOT aside AND first_token IS NOT NULL)
SELECT $source AS source, $load_id AS load_id, 'request-log' AS server, CAST($namespace AS VARCHAR) AS namespace, m.hour, m.model, m.version, m.endpoint, m.mode, m.measure, b.le, count(*) AS requests
FROM measured AS m
ASOF JOIN bound AS b ON m.seconds <= b.le
GROUP BY ALL
