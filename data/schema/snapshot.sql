-- The relations of a published snapshot. `cost`, `gpu_hour` and `part` are views over Parquet in a real one; their shapes
-- stand here too (cost: schema/cost.sql) so that an empty store has every relation. Meaning: data/README.md.
CREATE TABLE gpu_hour (
    source VARCHAR, load_id VARCHAR, file_id VARCHAR,
    hour TIMESTAMP, device_id VARCHAR, parent_id VARCHAR, mig_profile VARCHAR, device_kind VARCHAR, gpu_model VARCHAR,
    resource_id VARCHAR, node VARCHAR, instance_type VARCHAR, provider VARCHAR, billing_account_id VARCHAR,
    sub_account_id VARCHAR, region_id VARCHAR,
    namespace VARCHAR, pod VARCHAR, state VARCHAR, model VARCHAR, version VARCHAR, endpoint VARCHAR, mode VARCHAR, team VARCHAR,
    billed_seconds DOUBLE, observed_seconds DOUBLE, busy_seconds DOUBLE, idle_seconds DOUBLE, unobserved_seconds DOUBLE,
    util_avg DOUBLE, util_max DOUBLE, sm_active DOUBLE, dram_active DOUBLE, tensor_active DOUBLE,
    memory_avg DOUBLE, memory_max DOUBLE, energy_joules DOUBLE, signal VARCHAR, step_seconds DOUBLE,
    cost DECIMAL(38,12), busy_cost DECIMAL(38,12), idle_cost DECIMAL(38,12), unobserved_cost DECIMAL(38,12),
    billing_currency VARCHAR
);
CREATE TABLE part (
    source VARCHAR, load_id VARCHAR, file_id VARCHAR, line_id BIGINT, line_no BIGINT,
    hour TIMESTAMP, device_id VARCHAR, namespace VARCHAR, pod VARCHAR,
    billing_period DATE, day DATE, charge_day DATE, rung VARCHAR, sub_rung VARCHAR, component VARCHAR, model VARCHAR, version VARCHAR,
    endpoint VARCHAR, mode VARCHAR, gpu_model VARCHAR, team VARCHAR, provider VARCHAR, billing_account_id VARCHAR,
    sub_account_id VARCHAR, billing_currency VARCHAR,
    effective_cost DECIMAL(38,12), billed_cost DECIMAL(38,12), contracted_cost DECIMAL(38,12), list_cost DECIMAL(38,12)
);
CREATE TABLE ladder (
    billing_period DATE, day DATE, rung VARCHAR, sub_rung VARCHAR, component VARCHAR, model VARCHAR, version VARCHAR,
    endpoint VARCHAR, mode VARCHAR, gpu_model VARCHAR, team VARCHAR, provider VARCHAR, billing_account_id VARCHAR,
    sub_account_id VARCHAR, billing_currency VARCHAR,
    effective_cost DECIMAL(38,12), billed_cost DECIMAL(38,12), contracted_cost DECIMAL(38,12), list_cost DECIMAL(38,12)
);
CREATE TABLE unit_cost (
    day DATE, model VARCHAR, version VARCHAR, endpoint VARCHAR, mode VARCHAR, team VARCHAR, gpu_model VARCHAR,
    provider VARCHAR, billing_account_id VARCHAR, sub_account_id VARCHAR, billing_currency VARCHAR,
    busy_cost DECIMAL(38,12), idle_cost DECIMAL(38,12), cpu_cost DECIMAL(38,12), managed_cost DECIMAL(38,12),
    unallocated_share DECIMAL(38,12), shared_compute DECIMAL(38,12), shared_storage DECIMAL(38,12),
    shared_network DECIMAL(38,12), shared_orchestration DECIMAL(38,12), shared_support DECIMAL(38,12),
    commitment_share DECIMAL(38,12),
    busy_seconds DOUBLE, held_seconds DOUBLE,
    requests BIGINT, requests_ok BIGINT, input_tokens BIGINT, cached_tokens BIGINT, output_tokens BIGINT,
    cacheable_tokens BIGINT, phased_requests BIGINT, prefill_seconds DOUBLE, decode_seconds DOUBLE
);
CREATE TABLE idle_run (
    run_id BIGINT, source VARCHAR, device_id VARCHAR, resource_id VARCHAR, node VARCHAR, gpu_model VARCHAR, provider VARCHAR,
    billing_account_id VARCHAR, sub_account_id VARCHAR, namespace VARCHAR, pod VARCHAR, state VARCHAR, model VARCHAR,
    version VARCHAR, team VARCHAR, threshold DOUBLE, start_at TIMESTAMP, end_at TIMESTAMP, seconds DOUBLE,
    largest_gap DOUBLE, signal VARCHAR, step_seconds DOUBLE, cost DECIMAL(38,12), billing_currency VARCHAR
);
CREATE TABLE idle_run_day (run_id BIGINT, day DATE, seconds DOUBLE, cost DECIMAL(38,12));
CREATE TABLE device_day (
    machine VARCHAR, device_id VARCHAR, day DATE, billing_currency VARCHAR, billed_seconds DOUBLE, cost DECIMAL(38,12),
    last_hour TIMESTAMP
);
CREATE TABLE device_excess (
    day DATE, resource_id VARCHAR, source VARCHAR, devices_told DOUBLE, devices_counted DOUBLE, machine_told DOUBLE,
    machine_counted DOUBLE, devices_billed INTEGER, hours BIGINT
);
CREATE TABLE free_time (
    threshold DOUBLE, lasting DOUBLE, machine VARCHAR, device_id VARCHAR, day DATE, billing_currency VARCHAR,
    free_cost DECIMAL(38,12), cash DECIMAL(38,12), whole_hours BIGINT, dark_seconds DOUBLE, dark_cost DECIMAL(38,12)
);
CREATE TABLE traffic_hour (
    source VARCHAR, load_id VARCHAR, hour TIMESTAMP, model VARCHAR, version VARCHAR, endpoint VARCHAR, mode VARCHAR,
    team VARCHAR, provider VARCHAR, billing_account_id VARCHAR, sub_account_id VARCHAR, gpu_model VARCHAR,
    requests BIGINT, requests_ok BIGINT, requests_failed BIGINT, requests_aside BIGINT, input_tokens BIGINT, cached_tokens BIGINT,
    output_tokens BIGINT, prefill_seconds DOUBLE, decode_seconds DOUBLE, latency_seconds DOUBLE, shadowed BOOLEAN
);
CREATE TABLE traffic_latency (
    hour TIMESTAMP, model VARCHAR, version VARCHAR, endpoint VARCHAR, mode VARCHAR, measure VARCHAR, le DOUBLE, requests BIGINT
);
CREATE TABLE resource (
    resource_id VARCHAR, node VARCHAR, provider_id VARCHAR, provider VARCHAR, billing_account_id VARCHAR,
    sub_account_id VARCHAR, region_id VARCHAR, instance_type VARCHAR, device_kind VARCHAR, device_model VARCHAR,
    device_count INTEGER
);
CREATE TABLE deployment (
    namespace VARCHAR, pod VARCHAR, served_name VARCHAR, resource_id VARCHAR, model VARCHAR, version VARCHAR,
    endpoint VARCHAR, mode VARCHAR, team VARCHAR, valid_from TIMESTAMP, valid_to TIMESTAMP
);
CREATE TABLE coverage_day (
    day DATE, provider VARCHAR, billing_account_id VARCHAR, sub_account_id VARCHAR, billing_currency VARCHAR, team VARCHAR,
    model VARCHAR, device_cost DECIMAL(38,12), observed_cost DECIMAL(38,12), unbilled_hours DOUBLE, unpriced_lines BIGINT
);
CREATE TABLE source_state (
    source VARCHAR, kind VARCHAR, grain VARCHAR, rows BIGINT, rejected BIGINT, data_through TIMESTAMP,
    last_load_id VARCHAR, last_status VARCHAR, last_message VARCHAR
);
CREATE TABLE snapshot (generation BIGINT, published_at TIMESTAMP, schema_version INTEGER, data_through TIMESTAMP);
-- One row: how many days a rate counts after its own (fx.sql).
CREATE TABLE fx_setting (max_age_days INTEGER);
-- One row: the part of a GPU machine's price that its devices carry (MODEL 4); no row = an older snapshot that did not say.
CREATE TABLE model_setting (device_share DOUBLE);
CREATE TABLE commitment_day (
    day DATE, billing_period DATE, commitment_id VARCHAR, provider VARCHAR, billing_account_id VARCHAR, sub_account_id VARCHAR,
    billing_currency VARCHAR, covered_cost DECIMAL(38,12), ai_covered_cost DECIMAL(38,12), unused_cost DECIMAL(38,12),
    unknown_cost DECIMAL(38,12), fee_billed DECIMAL(38,12)
);
