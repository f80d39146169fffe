-- One row per logged request; `reason` says why one cannot be counted. Counts are whole and not negative. A first token that
-- comes with the whole answer (LiteLLM's, where nothing is streamed) is no time to the first token.
INSERT INTO request
WITH timed AS (
  SELECT *, moment_in(timestamp, $zone) AS asked_at, rtrim(regexp_extract(path, '^(?:[A-Z]+ )?([^ ?#]+)', 1), '/') AS route,
    epoch(moment_in(finished_at, $zone) - moment_in(timestamp, $zone)) AS took,
    CASE WHEN moment_in(first_token_at, $zone) < moment_in(finished_at, $zone)
      THEN epoch(moment_in(first_token_at, $zone) - moment_in(timestamp, $zone)) END AS waited
  FROM raw_request),
told AS (
  SELECT *, coalesce(list_contains($aside, route), FALSE) AS aside,
    TRY_CAST(input_tokens AS DOUBLE) AS input, TRY_CAST(output_tokens AS DOUBLE) AS output,
    TRY_CAST(cached_tokens AS DOUBLE) AS cached,
    coalesce(TRY_CAST(latency AS DOUBLE), TRY_CAST(latency_ms AS DOUBLE) / 1000, took) AS seconds,
    coalesce(TRY_CAST(time_to_first_token AS DOUBLE), waited) AS first_token
  FROM timed),
judged AS (
  SELECT *, CASE
      WHEN asked_at IS NULL THEN 'the time ''' || coalesce(timestamp, '') || ''' cannot be read'
      WHEN input_tokens IS NOT NULL AND coalesce(input < 0 OR input > 1e15 OR input <> floor(input), TRUE)
        THEN 'input_tokens ''' || input_tokens || ''' is not a count'
      WHEN output_tokens IS NOT NULL AND coalesce(output < 0 OR output > 1e15 OR output <> floor(output), TRUE)
        THEN 'output_tokens ''' || output_tokens || ''' is not a count'
      WHEN cached_tokens IS NOT NULL AND coalesce(cached < 0 OR cached > 1e15 OR cached <> floor(cached), TRUE)
        THEN 'cached_tokens ''' || cached_tokens || ''' is not a count'
      WHEN coalesce(latency, latency_ms) IS NOT NULL AND coalesce(seconds < 0 OR NOT isfinite(seconds), TRUE)
        THEN 'the latency ''' || coalesce(latency, latency_ms) || ''' is not a duration'
      WHEN time_to_first_token IS NOT NULL AND coalesce(first_token < 0 OR NOT isfinite(first_token), TRUE)
        THEN 'time_to_first_token ''' || time_to_first_token || ''' is not a duration'
      WHEN took < 0 THEN 'it ended (' || finished_at || ') before it began'
    END AS reason
  FROM told)
SELECT $file_id, line_no, asked_at, model, version, CASE WHEN NOT aside THEN endpoint END,
  CASE WHEN mode IS NULL THEN NULL WHEN lower(mode) IN ('batch', 'async', 'offline') THEN 'batch' ELSE 'real time' END,
  team,
  CASE WHEN reason IS NULL THEN CAST(input AS BIGINT) END, CASE WHEN reason IS NULL THEN CAST(output AS BIGINT) END,
  CASE WHEN reason IS NULL THEN CAST(cached AS BIGINT) END, seconds, first_token,
  coalesce(
    CASE WHEN TRY_CAST(status AS INTEGER) IS NOT NULL THEN CAST(status AS INTEGER) BETWEEN 100 AND 399
      ELSE lower(status) IN ('ok', 'success', 'succeeded', 'successful', 'completed', 'true', 'stop', 'length',
        'tool_calls', 'end_turn', 'max_tokens', 'eos') END,
    TRUE),
  path, aside, request_id, $file_no, line_hash, coalesce(md5('id ' || request_id), line_hash),
  reason,
  CASE WHEN reason IS NOT NULL THEN concat_ws(', ', timestamp, input_tokens, output_tokens, cached_tokens, latency, latency_ms) END,
  names_no_zone(timestamp)
FROM judged
WHERE ($start IS NULL OR asked_at IS NULL OR asked_at >= $start) AND ($end IS NULL OR asked_at IS NULL OR asked_at < $end)
