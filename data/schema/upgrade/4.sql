-- Version 4: what a token of the prompt and one of the answer cost; which part of a machine its devices carry; what the
-- business counts.
CREATE TABLE business_output (
    source VARCHAR, load_id VARCHAR, file_id VARCHAR, line_no BIGINT, day DATE, output VARCHAR, outputs BIGINT, team VARCHAR,
    model VARCHAR
);
CREATE TABLE model_setting (device_share DOUBLE);
ALTER TABLE unit_cost ADD COLUMN cacheable_tokens BIGINT;
ALTER TABLE unit_cost ADD COLUMN phased_requests BIGINT;
ALTER TABLE unit_cost ADD COLUMN prefill_seconds DOUBLE;
ALTER TABLE unit_cost ADD COLUMN decode_seconds DOUBLE;
