-- How machines are called: on the bill, by whoever maps them, by telemetry.
SELECT DISTINCT 'billed' AS kind, resource_id AS name FROM cost WHERE resource_id IS NOT NULL
UNION ALL
SELECT DISTINCT 'host', unnest([resource_id, node]) FROM resource WHERE resource_id IS NOT NULL
UNION ALL
SELECT DISTINCT 'host', resource_name FROM cost WHERE resource_name IS NOT NULL
UNION ALL
SELECT DISTINCT 'node', node FROM gpu_hour WHERE node IS NOT NULL
