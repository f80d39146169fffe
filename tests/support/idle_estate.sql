-- Six machines of October 2026, each for one sentence about idle time; loaded beside no other rows.
CREATE TEMP TABLE machine AS
SELECT * FROM (VALUES
    -- resource, provider, type, devices, $/device-hour, device that is free (0 = all)
    ('i-0forgotten', 'AWS', 'p5.48xlarge',  8, 6.88),
    ('i-0half',      'AWS', 'g5.12xlarge',  2, 4.00),
    ('i-0plan',      'AWS', 'g5.xlarge',    1, 10.0),
    ('i-0night',     'AWS', 'p4d.24xlarge', 1, 2.00),
    ('i-0thin',      'AWS', 'g5.xlarge',    1, 3.00),
    ('//compute.googleapis.com/projects/inference-prod/zones/us-central1-a/instances/l4-pause', 'GCP', 'g2-standard-4', 1, 1.0)
) t(resource_id, provider, instance_type, devices, price);

-- From 8 September on for the forgotten machine, else October. Free: the whole of i-0forgotten since 2 October (and two
-- hours of its first device on 10 September), device 1 of i-0half and all of i-0plan and i-0thin on 10 October.
INSERT INTO gpu_hour BY NAME
SELECT
    CASE WHEN seen THEN 'prometheus' END AS source, hour, resource_id || '#' || n AS device_id, resource_id || '#' || n AS parent_id,
    'gpu' AS device_kind, 'H100 80GB' AS gpu_model, resource_id, 'node-' || right(resource_id, 5) AS node, instance_type, provider,
    'payer' AS billing_account_id, 'acct' AS sub_account_id, 'us-east-1' AS region_id,
    CASE WHEN seen AND NOT free THEN 'jobs' END AS namespace, CASE WHEN seen AND NOT free THEN 'sim-0' END AS pod,
    CASE WHEN NOT seen THEN 'unobserved' WHEN free THEN 'free' ELSE 'other' END AS state, 'research' AS team,
    3600 AS billed_seconds, CASE WHEN seen THEN 3600 ELSE 0 END AS observed_seconds,
    CASE WHEN seen AND NOT free THEN 3600 ELSE 0 END AS busy_seconds, CASE WHEN seen AND free THEN 3600 ELSE 0 END AS idle_seconds,
    CASE WHEN seen THEN 0 ELSE 3600 END AS unobserved_seconds, CASE WHEN seen THEN CASE WHEN free THEN 0 ELSE 0.6 END END AS util_avg,
    'sm_active' AS signal, 600 AS step_seconds, price AS cost, CASE WHEN seen AND NOT free THEN price ELSE 0 END AS busy_cost,
    CASE WHEN seen AND free THEN price ELSE 0 END AS idle_cost, CASE WHEN seen THEN 0 ELSE price END AS unobserved_cost,
    'USD' AS billing_currency
FROM (
    SELECT *,
        CASE resource_id
            WHEN 'i-0forgotten' THEN hour >= TIMESTAMP '2026-10-02' OR (n = 1 AND hour BETWEEN '2026-09-10' AND '2026-09-10 01:00')
            WHEN 'i-0half' THEN n = 1 AND hour::DATE = DATE '2026-10-10'
            ELSE resource_id IN ('i-0plan', 'i-0thin') AND hour::DATE = DATE '2026-10-10'
        END AS free,
        NOT (resource_id = 'i-0thin' AND hour BETWEEN '2026-10-10 06:00' AND '2026-10-10 17:00') AS seen
    FROM machine
    CROSS JOIN LATERAL (SELECT unnest(range(1, devices + 1)) AS n) d
    CROSS JOIN LATERAL (SELECT unnest(range(
        CASE resource_id WHEN 'i-0forgotten' THEN TIMESTAMP '2026-09-08' ELSE TIMESTAMP '2026-10-02' END,
        TIMESTAMP '2026-11-01', INTERVAL 1 HOUR)) AS hour) h
);

-- Runs: free stretches at every threshold; the night job sits at 3 % from 20:00 to 08:00, so idle at 5 and 10 % alone;
-- the L4 pauses for 20 minutes once.
INSERT INTO idle_run BY NAME
SELECT row_number() OVER () AS run_id, 'prometheus' AS source, resource_id || '#' || n AS device_id, resource_id,
    'node-' || right(resource_id, 5) AS node, 'H100 80GB' AS gpu_model, provider, 'payer' AS billing_account_id,
    'acct' AS sub_account_id, s.namespace, s.pod, s.state, 'research' AS team, t.threshold, s.start_at, s.end_at,
    epoch(s.end_at) - epoch(s.start_at) AS seconds, 600 AS largest_gap, 'sm_active' AS signal, 600 AS step_seconds,
    (epoch(s.end_at) - epoch(s.start_at)) / 3600 * price AS cost, 'USD' AS billing_currency
FROM machine
CROSS JOIN LATERAL (SELECT unnest(range(1, devices + 1)) AS n) d
JOIN (
    SELECT 'i-0forgotten' AS resource_id, 0 AS only, 'free' AS state, NULL AS namespace, NULL AS pod, 0 AS least,
        TIMESTAMP '2026-10-02' AS start_at, TIMESTAMP '2026-11-01' AS end_at
    UNION ALL SELECT 'i-0forgotten', 1, 'free', NULL, NULL, 0, TIMESTAMP '2026-09-10 00:00', TIMESTAMP '2026-09-10 02:00'
    UNION ALL SELECT 'i-0half', 1, 'free', NULL, NULL, 0, TIMESTAMP '2026-10-10', TIMESTAMP '2026-10-11'
    UNION ALL SELECT 'i-0plan', 0, 'free', NULL, NULL, 0, TIMESTAMP '2026-10-10', TIMESTAMP '2026-10-11'
    UNION ALL SELECT 'i-0thin', 0, 'free', NULL, NULL, 0, TIMESTAMP '2026-10-10 00:00', TIMESTAMP '2026-10-10 06:00'
    UNION ALL SELECT 'i-0thin', 0, 'free', NULL, NULL, 0, TIMESTAMP '2026-10-10 18:00', TIMESTAMP '2026-10-11 00:00'
    UNION ALL SELECT 'i-0night', 0, 'other', 'jobs', 'sim-0', 0.05, start_at, start_at + INTERVAL 12 HOUR
        FROM (SELECT unnest(range(TIMESTAMP '2026-10-02 20:00', TIMESTAMP '2026-10-31 20:00', INTERVAL 1 DAY)) AS start_at)
    UNION ALL SELECT resource_id, 0, 'other', 'jobs', 'sim-0', 0, TIMESTAMP '2026-10-12 10:00', TIMESTAMP '2026-10-12 10:20'
        FROM machine WHERE provider = 'GCP'
) s USING (resource_id)
CROSS JOIN (SELECT unnest([0, 0.005, 0.01, 0.02, 0.05, 0.1]) AS threshold) t
WHERE (s.only = 0 OR s.only = n) AND t.threshold >= s.least;
INSERT INTO idle_run_day
SELECT run_id, day, seconds, cost * seconds / nullif(whole, 0)
FROM (
    SELECT run_id, day::DATE AS day, cost, r.seconds AS whole,
        epoch(least(end_at, day + INTERVAL 1 DAY)) - epoch(greatest(start_at, day)) AS seconds
    FROM idle_run r
    CROSS JOIN LATERAL (SELECT unnest(range(date_trunc('day', start_at), end_at, INTERVAL 1 DAY)) AS day) d
);

-- i-0plan runs under a savings plan: its line carries the plan's id, and `part` leads from device-hours to the line.
INSERT INTO cost BY NAME
SELECT 'L1' AS load_id, 1 AS line_id, 'i-0plan' AS resource_id, TIMESTAMP '2026-10-10' AS charge_period_start,
    TIMESTAMP '2026-10-11' AS charge_period_end, 'sp-1' AS commitment_discount_id, 240 AS effective_cost, 'AWS' AS provider;
INSERT INTO part BY NAME
SELECT 'L1' AS load_id, 1 AS line_id, hour, device_id, 'unallocated' AS rung, cost AS effective_cost
FROM gpu_hour WHERE resource_id = 'i-0plan' AND state = 'free';

INSERT INTO resource BY NAME
SELECT resource_id, 'node-' || right(resource_id, 5) AS node, provider, 'us-east-1' AS region_id, instance_type, devices AS device_count
FROM machine;
INSERT INTO ladder BY NAME
SELECT date_trunc('month', hour)::DATE AS billing_period, hour::DATE AS day, 'other_gpu' AS rung, provider,
    billing_account_id, sub_account_id, billing_currency, sum(cost) AS effective_cost, sum(cost) AS billed_cost
FROM gpu_hour GROUP BY 1, 2, 4, 5, 6, 7;
INSERT INTO source_state VALUES ('prometheus', 'prometheus', 'telemetry', 1, 0, '2026-10-31 23:00', 'L1', 'loaded', NULL);
