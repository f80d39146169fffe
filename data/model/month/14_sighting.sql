-- One row per device × holder of the month, numbered: from here on rows meet by number, which is several times cheaper than by
-- name. Numbers follow the names' order, so that a line is cut in the same order whenever it is built.
WITH one AS (
    SELECT device_id, namespace, pod, count(*) AS sightings
    FROM month_seen
    GROUP BY 1, 2, 3
),
numbered AS (
    SELECT device_id, namespace, pod, row_number() OVER (ORDER BY device_id, namespace, pod) AS holder_no
    FROM one
)
SELECT device_id, namespace, pod, holder_no, min(holder_no) OVER (PARTITION BY device_id) AS device_no
FROM numbered
