-- A time as text, as access logs write it, or as seconds or milliseconds since 1970.
CREATE OR REPLACE TEMP MACRO moment_of(x) AS coalesce(
  time_of_text(x),
  try_strptime(x, '%d/%b/%Y:%H:%M:%S %z') AT TIME ZONE 'UTC',
  CASE WHEN TRY_CAST(x AS DOUBLE) BETWEEN 1e8 AND 1e11 THEN make_timestamp(CAST(CAST(x AS DOUBLE) * 1e6 AS BIGINT))
    WHEN TRY_CAST(x AS DOUBLE) BETWEEN 1e11 AND 1e14 THEN make_timestamp(CAST(CAST(x AS DOUBLE) * 1e3 AS BIGINT)) END);
-- What names no zone is of the log's own; of the hour that such a zone has twice the second is meant.
CREATE OR REPLACE TEMP MACRO names_no_zone(x) AS
  regexp_full_match(x, '\s*\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d*)?)?)?\s*');
CREATE OR REPLACE TEMP MACRO moment_in(x, zone) AS CASE
  WHEN zone IS NOT NULL AND names_no_zone(x) THEN moment_of(x) AT TIME ZONE zone AT TIME ZONE 'UTC' ELSE moment_of(x) END;
CREATE OR REPLACE TEMP TABLE request (
  file_id VARCHAR, line_no BIGINT, asked_at TIMESTAMP, model VARCHAR, version VARCHAR, endpoint VARCHAR, mode VARCHAR, team VARCHAR,
  input_tokens BIGINT, output_tokens BIGINT, cached_tokens BIGINT, latency DOUBLE, first_token DOUBLE, ok BOOLEAN,
  path VARCHAR, aside BOOLEAN, request_id VARCHAR, file_no INTEGER, line_hash VARCHAR, identity VARCHAR,
  reason VARCHAR, raw VARCHAR, zoneless BOOLEAN);
