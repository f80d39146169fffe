-- Fills the snapshot's tables from what the mart files made. Runs with the snapshot as the place of unqualified tables of the target.
INSERT INTO snap.ladder BY NAME SELECT * FROM temp.ladder ORDER BY day, rung, model, version;
INSERT INTO snap.unit_cost BY NAME SELECT * FROM temp.unit_cost ORDER BY day, model, version;
INSERT INTO snap.idle_run BY NAME SELECT * FROM temp.idle_run ORDER BY threshold, start_at;
INSERT INTO snap.idle_run_day BY NAME
SELECT run_id, day, sum(seconds) AS seconds, sum(cost) AS cost FROM temp.idle_stitched GROUP BY run_id, day ORDER BY run_id, day;
INSERT INTO snap.device_day BY NAME
SELECT machine, device_id, day, billing_currency, billed_seconds, cost, last_hour FROM work.main.built_device_day ORDER BY day, machine;
INSERT INTO snap.free_time BY NAME SELECT * FROM temp.free_time ORDER BY threshold, day, machine;
INSERT INTO snap.traffic_hour BY NAME
SELECT
    source, load_id, hour, model, version, endpoint, mode, team, provider, billing_account_id, sub_account_id, gpu_model,
    CASE WHEN count(*) = count(requests_failed) THEN sum(requests_ok + requests_failed) END AS requests,
    sum(requests_ok) AS requests_ok, sum(requests_failed) AS requests_failed, sum(requests_aside) AS requests_aside,
    sum(input_tokens) AS input_tokens, sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens,
    sum(prefill_seconds) AS prefill_seconds, sum(decode_seconds) AS decode_seconds, sum(latency_seconds) AS latency_seconds, shadowed
FROM work.main.built_traffic
GROUP BY ALL
ORDER BY hour, model, version;
INSERT INTO snap.traffic_latency BY NAME
WITH told AS (
SELECT
    l.source, l.server, l.namespace, l.pod,
    l.hour, coalesce(h.model, s.model, l.model) AS model, coalesce(h.version, l.version, s.version) AS version,
    coalesce(l.endpoint, h.endpoint, s.endpoint) AS endpoint, coalesce(l.mode, h.mode, s.mode, 'real time') AS mode,
    l.measure, l.le, l.requests
FROM work.main.traffic_latency AS l
LEFT JOIN temp.holder AS h
    ON h.pod = l.pod AND coalesce(h.namespace, '') = coalesce(l.namespace, '')
    AND (h.valid_from IS NULL OR h.valid_from <= l.hour) AND (h.valid_to IS NULL OR h.valid_to > l.hour)
LEFT JOIN temp.served_name AS s
    ON h.pod IS NULL AND s.served_name = l.model
    AND (s.valid_from IS NULL OR s.valid_from <= l.hour) AND (s.valid_to IS NULL OR s.valid_to > l.hour)
),
-- A request that two witnesses told lies in one histogram, as it is counted once.
shadowed AS (
    SELECT DISTINCT source, server, namespace, pod, hour, model, version, endpoint, mode
    FROM work.main.built_traffic
    WHERE shadowed
)
SELECT t.hour, t.model, t.version, t.endpoint, t.mode, t.measure, t.le, sum(t.requests) AS requests
FROM told AS t
ANTI JOIN shadowed AS x
    ON x.source = t.source AND x.hour = t.hour AND x.mode = t.mode AND x.server IS NOT DISTINCT FROM t.server
    AND x.namespace IS NOT DISTINCT FROM t.namespace AND x.pod IS NOT DISTINCT FROM t.pod
    AND x.model IS NOT DISTINCT FROM t.model AND x.version IS NOT DISTINCT FROM t.version
    AND x.endpoint IS NOT DISTINCT FROM t.endpoint
GROUP BY ALL
ORDER BY t.hour;
INSERT INTO snap.resource BY NAME
SELECT
    m.resource_id, coalesce(m.node, d.node) AS node, m.provider_id, m.provider, m.billing_account_id, m.sub_account_id, m.region_id,
    m.instance_type, m.device_kind, m.device_model, m.device_count
FROM temp.machine AS m
LEFT JOIN (SELECT resource_id, max(node) AS node FROM temp.device GROUP BY resource_id) AS d ON d.resource_id = m.resource_id
ORDER BY m.resource_id;
INSERT INTO snap.deployment BY NAME
SELECT DISTINCT namespace, pod, served_name, resource_id, model, version, endpoint, mode, team, valid_from, valid_to
FROM work.main.deployment_map;
INSERT INTO snap.coverage_day BY NAME
SELECT
    day, provider, billing_account_id, sub_account_id, billing_currency, team, model, sum(device_cost) AS device_cost,
    sum(observed_cost) AS observed_cost, sum(unbilled_hours) AS unbilled_hours, sum(unpriced_lines) AS unpriced_lines
FROM work.main.built_coverage
GROUP BY ALL
ORDER BY day;
INSERT INTO snap.commitment_day BY NAME
SELECT
    day, billing_period, commitment_id, provider, billing_account_id, sub_account_id, billing_currency,
    sum(covered_cost) AS covered_cost, sum(ai_covered_cost) AS ai_covered_cost, sum(unused_cost) AS unused_cost,
    sum(unknown_cost) AS unknown_cost, sum(fee_billed) AS fee_billed
FROM work.main.built_commitment
GROUP BY ALL
ORDER BY day;
INSERT INTO snap.device_excess BY NAME SELECT * EXCLUDE (month) FROM work.main.built_device_excess ORDER BY day, resource_id, source;
