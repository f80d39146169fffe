-- One row per device × hour × holder × state: its seconds, its signal, and the effective cost that its parts sum to.
-- Seconds and cost meet in one aggregate: a join of the two would carry every wide row through one more hash table.
WITH told AS (
    SELECT
        hour, machine_no, device_no, holder_no, state, 1 AS held, 0 AS paid, source, model, version, endpoint, mode, team,
        CASE WHEN activity = 'busy' THEN seconds * device_weight ELSE 0.0 END AS busy_seconds,
        CASE WHEN activity = 'idle' THEN seconds * device_weight ELSE 0.0 END AS idle_seconds,
        CASE WHEN activity = 'unobserved' THEN seconds * device_weight ELSE 0.0 END AS unobserved_seconds,
        NULL AS billing_currency, NULL AS paid_team, NULL AS cost, NULL AS busy_cost, NULL AS idle_cost, NULL AS unobserved_cost
    FROM holding
    UNION ALL
    SELECT
        hour, machine_no, device_no, holder_no, state, 0 AS held, 1 AS paid, NULL AS source, NULL AS model, NULL AS version,
        NULL AS endpoint, NULL AS mode, NULL AS team, NULL AS busy_seconds, NULL AS idle_seconds, NULL AS unobserved_seconds,
        billing_currency, team AS paid_team, effective_cost AS cost,
        CASE WHEN activity = 'busy' THEN effective_cost ELSE to_money(0) END AS busy_cost,
        CASE WHEN activity = 'idle' THEN effective_cost ELSE to_money(0) END AS idle_cost,
        CASE WHEN activity = 'unobserved' THEN effective_cost ELSE to_money(0) END AS unobserved_cost
    FROM device_part
),
spent AS (
    SELECT
        hour, machine_no, device_no, holder_no, state, max(paid) AS paid, max(source) AS source, max(model) AS model,
        max(version) AS version, max(endpoint) AS endpoint, max(mode) AS mode, coalesce(max(team), max(paid_team)) AS team,
        sum(busy_seconds) AS busy_seconds, sum(idle_seconds) AS idle_seconds, sum(unobserved_seconds) AS unobserved_seconds,
        max(billing_currency) AS billing_currency, sum(cost) AS cost, sum(busy_cost) AS busy_cost,
        sum(idle_cost) AS idle_cost, sum(unobserved_cost) AS unobserved_cost
    FROM told
    GROUP BY 1, 2, 3, 4, 5
    HAVING max(held) = 1
)
SELECT
    s.source AS source, d.load_id AS load_id, d.file_id AS file_id, s.hour AS hour,
    coalesce(v.device_id, m.resource_id || u.name) AS device_id, coalesce(v.parent_id, m.resource_id || u.name) AS parent_id,
    d.mig_profile AS mig_profile, coalesce(z.device_kind, m.device_kind, d.device_kind) AS device_kind,
    coalesce(z.device_model, m.device_model, d.gpu_model) AS gpu_model, m.resource_id AS resource_id, coalesce(v.node, m.node) AS node,
    coalesce(z.instance_type, m.instance_type) AS instance_type, m.provider AS provider, m.billing_account_id AS billing_account_id,
    m.sub_account_id AS sub_account_id, m.region_id AS region_id, d.namespace AS namespace, d.pod AS pod, s.state AS state,
    s.model AS model, s.version AS version, s.endpoint AS endpoint, s.mode AS mode, s.team AS team,
    CASE WHEN s.paid = 1 THEN s.busy_seconds + s.idle_seconds + s.unobserved_seconds END AS billed_seconds,
    s.busy_seconds + s.idle_seconds AS observed_seconds, s.busy_seconds AS busy_seconds, s.idle_seconds AS idle_seconds,
    s.unobserved_seconds AS unobserved_seconds,
    d.util_avg AS util_avg, d.util_max AS util_max, d.sm_active AS sm_active, d.dram_active AS dram_active,
    d.tensor_active AS tensor_active, d.memory_avg AS memory_avg, d.memory_max AS memory_max, d.energy_joules AS energy_joules,
    d.signal AS signal, d.step_seconds AS step_seconds,
    s.cost AS cost, CASE WHEN s.cost IS NOT NULL THEN s.busy_cost END AS busy_cost,
    CASE WHEN s.cost IS NOT NULL THEN s.idle_cost END AS idle_cost,
    CASE WHEN s.cost IS NOT NULL THEN s.unobserved_cost END AS unobserved_cost, s.billing_currency AS billing_currency
FROM spent AS s
CROSS JOIN option AS o
LEFT JOIN month_device_hour AS d ON d.hour = s.hour AND d.holder_no = s.holder_no AND d.source = s.source
LEFT JOIN month_device AS v ON v.device_no = s.device_no
LEFT JOIN machine AS m ON m.machine_no = s.machine_no
LEFT JOIN machine_size AS z ON z.machine_no = s.machine_no AND z.hour = s.hour
LEFT JOIN ordinal AS u ON u.k = 0 - s.device_no
WHERE s.hour >= o.month_start AND s.hour < o.month_end
