INSERT INTO traffic BY NAME
SELECT $source AS source, $load_id AS load_id, CASE WHEN count(DISTINCT file_id) = 1 THEN min(file_id) END AS file_id,
  date_trunc('hour', asked_at) AS hour, 'request-log' AS server, CAST($namespace AS VARCHAR) AS namespace, model, version, endpoint, mode, team,
  count(*) FILTER (ok AND NOT aside) AS requests_ok, count(*) FILTER (NOT ok AND NOT aside) AS requests_failed,
  CASE WHEN count(path) > 0 THEN count(*) FILTER (aside) END AS requests_aside,
  CAST(sum(input_tokens) FILTER (NOT aside) AS BIGINT) AS input_tokens, CAST(sum(cached_tokens) FILTER (NOT aside) AS BIGINT) AS cached_tokens,
  CAST(sum(output_tokens) FILTER (NOT aside) AS BIGINT) AS output_tokens, sum(latency) FILTER (NOT aside) AS latency_seconds
FROM request
WHERE reason IS NULL
GROUP BY date_trunc('hour', asked_at), model, version, endpoint, mode, team
