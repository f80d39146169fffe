-- One row per device × hour × holder × what it did: busy, idle, or not observed, in the seconds that the bill covers.
-- O above B is scaled to B; what the bill covers and nobody saw is unobserved. Without a bill: seconds as seen.
WITH held AS (
    SELECT
        d.source AS source, d.load_id AS load_id, d.file_id AS file_id, d.hour AS hour, d.device_id AS device_id,
        w.parent_id AS parent_id, w.resource_id AS resource_id, d.node AS node, d.namespace AS namespace, d.pod AS pod,
        w.device_weight AS device_weight, w.in_use_that_day AS in_use_that_day,
        d.busy_seconds AS busy_seconds, d.idle_seconds AS idle_seconds, b.billed_seconds AS billed_seconds,
        CASE WHEN w.observed_seconds > b.billed_seconds THEN b.billed_seconds / nullif(w.observed_seconds, 0) ELSE 1.0 END AS scale,
        h.model AS model, h.version AS version, h.endpoint AS endpoint, h.mode AS mode, h.team AS team
    FROM month_device_hour AS d
    JOIN witness AS w ON w.device_id = d.device_id AND w.hour = d.hour AND w.source = d.source
    LEFT JOIN machine_hour AS b ON b.resource_id = w.resource_id AND b.hour = d.hour
    LEFT JOIN holder AS h
        ON h.pod = d.pod AND coalesce(h.namespace, '') = coalesce(d.namespace, '')
        AND (h.valid_from IS NULL OR h.valid_from <= d.hour) AND (h.valid_to IS NULL OR h.valid_to > d.hour)
),
spent AS (
    SELECT
        source, load_id, file_id, hour, device_id, parent_id, resource_id, node, namespace, pod, device_weight, in_use_that_day,
        'busy' AS activity, busy_seconds * scale AS seconds, model, version, endpoint, mode, team
    FROM held
    WHERE busy_seconds > 0
    UNION ALL
    SELECT
        source, load_id, file_id, hour, device_id, parent_id, resource_id, node, namespace, pod, device_weight, in_use_that_day,
        'idle' AS activity, idle_seconds * scale AS seconds, model, version, endpoint, mode, team
    FROM held
    WHERE idle_seconds > 0
    UNION ALL
    SELECT
        NULL AS source, NULL AS load_id, NULL AS file_id, w.hour AS hour, w.device_id AS device_id, w.parent_id AS parent_id,
        w.resource_id AS resource_id, w.node AS node, NULL AS namespace, NULL AS pod, w.device_weight AS device_weight, 1 AS in_use_that_day,
        'unobserved' AS activity, b.billed_seconds - w.observed_seconds AS seconds,
        NULL AS model, NULL AS version, NULL AS endpoint, NULL AS mode, NULL AS team
    FROM witness AS w
    JOIN machine_hour AS b ON b.resource_id = w.resource_id AND b.hour = w.hour
    WHERE b.billed_seconds > w.observed_seconds + 0.000001
    UNION ALL
    SELECT
        NULL AS source, NULL AS load_id, NULL AS file_id, b.hour AS hour, b.resource_id || o.name AS device_id,
        b.resource_id || o.name AS parent_id, b.resource_id AS resource_id, NULL AS node, NULL AS namespace, NULL AS pod,
        least(1.0, b.devices - b.devices_seen - o.k + 1) AS device_weight, 1 AS in_use_that_day,
        'unobserved' AS activity, b.billed_seconds AS seconds,
        NULL AS model, NULL AS version, NULL AS endpoint, NULL AS mode, NULL AS team
    FROM machine_hour AS b
    JOIN ordinal AS o ON o.k < b.devices - b.devices_seen + 0.999
)
SELECT
    source, load_id, file_id, hour, device_id, parent_id, resource_id, node, namespace, pod, device_weight, activity, seconds,
    model, version, endpoint, mode, team,
    CASE
        WHEN activity = 'unobserved' THEN 'unobserved'
        WHEN model IS NOT NULL THEN 'serving'
        WHEN pod IS NOT NULL OR activity = 'busy' THEN 'other'
        ELSE 'free'
    END AS state,
    CASE
        WHEN activity = 'unobserved' THEN 'unobserved'
        WHEN model IS NOT NULL AND activity = 'busy' THEN 'serving_busy'
        WHEN model IS NOT NULL THEN 'serving_idle'
        WHEN pod IS NOT NULL OR activity = 'busy' THEN 'other_gpu'
        ELSE 'unallocated'
    END AS rung,
    CASE
        WHEN activity = 'unobserved' OR model IS NOT NULL THEN NULL
        WHEN pod IS NOT NULL AND activity = 'idle' THEN 'held idle'
        WHEN pod IS NULL AND activity = 'busy' THEN 'holder unknown'
        WHEN pod IS NOT NULL THEN NULL
        WHEN in_use_that_day = 0 THEN 'dark'
        ELSE 'free'
    END AS sub_rung
FROM spent
