-- One row per device × hour: the one source that may be believed (stated order first, then the finest sampling step), and what
-- it saw of the device over all holders. A machine-hour that shows more devices than its machine has, in names of several kinds,
-- is told twice: the devices of one kind of name are believed (its best source by the same rule), the others not.
WITH seen AS (
    SELECT
        device_no, hour, source, max(node) AS node, sum(observed_seconds) AS observed_seconds,
        min(step_seconds) AS step_seconds, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
        max(CASE WHEN parent_id LIKE 'GPU-%' AND parent_id NOT LIKE '%/%' THEN 'UUID' ELSE source END) AS kind_of_name,
        max(mig_slices) AS mig_slices, max(mig_total) AS mig_total,
        max(CASE WHEN pod IS NOT NULL OR busy_seconds > 0 THEN 1 ELSE 0 END) AS in_use
    FROM month_device_hour
    GROUP BY 1, 2, 3
),
ranked AS (
    SELECT
        s.device_no AS device_no, s.hour AS hour, s.source AS source, s.node AS node, s.observed_seconds AS observed_seconds,
        s.step_seconds AS step_seconds, s.first_seen AS first_seen, s.last_seen AS last_seen,
        s.mig_slices AS mig_slices, s.mig_total AS mig_total, s.in_use AS in_use, s.kind_of_name AS kind_of_name,
        coalesce(o.place, 1000000) AS source_place,
        row_number() OVER (
            PARTITION BY s.device_no, s.hour ORDER BY coalesce(o.place, 1000000), s.step_seconds, s.source
        ) AS place
    FROM seen AS s
    LEFT JOIN source_order AS o ON o.source = s.source
),
in_use AS (
    SELECT device_no, day_of(hour) AS day, max(in_use) AS in_use
    FROM ranked
    WHERE place = 1
    GROUP BY 1, 2
),
told AS (
    SELECT
        r.device_no AS device_no, r.hour AS hour, r.source AS source, m.machine_no AS machine_no,
        m.resource_id AS resource_id, coalesce(z.device_count, m.device_count) AS device_count, r.observed_seconds AS observed_seconds,
        r.step_seconds AS step_seconds, r.first_seen AS first_seen, r.last_seen AS last_seen,
        coalesce(r.mig_slices / nullif(r.mig_total, 0), 1.0) AS device_weight, u.in_use AS in_use_that_day,
        r.kind_of_name AS kind_of_name, r.source_place AS source_place
    FROM ranked AS r
    JOIN in_use AS u ON u.device_no = r.device_no AND u.day = day_of(r.hour)
    LEFT JOIN node AS n ON n.node = r.node AND n.valid_from <= r.hour AND n.valid_to > r.hour
    LEFT JOIN machine AS m ON m.resource_id = n.resource_id
    LEFT JOIN machine_size AS z ON z.machine_no = m.machine_no AND z.hour = r.hour
    WHERE r.place = 1
),
crowded AS (
    SELECT machine_no, hour
    FROM told
    WHERE machine_no IS NOT NULL
    GROUP BY 1, 2
    HAVING sum(device_weight) > max(device_count) + 0.001
),
voice AS (
    SELECT
        t.machine_no AS machine_no, t.hour AS hour, t.kind_of_name AS kind_of_name,
        row_number() OVER (
            PARTITION BY t.machine_no, t.hour ORDER BY min(t.source_place), min(t.step_seconds), min(t.source)
        ) AS place
    FROM told AS t
    JOIN crowded AS c ON c.machine_no = t.machine_no AND c.hour = t.hour
    GROUP BY 1, 2, 3
)
SELECT
    t.device_no AS device_no, t.hour AS hour, t.source AS source, t.machine_no AS machine_no, t.resource_id AS resource_id,
    t.observed_seconds AS observed_seconds, t.step_seconds AS step_seconds, t.first_seen AS first_seen,
    t.last_seen AS last_seen, t.device_weight AS device_weight, t.in_use_that_day AS in_use_that_day,
    coalesce(v.place, 1) = 1 AS believed
FROM told AS t
LEFT JOIN voice AS v ON v.machine_no = t.machine_no AND v.hour = t.hour AND v.kind_of_name = t.kind_of_name
