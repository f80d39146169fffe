-- One row per host name that telemetry may use for a machine: what a person says first, else the id, else the name.
WITH name AS (
    SELECT node AS node, resource_id AS resource_id, 1 AS place FROM resource_map WHERE node IS NOT NULL
    UNION ALL
    SELECT resource_id AS node, resource_id AS resource_id, 2 AS place FROM machine
    UNION ALL
    SELECT resource_name AS node, resource_id AS resource_id, 3 AS place FROM machine WHERE resource_name IS NOT NULL
),
ranked AS (
    SELECT node, resource_id, row_number() OVER (PARTITION BY node ORDER BY place, resource_id) AS place FROM name
)
SELECT node, resource_id FROM ranked WHERE place = 1
