-- Requests as the server finishes them by outcome; where it does not say, all that it finished count as answered, and nobody
-- knows what failed. Where failed ones are within that count they are taken back; one taken back in a later hour than it
-- was counted in makes none negative.
WITH counted AS (
  SELECT *, coalesce(requests_taken_back, 0) AS within,
    coalesce(requests_ok, CASE WHEN requests_failed IS NULL OR requests_taken_back IS NOT NULL THEN requests_finished END) AS ok
  FROM served_hour)
SELECT $source AS source, $load_id AS load_id, f.file_id,
  make_timestamp(CAST(s.hour_no AS BIGINT) * 3600000000) AS hour, p.server, p.layer,
  p.model, p.version, p.namespace, p.pod, p.endpoint, p.team,
  CAST(round(CASE WHEN s.ok < s.within THEN 0 ELSE s.ok - s.within END) AS BIGINT) AS requests_ok,
  CAST(round(s.requests_failed) AS BIGINT) AS requests_failed, CAST(round(s.requests_aside) AS BIGINT) AS requests_aside,
  CAST(round(s.input_tokens) AS BIGINT) AS input_tokens, CAST(round(s.cached_tokens) AS BIGINT) AS cached_tokens,
  CAST(round(s.output_tokens) AS BIGINT) AS output_tokens,
  s.prefill_seconds, s.decode_seconds, s.latency_seconds, s.step_seconds
FROM counted AS s
JOIN process AS p ON p.process = s.process
LEFT JOIN hour_file AS f ON f.hour_no = s.hour_no
