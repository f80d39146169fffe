-- One row per device × holder of the month, numbered: from here on rows meet by number, which is several times cheaper than by
-- name. Numbers follow the names' order, so that a line is cut in the same order whenever it is built.
WITH one AS (
    SELECT coalesce(a.device_id, s.device_id) AS device_id, s.namespace AS namespace, s.pod AS pod, count(*) AS sightings
    FROM month_seen AS s
    LEFT JOIN device_alias AS a ON a.told_id = s.device_id
    GROUP BY 1, 2, 3
),
numbered AS (
    SELECT device_id, namespace, pod, row_number() OVER (ORDER BY device_id, namespace, pod) AS holder_no
    FROM one
)
SELECT device_id, namespace, pod, holder_no, min(holder_no) OVER (PARTITION BY device_id) AS device_no
FROM numbered
