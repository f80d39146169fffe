CREATE OR REPLACE TEMP TABLE request (
  file_id VARCHAR, line_no BIGINT, asked_at TIMESTAMP, model VARCHAR, version VARCHAR, endpoint VARCHAR, mode VARCHAR, team VARCHAR,
  input_tokens BIGINT, output_tokens BIGINT, cached_tokens BIGINT, latency DOUBLE, first_token DOUBLE, ok BOOLEAN,
  reason VARCHAR, raw VARCHAR);
