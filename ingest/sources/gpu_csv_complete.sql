-- The bill itself says what is in a machine, in our export of it too: what other clouds leave to a table of types is noted as if a person said it.
DELETE FROM resource_map
WHERE source IN (SELECT source FROM staged) AND resource_id IN (SELECT resource_id FROM staged WHERE service_name = 'GPU machines' AND instance_type IS NOT NULL);

INSERT INTO resource_map BY NAME
SELECT
    source, load_id, resource_id,
    max(resource_name) AS node,
    max_by(instance_type, (charge_period_start, instance_type)) AS instance_type,
    regexp_replace(max_by(instance_type, (charge_period_start, instance_type)), '^\d+x ', '') AS device_model,
    CAST(regexp_extract(max_by(instance_type, (charge_period_start, instance_type)), '^(\d+)x ', 1) AS INTEGER) AS device_count
FROM staged
WHERE service_name = 'GPU machines' AND resource_id IS NOT NULL AND instance_type IS NOT NULL
GROUP BY source, load_id, resource_id;

SELECT count(DISTINCT resource_id) || ' machines say no number of GPUs and are counted as one GPU each: say it with '
    || 'python -m ingest resources' AS note
FROM staged
WHERE service_name = 'GPU machines' AND sku_description LIKE 'GPU %' AND instance_type IS NULL
HAVING count(DISTINCT resource_id) > 0
UNION ALL
SELECT resource_id || ' has different GPUs on different lines: the latest count, for all its hours'
FROM staged
WHERE service_name = 'GPU machines' AND resource_id IS NOT NULL AND instance_type IS NOT NULL
GROUP BY resource_id
HAVING count(DISTINCT instance_type) > 1
