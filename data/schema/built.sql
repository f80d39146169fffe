-- What the model keeps per charge month in the working file, so that a new delivery rebuilds only its months.
CREATE TABLE IF NOT EXISTS built_ladder (
    month DATE, billing_period DATE, day DATE, charge_day DATE, rung VARCHAR, sub_rung VARCHAR, component VARCHAR, model VARCHAR,
    version VARCHAR, endpoint VARCHAR, mode VARCHAR, gpu_model VARCHAR, team VARCHAR, provider VARCHAR, billing_account_id VARCHAR,
    sub_account_id VARCHAR, billing_currency VARCHAR,
    effective_cost DECIMAL(38,12), billed_cost DECIMAL(38,12), contracted_cost DECIMAL(38,12), list_cost DECIMAL(38,12)
);
CREATE TABLE IF NOT EXISTS built_held (
    month DATE, day DATE, model VARCHAR, version VARCHAR, endpoint VARCHAR, mode VARCHAR, team VARCHAR, gpu_model VARCHAR,
    provider VARCHAR, billing_account_id VARCHAR, sub_account_id VARCHAR, busy_seconds DOUBLE, held_seconds DOUBLE
);
CREATE TABLE IF NOT EXISTS built_traffic (
    month DATE, source VARCHAR, load_id VARCHAR, hour TIMESTAMP, server VARCHAR, namespace VARCHAR, pod VARCHAR, model VARCHAR, version VARCHAR,
    endpoint VARCHAR, mode VARCHAR, team VARCHAR, provider VARCHAR, billing_account_id VARCHAR, sub_account_id VARCHAR,
    gpu_model VARCHAR, requests_ok BIGINT, requests_failed BIGINT, requests_aside BIGINT, input_tokens BIGINT, cached_tokens BIGINT,
    output_tokens BIGINT, prefill_seconds DOUBLE, decode_seconds DOUBLE, latency_seconds DOUBLE, shadowed BOOLEAN
);
ALTER TABLE built_traffic ADD COLUMN IF NOT EXISTS server VARCHAR; -- in a store that was made before
ALTER TABLE built_traffic ADD COLUMN IF NOT EXISTS requests_aside BIGINT;
CREATE TABLE IF NOT EXISTS built_coverage (
    month DATE, day DATE, provider VARCHAR, billing_account_id VARCHAR, sub_account_id VARCHAR, billing_currency VARCHAR,
    device_cost DECIMAL(38,12), observed_cost DECIMAL(38,12), unbilled_hours DOUBLE, unpriced_lines BIGINT, team VARCHAR, model VARCHAR
);
ALTER TABLE built_coverage ADD COLUMN IF NOT EXISTS team VARCHAR; -- in a store that was made before
ALTER TABLE built_coverage ADD COLUMN IF NOT EXISTS model VARCHAR;
CREATE TABLE IF NOT EXISTS built_commitment (
    month DATE, day DATE, billing_period DATE, commitment_id VARCHAR, provider VARCHAR, billing_account_id VARCHAR,
    sub_account_id VARCHAR, billing_currency VARCHAR, covered_cost DECIMAL(38,12), ai_covered_cost DECIMAL(38,12),
    unused_cost DECIMAL(38,12), fee_billed DECIMAL(38,12), for_devices INTEGER, unknown_cost DECIMAL(38,12)
);
ALTER TABLE built_commitment ADD COLUMN IF NOT EXISTS unknown_cost DECIMAL(38,12);
-- The AI share of each commitment that a month was built with: a month is built again when that is no longer the share.
CREATE TABLE IF NOT EXISTS built_share (
    month DATE, commitment_id VARCHAR, billing_period DATE, billing_currency VARCHAR, share DOUBLE
);
ALTER TABLE built_share ADD COLUMN IF NOT EXISTS billing_currency VARCHAR;
CREATE TABLE IF NOT EXISTS built_idle_segment (
    month DATE, device_id VARCHAR, namespace VARCHAR, pod VARCHAR, threshold DOUBLE, run BIGINT, day DATE, source VARCHAR,
    signal VARCHAR, step_seconds DOUBLE, largest_gap DOUBLE, start_at TIMESTAMP, end_at TIMESTAMP, seconds DOUBLE, cost DOUBLE,
    billing_currency VARCHAR
);
CREATE TABLE IF NOT EXISTS built_device (
    month DATE, device_id VARCHAR, resource_id VARCHAR, node VARCHAR, gpu_model VARCHAR
);
CREATE TABLE IF NOT EXISTS built_device_day (
    month DATE, machine VARCHAR, device_id VARCHAR, day DATE, billing_currency VARCHAR, billed_seconds DOUBLE,
    cost DECIMAL(38,12), last_hour TIMESTAMP
);
CREATE TABLE IF NOT EXISTS built_unheld_hour (
    month DATE, machine VARCHAR, device_id VARCHAR, hour TIMESTAMP, billing_currency VARCHAR, billed_seconds DOUBLE,
    cost DECIMAL(38,12), uncommitted_cost DECIMAL(38,12), devices BIGINT, is_first INTEGER
);
CREATE TABLE IF NOT EXISTS built_device_excess (
    month DATE, day DATE, resource_id VARCHAR, source VARCHAR, devices_told DOUBLE, devices_counted DOUBLE, machine_told DOUBLE,
    machine_counted DOUBLE, devices_billed INTEGER, hours BIGINT
);
