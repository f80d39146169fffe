WITH run AS (
    SELECT
        run_id, max(source) AS source, device_id, namespace, pod, threshold, min(start_at) AS start_at, max(end_at) AS end_at,
        sum(seconds) AS seconds, max(largest_gap) AS largest_gap, max(signal) AS signal, max(step_seconds) AS step_seconds,
        sum(cost) AS cost, max(billing_currency) AS billing_currency
    FROM idle_stitched
    GROUP BY run_id, device_id, namespace, pod, threshold
)
SELECT
    r.run_id AS run_id, r.source AS source, r.device_id AS device_id, d.resource_id AS resource_id, d.node AS node,
    coalesce(m.device_model, d.gpu_model) AS gpu_model, m.provider AS provider, m.billing_account_id AS billing_account_id,
    m.sub_account_id AS sub_account_id, r.namespace AS namespace, r.pod AS pod,
    CASE WHEN h.model IS NOT NULL THEN 'serving' WHEN r.pod IS NOT NULL THEN 'other' ELSE 'free' END AS state,
    h.model AS model, h.version AS version, h.team AS team, r.threshold AS threshold, r.start_at AS start_at, r.end_at AS end_at,
    r.seconds AS seconds, r.largest_gap AS largest_gap, r.signal AS signal, r.step_seconds AS step_seconds, r.cost AS cost,
    r.billing_currency AS billing_currency
FROM run AS r
LEFT JOIN device AS d ON d.device_id = r.device_id
LEFT JOIN machine AS m ON m.resource_id = d.resource_id
LEFT JOIN holder AS h
    ON h.pod = r.pod AND coalesce(h.namespace, '') = coalesce(r.namespace, '')
    AND (h.valid_from IS NULL OR h.valid_from <= r.start_at) AND (h.valid_to IS NULL OR h.valid_to > r.start_at)
