-- A small estate with numbers one can work out by hand: 60 days, 2026-09-02 to 2026-10-31; nothing is random.
-- Each machine's devices are held by one version, busy for a fixed share of every hour.
CREATE TEMP TABLE fleet AS
SELECT * FROM (VALUES
    -- resource, provider, account, type, gpu, devices, $/GPU-hour, model, version, team, busy before, busy after, from, to
    ('i-chat',  'AWS', '100000000011', 'p5.48xlarge',  'H100 80GB', 4, 10.0, 'chat-large', 'v3', 'assist',  0.50, 0.50, DATE '2026-09-02', DATE '2026-11-01'),
    ('i-chat2', 'AWS', '100000000011', 'p5.48xlarge',  'H100 80GB', 2, 10.0, 'chat-large', 'v2', 'assist',  0.02, 0.02, DATE '2026-09-02', DATE '2026-11-01'),
    ('i-free',  'AWS', '100000000012', 'p5.48xlarge',  'H100 80GB', 2, 10.0, NULL, NULL, 'research',        0.00, 0.00, DATE '2026-09-12', DATE '2026-11-01'),
    ('i-sum',   'AWS', '100000000011', 'p4d.24xlarge', 'A100 40GB', 4,  4.0, 'summarise', 'v5', 'docs',     0.60, 0.60, DATE '2026-09-02', DATE '2026-10-02'),
    ('i-sum2',  'AWS', '100000000011', 'p4d.24xlarge', 'A100 40GB', 6,  4.0, 'summarise', 'v5', 'docs',     0.40, 0.40, DATE '2026-10-02', DATE '2026-11-01'),
    ('i-train', 'AWS', '100000000012', 'g5.12xlarge',  'A10G',      4,  1.5, NULL, NULL, 'research',        0.80, 0.80, DATE '2026-09-02', DATE '2026-11-01'),
    ('gce-l4',  'GCP', 'inference-prod', 'g2-standard-48', 'L4',    4,  1.0, 'embed-search', 'v1', 'search', 0.70, 0.70, DATE '2026-09-02', DATE '2026-11-01'),
    ('i-blind', 'AWS', '100000000011', 'g5.12xlarge',  'A10G',      4,  1.5, NULL, NULL, NULL,              NULL, NULL, DATE '2026-09-02', DATE '2026-11-01'),
    ('i-spike', 'AWS', '100000000012', 'p4d.24xlarge', 'A100 40GB', 8, 20.0, NULL, NULL, 'research',        1.00, 1.00, DATE '2026-10-07', DATE '2026-10-08')
) t(resource_id, provider, sub_account_id, instance_type, gpu_model, devices, price, model, version, team, busy_before, busy, since, until);

INSERT INTO gpu_hour BY NAME
SELECT
    CASE WHEN busy IS NOT NULL THEN 'prometheus' END AS source,
    h.hour, resource_id || '#' || d.n AS device_id, resource_id || '#' || d.n AS parent_id, 'gpu' AS device_kind, gpu_model,
    resource_id, 'node-' || resource_id AS node, instance_type, provider,
    CASE provider WHEN 'AWS' THEN '100000000001' ELSE '01AAAA-BBBBBB-CCCCCC' END AS billing_account_id, sub_account_id,
    CASE provider WHEN 'AWS' THEN 'us-east-1' ELSE 'us-central1' END AS region_id,
    CASE WHEN model IS NOT NULL THEN 'serving' WHEN resource_id IN ('i-train', 'i-spike') THEN 'jobs' END AS namespace,
    CASE WHEN model IS NOT NULL THEN model || '-' || version || '-' || d.n WHEN resource_id = 'i-train' THEN 'train-' || d.n
         WHEN resource_id = 'i-spike' THEN 'burst-' || d.n END AS pod,
    CASE WHEN busy IS NULL THEN 'unobserved' WHEN model IS NOT NULL THEN 'serving'
         WHEN resource_id = 'i-free' THEN 'free' ELSE 'other' END AS state,
    model, version, CASE WHEN model IS NOT NULL THEN model END AS endpoint,
    CASE WHEN model IS NOT NULL THEN 'real time' END AS mode, team,
    3600 AS billed_seconds, CASE WHEN busy IS NULL THEN 0 ELSE 3600 END AS observed_seconds,
    coalesce(3600 * busy, 0) AS busy_seconds, coalesce(3600 * (1 - busy), 0) AS idle_seconds,
    CASE WHEN busy IS NULL THEN 3600 ELSE 0 END AS unobserved_seconds,
    busy AS util_avg, CASE WHEN busy > 0 THEN 1.0 ELSE busy END AS util_max, CASE WHEN busy IS NOT NULL THEN 'sm_active' END AS signal,
    CASE WHEN busy IS NOT NULL THEN 600 END AS step_seconds,
    price AS cost, coalesce(price * busy, 0) AS busy_cost, coalesce(price * (1 - busy), 0) AS idle_cost,
    CASE WHEN busy IS NULL THEN price ELSE 0 END AS unobserved_cost, 'USD' AS billing_currency
FROM fleet
CROSS JOIN LATERAL (SELECT unnest(range(1, devices + 1)) AS n) d
CROSS JOIN LATERAL (SELECT unnest(range(since::TIMESTAMP, until::TIMESTAMP, INTERVAL 1 HOUR)) AS hour) h;

-- 1,000 requests an hour for chat-large v3, 1 for v2, 600 for summarise, 5,000 for embed-search; 200 in and 50 out tokens each.
INSERT INTO traffic_hour BY NAME
SELECT
    'prometheus' AS source, hour, model, version, endpoint, mode, team, provider, billing_account_id, sub_account_id, gpu_model,
    n + n // 100 AS requests, n AS requests_ok, n // 100 AS requests_failed, n * 200 AS input_tokens, n * 20 AS cached_tokens,
    n * 50 AS output_tokens, n * 0.1 AS prefill_seconds, n * 0.5 AS decode_seconds, n * 0.7 AS latency_seconds, FALSE AS shadowed
FROM (
    SELECT DISTINCT hour, model, version, endpoint, mode, team, provider, billing_account_id, sub_account_id, gpu_model,
        CASE model || version WHEN 'chat-largev3' THEN 1000 WHEN 'chat-largev2' THEN 1 WHEN 'summarisev5' THEN 600 ELSE 5000 END AS n
    FROM gpu_hour WHERE model IS NOT NULL
);

-- Managed: claude-proxy through Bedrock, $100 and 20,000 requests a day, from a request log; CPU: rank-cpu, $24 a day.
INSERT INTO unit_cost BY NAME
SELECT
    hour::DATE AS day, g.model, g.version, g.endpoint, g.mode, g.team, g.gpu_model, g.provider, g.billing_account_id,
    g.sub_account_id, 'USD' AS billing_currency, sum(busy_cost) AS busy_cost, sum(idle_cost) AS idle_cost, 0 AS cpu_cost,
    0 AS managed_cost, sum(busy_seconds) AS busy_seconds, sum(observed_seconds) AS held_seconds,
    any_value(t.requests) AS requests, any_value(t.requests_ok) AS requests_ok, any_value(t.input_tokens) AS input_tokens,
    any_value(t.cached_tokens) AS cached_tokens, any_value(t.output_tokens) AS output_tokens,
    any_value(t.input_tokens) AS cacheable_tokens, any_value(t.requests_ok) AS phased_requests,
    any_value(t.prefill_seconds) AS prefill_seconds, any_value(t.decode_seconds) AS decode_seconds
FROM gpu_hour g
JOIN (
    SELECT hour::DATE AS day, model, version, sum(requests) AS requests, sum(requests_ok) AS requests_ok,
        sum(input_tokens) AS input_tokens, sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens,
        sum(prefill_seconds) AS prefill_seconds, sum(decode_seconds) AS decode_seconds
    FROM traffic_hour GROUP BY 1, 2, 3
) t ON t.day = g.hour::DATE AND t.model = g.model AND t.version = g.version
WHERE g.state = 'serving' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO unit_cost BY NAME
SELECT day, 'claude-proxy' AS model, 'eu' AS version, 'claude-proxy' AS endpoint, 'real time' AS mode, 'assist' AS team,
    'AWS' AS provider, '100000000001' AS billing_account_id, '100000000011' AS sub_account_id, 'USD' AS billing_currency,
    0 AS busy_cost, 0 AS idle_cost, 0 AS cpu_cost, 100 AS managed_cost, 20200 AS requests, 20000 AS requests_ok,
    10000000 AS input_tokens, 0 AS cached_tokens, 2000000 AS output_tokens, 10000000 AS cacheable_tokens
FROM (SELECT unnest(range(DATE '2026-09-02', DATE '2026-11-01', INTERVAL 1 DAY))::DATE AS day);
INSERT INTO unit_cost BY NAME
SELECT day, 'rank-cpu' AS model, 'v1' AS version, 'rank' AS endpoint, 'real time' AS mode, 'search' AS team,
    'AWS' AS provider, '100000000001' AS billing_account_id, '100000000011' AS sub_account_id, 'USD' AS billing_currency,
    0 AS busy_cost, 0 AS idle_cost, 24 AS cpu_cost, 0 AS managed_cost
FROM (SELECT unnest(range(DATE '2026-09-02', DATE '2026-11-01', INTERVAL 1 DAY))::DATE AS day);
-- Fully loaded: what the AWS billing account shares, by allocated cost within it and the day; GCP shares nothing.
UPDATE unit_cost SET
    unallocated_share = s.free * s.share, shared_storage = 60 * s.share, shared_network = 20 * s.share,
    shared_orchestration = 15 * s.share, shared_support = 5 * s.share, shared_compute = 0, commitment_share = 48 * s.share
FROM (
    SELECT day, model, version, coalesce(f.free, 0) AS free,
        (busy_cost + idle_cost + cpu_cost + managed_cost)::DOUBLE
            / sum(busy_cost + idle_cost + cpu_cost + managed_cost) OVER (PARTITION BY day) AS share
    FROM unit_cost LEFT JOIN (
        SELECT hour::DATE AS day, sum(cost) AS free FROM gpu_hour WHERE state = 'free' GROUP BY 1
    ) f USING (day)
    WHERE provider = 'AWS'
) s
WHERE unit_cost.day = s.day AND unit_cost.model = s.model AND unit_cost.version = s.version;

INSERT INTO ladder BY NAME
SELECT date_trunc('month', hour)::DATE AS billing_period, hour::DATE AS day, r.rung,
    CASE WHEN r.rung = 'unallocated' THEN 'dark' WHEN resource_id = 'i-train' AND r.rung = 'other_gpu' AND r.idle THEN 'held idle' END AS sub_rung,
    'compute' AS component, model, version, endpoint, mode, gpu_model, team, provider, billing_account_id, sub_account_id,
    billing_currency, sum(r.amount) AS effective_cost, sum(r.amount) AS billed_cost, sum(r.amount) * 1.1 AS contracted_cost,
    sum(r.amount) * 1.25 AS list_cost
FROM gpu_hour
CROSS JOIN LATERAL (VALUES
    (CASE state WHEN 'serving' THEN 'serving_busy' ELSE 'other_gpu' END, busy_cost, FALSE),
    (CASE state WHEN 'serving' THEN 'serving_idle' WHEN 'free' THEN 'unallocated' ELSE 'other_gpu' END, idle_cost, TRUE),
    ('unobserved', unobserved_cost, FALSE)
) r(rung, amount, idle)
WHERE r.amount <> 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15;
-- Per day: $100 managed, $24 CPU serving, $100 shared, $48 of a $240 plan unused, $30 outside; $500 tax on the 1st of October.
INSERT INTO ladder BY NAME
SELECT date_trunc('month', day)::DATE AS billing_period, day::DATE AS day, o.*, 'AWS' AS provider, '100000000001' AS billing_account_id,
    '100000000011' AS sub_account_id, 'USD' AS billing_currency, billed_cost * 1.1 AS contracted_cost, billed_cost * 1.25 AS list_cost
FROM (SELECT unnest(range(DATE '2026-09-02', DATE '2026-11-01', INTERVAL 1 DAY)) AS day)
CROSS JOIN (VALUES
    ('managed', NULL, 'other', 'claude-proxy', 'eu', 'assist', 100.0, 100.0), ('serving_cpu', NULL, 'compute', 'rank-cpu', 'v1', 'search', 24, 24),
    ('shared', NULL, 'storage', NULL, NULL, NULL, 60, 60), ('shared', NULL, 'network', NULL, NULL, NULL, 20, 20),
    ('shared', NULL, 'orchestration', NULL, NULL, NULL, 15, 15), ('shared', NULL, 'support', NULL, NULL, NULL, 5, 5),
    ('commitment_unused', NULL, 'compute', NULL, NULL, NULL, 48, 48), ('outside', NULL, 'other', NULL, NULL, NULL, 30, 30)
) o(rung, sub_rung, component, model, version, team, effective_cost, billed_cost);
INSERT INTO ladder BY NAME
SELECT DATE '2026-10-01' AS billing_period, DATE '2026-10-01' AS day, rung, 'AWS' AS provider, '100000000001' AS billing_account_id,
    '100000000011' AS sub_account_id, 'USD' AS billing_currency, e AS effective_cost, b AS billed_cost, b AS contracted_cost, b AS list_cost
FROM (VALUES ('tax', 500.0, 500.0), ('refund_correction', -20.0, -20.0), ('unexplained', 0.0, 0.0)) t(rung, e, b);
INSERT INTO ladder BY NAME
SELECT DATE '2026-10-01' AS billing_period, DATE '2026-10-15' AS day, 'credit' AS rung, 'GCP' AS provider,
    '01AAAA-BBBBBB-CCCCCC' AS billing_account_id, 'inference-prod' AS sub_account_id, 'USD' AS billing_currency,
    -75 AS effective_cost, -75 AS billed_cost, 0 AS contracted_cost, 0 AS list_cost;

-- Lines: one per machine and day, one per service and day; covered lines of the savings plan and what was left unused of it.
INSERT INTO cost BY NAME
SELECT 'demo-aws' AS source, 'L-aws-10' AS load_id, row_number() OVER () AS line_id, provider, billing_account_id, sub_account_id,
    CASE sub_account_id WHEN '100000000011' THEN 'prod' WHEN '100000000012' THEN 'research' ELSE sub_account_id END AS sub_account_name,
    date_trunc('month', hour)::DATE AS billing_period, hour::DATE::TIMESTAMP AS charge_period_start,
    (hour::DATE + 1)::TIMESTAMP AS charge_period_end, 'Usage' AS charge_category,
    CASE provider WHEN 'AWS' THEN 'AmazonEC2' ELSE 'Compute Engine' END AS service_name, resource_id, region_id, instance_type,
    sum(cost) AS billed_cost, sum(cost) AS effective_cost, sum(cost) AS contracted_cost, sum(cost) AS list_cost,
    'USD' AS billing_currency, any_value(team) AS team
FROM gpu_hour GROUP BY provider, billing_account_id, sub_account_id, hour::DATE, billing_period, resource_id, region_id, instance_type;
INSERT INTO cost BY NAME
SELECT 'demo-aws' AS source, 'L-aws-10' AS load_id, 'AWS' AS provider, '100000000001' AS billing_account_id, '100000000011' AS sub_account_id,
    'prod' AS sub_account_name, date_trunc('month', day)::DATE AS billing_period, day AS charge_period_start, day + INTERVAL 1 DAY AS charge_period_end,
    'Usage' AS charge_category, 'ComputeSavingsPlans' AS service_name, 'arn:aws:savingsplans::100000000001:savingsplan/sp-1' AS commitment_discount_id,
    'Spend' AS commitment_discount_category, 'SavingsPlan' AS commitment_discount_type, o.*, 'USD' AS billing_currency
FROM (SELECT unnest(range(DATE '2026-09-02', DATE '2026-11-01', INTERVAL 1 DAY)) AS day)
CROSS JOIN (VALUES ('Used', 192.0, 192.0), ('Unused', 48.0, 48.0)) o(commitment_discount_status, effective_cost, billed_cost);

INSERT INTO commitment_day BY NAME
SELECT charge_period_start::DATE AS day, billing_period, commitment_discount_id AS commitment_id, provider, billing_account_id,
    sub_account_id, billing_currency, sum(CASE WHEN commitment_discount_status = 'Used' THEN effective_cost ELSE 0 END) AS covered_cost,
    sum(CASE WHEN commitment_discount_status = 'Used' THEN effective_cost ELSE 0 END) AS ai_covered_cost,
    sum(CASE WHEN commitment_discount_status = 'Unused' THEN effective_cost ELSE 0 END) AS unused_cost, 0 AS unknown_cost, 0 AS fee_billed
FROM cost WHERE commitment_discount_id IS NOT NULL GROUP BY ALL;

INSERT INTO coverage_day
SELECT hour::DATE, provider, billing_account_id, sub_account_id, 'USD', team, model, sum(cost), sum(cost) - sum(unobserved_cost), 0, 0
FROM gpu_hour GROUP BY ALL;
INSERT INTO resource BY NAME
SELECT resource_id, 'node-' || resource_id AS node, provider, CASE provider WHEN 'AWS' THEN '100000000001' ELSE '01AAAA-BBBBBB-CCCCCC' END AS billing_account_id,
    sub_account_id, instance_type, 'gpu' AS device_kind, gpu_model AS device_model, devices AS device_count FROM fleet;
INSERT INTO deployment BY NAME
SELECT DISTINCT 'serving' AS namespace, model || '-' || version || '-%' AS pod, model, version, model AS endpoint, 'real time' AS mode, team
FROM fleet WHERE model IS NOT NULL;

-- Idle stretches: night hours of every held device, all hours of the free ones; the same at each threshold.
INSERT INTO idle_run BY NAME
SELECT row_number() OVER (ORDER BY device_id, d.day, t.threshold) AS run_id, 'prometheus' AS source, device_id, resource_id, node, gpu_model, provider,
    billing_account_id, sub_account_id, namespace, pod, state, model, version, team, t.threshold, d.day::TIMESTAMP AS start_at,
    d.day::TIMESTAMP + to_seconds(CAST(idle AS BIGINT)) AS end_at, idle AS seconds, 600 AS largest_gap, 'sm_active' AS signal,
    600 AS step_seconds, idle_cost AS cost, 'USD' AS billing_currency
FROM (
    SELECT hour::DATE AS day, device_id, resource_id, node, gpu_model, provider, billing_account_id, sub_account_id, namespace, pod, state,
        model, version, team, sum(idle_seconds) AS idle, sum(idle_cost) AS idle_cost
    FROM gpu_hour WHERE state <> 'unobserved' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
) d
CROSS JOIN (SELECT unnest([0, 0.005, 0.01, 0.02, 0.05, 0.1]) AS threshold) t WHERE idle > 0;
INSERT INTO idle_run_day SELECT run_id, start_at::DATE, seconds, cost FROM idle_run;

-- Loads: October of AWS was delivered twice; the second load added 40 lines and $120. One row of a file was rejected.
INSERT INTO load BY NAME
SELECT * FROM (VALUES
    ('L-aws-09', 'demo-aws', 'aws-cur', 'cost', 'loaded', TIMESTAMP '2026-10-03 06:00', DATE '2026-09-01', 4200, 0),
    ('L-aws-10a', 'demo-aws', 'aws-cur', 'cost', 'loaded', TIMESTAMP '2026-10-20 06:00', DATE '2026-10-01', 521, 0),
    ('L-aws-10', 'demo-aws', 'aws-cur', 'cost', 'loaded', TIMESTAMP '2026-11-01 06:00', DATE '2026-10-01', 561, 1),
    ('L-gcp-10', 'demo-gcp', 'gcp', 'cost', 'loaded', TIMESTAMP '2026-11-01 06:01', DATE '2026-10-01', 900, 0),
    ('L-prom', 'prometheus', 'prometheus', 'telemetry', 'loaded', TIMESTAMP '2026-11-01 06:02', NULL, 88000, 0)
) t(load_id, source, kind, grain, status, started_at, billing_period, rows, rejected);
INSERT INTO invoice_total BY NAME
SELECT 'L-aws-' || strftime(billing_period, '%m') AS load_id, 'demo-aws' AS source, billing_period, day, provider, billing_account_id,
    sub_account_id, billing_currency, count(*) AS lines, sum(billed_cost) AS billed_cost, sum(contracted_cost) AS contracted_cost,
    sum(list_cost) AS list_cost, 0 AS billed_rounding, 0 AS contracted_rounding, 0 AS list_rounding
FROM ladder WHERE rung <> 'unexplained' GROUP BY billing_period, day, provider, billing_account_id, sub_account_id, billing_currency;
INSERT INTO replaced_total VALUES ('L-aws-10a', 'demo-aws', '2026-10-01', 'AWS', 'USD', 521, (
    SELECT sum(billed_cost) - 120 FROM invoice_total WHERE load_id = 'L-aws-10' AND provider = 'AWS'), 'L-aws-10');
INSERT INTO file BY NAME
SELECT 'L-aws-10/1' AS file_id, 'L-aws-10' AS load_id, 'demo-aws' AS source, 's3://exports/cur/data/2026-10/part-00001.parquet' AS uri, 2640 AS rows;
INSERT INTO reject VALUES ('L-aws-10', 'L-aws-10/1', 'demo-aws', 17, 'UnblendedCost is not a number: "n/a"', 'AmazonEC2,…,n/a,…');
INSERT INTO source_state VALUES
    ('demo-aws', 'aws-cur', 'cost', 6840, 1, '2026-11-01', 'L-aws-10', 'loaded', NULL),
    ('demo-gcp', 'gcp', 'cost', 900, 0, '2026-11-01', 'L-gcp-10', 'loaded', NULL),
    ('prometheus', 'prometheus', 'telemetry', 88000, 0, '2026-11-01', 'L-prom', 'loaded', NULL),
    ('requests', 'requests', 'traffic', 0, 0, NULL, NULL, 'failed', 'column ''model'' is missing in traces.csv; there are: ts, tokens.');
