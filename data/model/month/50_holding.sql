-- One row per device × hour × holder × what it did: busy, idle, or not observed, in the seconds that the bill covers.
-- O above B is scaled to B; what the bill covers and nobody saw is unobserved. Without a bill: seconds as seen.
-- Unobserved time has holder 0; devices that nobody saw have the numbers −1, −2, … of their machine.
WITH held AS (
    SELECT
        d.hour AS hour, w.machine_no AS machine_no, d.device_no AS device_no, d.holder_no AS holder_no, d.source AS source,
        d.pod AS pod, w.device_weight AS device_weight, w.in_use_that_day AS in_use_that_day,
        d.busy_seconds AS busy_seconds, d.idle_seconds AS idle_seconds,
        CASE
            WHEN w.observed_seconds > b.billed_seconds THEN b.billed_seconds / nullif(w.observed_seconds, 0)
            ELSE 1.0
        END AS scale,
        h.model AS model, h.version AS version, h.endpoint AS endpoint, h.mode AS mode, h.team AS team
    FROM month_device_hour AS d
    JOIN witness AS w ON w.device_no = d.device_no AND w.hour = d.hour AND w.source = d.source
    LEFT JOIN machine_hour AS b ON b.machine_no = w.machine_no AND b.hour = d.hour
    LEFT JOIN month_holder AS h
        ON h.holder_no = d.holder_no
        AND (h.valid_from IS NULL OR h.valid_from <= d.hour) AND (h.valid_to IS NULL OR h.valid_to > d.hour)
),
spent AS (
    SELECT
        hour, machine_no, device_no, holder_no, source, pod, device_weight, in_use_that_day,
        'busy' AS activity, busy_seconds * scale AS seconds, model, version, endpoint, mode, team
    FROM held
    WHERE busy_seconds > 0
    UNION ALL
    SELECT
        hour, machine_no, device_no, holder_no, source, pod, device_weight, in_use_that_day,
        'idle' AS activity, idle_seconds * scale AS seconds, model, version, endpoint, mode, team
    FROM held
    WHERE idle_seconds > 0
    UNION ALL
    SELECT
        w.hour AS hour, w.machine_no AS machine_no, w.device_no AS device_no, 0 AS holder_no, NULL AS source, NULL AS pod,
        w.device_weight AS device_weight, 1 AS in_use_that_day,
        'unobserved' AS activity, b.billed_seconds - w.observed_seconds AS seconds,
        NULL AS model, NULL AS version, NULL AS endpoint, NULL AS mode, NULL AS team
    FROM witness AS w
    JOIN machine_hour AS b ON b.machine_no = w.machine_no AND b.hour = w.hour
    WHERE b.billed_seconds > w.observed_seconds + 0.000001
    UNION ALL
    SELECT
        b.hour AS hour, b.machine_no AS machine_no, 0 - o.k AS device_no, 0 AS holder_no, NULL AS source, NULL AS pod,
        least(1.0, b.devices - b.devices_seen - o.k + 1) AS device_weight, 1 AS in_use_that_day,
        'unobserved' AS activity, b.billed_seconds AS seconds,
        NULL AS model, NULL AS version, NULL AS endpoint, NULL AS mode, NULL AS team
    FROM machine_hour AS b
    JOIN ordinal AS o ON o.k < b.devices - b.devices_seen + 0.999
)
SELECT
    hour, machine_no, device_no, holder_no, source, device_weight, activity, seconds, model, version, endpoint, mode, team,
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
