-- One row per host name that telemetry may use for a machine, and time: what a person says first, else the id, else what
-- Kubernetes says of the node then (node names are used again), else the name. Sources that contradict each other about a
-- node say nothing.
WITH name AS (
    SELECT node, resource_id, place, valid_from, valid_to FROM told_machine WHERE node IS NOT NULL AND place = 1
    UNION ALL
    SELECT m.resource_id AS node, m.resource_id AS resource_id, 2 AS place, a.valid_from AS valid_from, a.valid_to AS valid_to
    FROM machine AS m CROSS JOIN always AS a
    UNION ALL
    SELECT t.node AS node, t.resource_id AS resource_id, t.place AS place, t.valid_from AS valid_from, t.valid_to AS valid_to
    FROM told_machine AS t JOIN machine AS m ON m.resource_id = t.resource_id
    WHERE t.node IS NOT NULL AND t.place = 3
    UNION ALL
    SELECT m.resource_name AS node, m.resource_id AS resource_id, 4 AS place, a.valid_from AS valid_from, a.valid_to AS valid_to
    FROM machine AS m CROSS JOIN always AS a
    WHERE m.resource_name IS NOT NULL
),
edge AS (
    SELECT node, valid_from AS instant FROM name
    UNION
    SELECT node, valid_to AS instant FROM name
),
segment AS (
    SELECT node, instant AS valid_from, lead(instant) OVER (PARTITION BY node ORDER BY instant) AS valid_to FROM edge
),
ranked AS (
    SELECT
        s.node AS node, n.resource_id AS resource_id, n.place AS told, s.valid_from AS valid_from, s.valid_to AS valid_to,
        row_number() OVER (PARTITION BY s.node, s.valid_from ORDER BY n.place, n.resource_id) AS place,
        max(n.resource_id) OVER (PARTITION BY s.node, s.valid_from, n.place) AS last_id
    FROM segment AS s
    JOIN name AS n ON n.node = s.node AND n.valid_from <= s.valid_from AND n.valid_to >= s.valid_to
)
SELECT node, resource_id, valid_from, valid_to
FROM ranked
WHERE place = 1 AND (told <> 3 OR resource_id = last_id)
