-- One row per logged request; `reason` says why one cannot be counted. Counts are whole and not negative.
INSERT INTO request
WITH told AS (
  SELECT *,
    coalesce(time_of_text(timestamp), CASE
      WHEN TRY_CAST(timestamp AS DOUBLE) BETWEEN 1e8 AND 1e11 THEN make_timestamp(CAST(CAST(timestamp AS DOUBLE) * 1e6 AS BIGINT))
      WHEN TRY_CAST(timestamp AS DOUBLE) BETWEEN 1e11 AND 1e14 THEN make_timestamp(CAST(CAST(timestamp AS DOUBLE) * 1e3 AS BIGINT))
      END) AS asked_at,
    TRY_CAST(input_tokens AS DOUBLE) AS input, TRY_CAST(output_tokens AS DOUBLE) AS output,
    TRY_CAST(cached_tokens AS DOUBLE) AS cached,
    coalesce(TRY_CAST(latency AS DOUBLE), TRY_CAST(latency_ms AS DOUBLE) / 1000) AS seconds,
    TRY_CAST(time_to_first_token AS DOUBLE) AS first_token
  FROM raw_request),
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
    END AS reason
  FROM told)
SELECT $file_id, line_no, asked_at, model, version, endpoint,
  CASE WHEN mode IS NULL THEN NULL WHEN lower(mode) IN ('batch', 'async', 'offline') THEN 'batch' ELSE 'real time' END,
  team,
  CASE WHEN reason IS NULL THEN CAST(input AS BIGINT) END, CASE WHEN reason IS NULL THEN CAST(output AS BIGINT) END,
  CASE WHEN reason IS NULL THEN CAST(cached AS BIGINT) END, seconds, first_token,
  coalesce(
    CASE WHEN TRY_CAST(status AS INTEGER) IS NOT NULL THEN CAST(status AS INTEGER) BETWEEN 100 AND 399
      ELSE lower(status) IN ('ok', 'success', 'succeeded', 'successful', 'completed', 'true', 'stop', 'length',
        'tool_calls', 'end_turn', 'max_tokens', 'eos') END,
    TRUE),
  reason,
  CASE WHEN reason IS NOT NULL THEN concat_ws(', ', timestamp, input_tokens, output_tokens, cached_tokens, latency, latency_ms) END
FROM judged
WHERE ($start IS NULL OR asked_at IS NULL OR asked_at >= $start) AND ($end IS NULL OR asked_at IS NULL OR asked_at < $end)
