-- Requests as the server finishes them by reason; where it does not say, all that it finished count as answered.
SELECT $source AS source, $load_id AS load_id, f.file_id,
  make_timestamp(CAST(s.hour_no AS BIGINT) * 3600000000) AS hour, 'vllm' AS server,
  p.model, p.namespace, p.pod,
  CAST(round(coalesce(s.requests_ok, CASE WHEN s.requests_failed IS NULL THEN s.requests_finished END, 0)) AS BIGINT) AS requests_ok,
  CAST(round(coalesce(s.requests_failed, 0)) AS BIGINT) AS requests_failed,
  CAST(round(s.input_tokens) AS BIGINT) AS input_tokens, CAST(round(s.cached_tokens) AS BIGINT) AS cached_tokens,
  CAST(round(s.output_tokens) AS BIGINT) AS output_tokens,
  s.prefill_seconds, s.decode_seconds, s.latency_seconds, s.step_seconds
FROM served_hour AS s
JOIN process AS p ON p.process = s.process
LEFT JOIN hour_file AS f ON f.hour_no = s.hour_no
